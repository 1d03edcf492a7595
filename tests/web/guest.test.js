// A remote participant at home: from the link to the seat and out again, with the real house behind the page. The secretary's
// presses go by the API; her desk is tested in desk.test.js.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startHouse, waitFor } from '../lib/house.js';
import { launch } from '../lib/browser.js';
import { assertNoSidewaysScroll, languages, openPage, phone, violations, wide } from './browser.js';

const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const person = 'p04', other = 'p11';

let house, browser, url;
/** @type {{context: import('playwright-core').BrowserContext, page: import('playwright-core').Page, wrong: string[]}} */
let guest;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch(fake)]);
  await house.holdSitting();
  url = await invite(person);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const invite = async (who) => new URL((await house.act('guest.invite', { person: who })).result.url).pathname;
const allowed = { permissions: ['camera', 'microphone'] };
const stageIs = (stage, page = guest.page) => page.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, stage, { timeout: 15_000 });
const press = (name, page = guest.page) => page.click(`html:not([data-dialog-closes]) [data-act="${name}"]`);
const says = (selector, pattern, page = guest.page) =>
  page.waitForFunction(([where, source]) => new RegExp(source).test(document.querySelector(where)?.textContent ?? ''), [selector, pattern.source]);
/** The programme moves on their screen: a picture that stands has a width too. */
async function seesProgramme(page = guest.page) {
  await page.waitForFunction(() => document.querySelector('.screen video')?.videoWidth > 0, null, { timeout: 15_000 });
  const frames = () => page.evaluate(() => document.querySelector('.screen video').getVideoPlaybackQuality().totalVideoFrames);
  const from = await frames();
  await waitFor('the programme to move', async () => (await frames()) > from + 5);
}
const me = (page = guest.page) => page.evaluate(() => window.tyndauGuest.view().me);
/** Of the connection, by WebRTC's own count: frames of the camera that went out, and their height. */
const sent = (page = guest.page) =>
  page.evaluate(async () => {
    let frames = 0, height = 0;
    (await window.tyndauGuest.connection().getStats()).forEach((one) => {
      if (one.type !== 'outbound-rtp' || one.kind !== 'video' || !one.framesSent) return;
      frames += one.framesSent;
      height = Math.max(height, one.frameHeight ?? 0);
    });
    return { frames, height };
  });
/** Looks at what is shown as wide and as narrow as people do. */
async function look(page = guest.page) {
  for (const viewport of [phone, wide]) {
    await page.setViewportSize(viewport);
    assert.deepEqual(await violations(page), []);
    await assertNoSidewaysScroll(page);
  }
}
/** A page of its own that is through the notice. */
async function enter(address, options = {}, script = null) {
  const opened = await openPage(browser, house, { ...allowed, ...options });
  if (script) await opened.page.addInitScript(script);
  await opened.page.goto(address);
  return opened;
}

for (const language of languages) {
  test(`the link says who joins what, and that it is broadcast and recorded, in ${language}`, async () => {
    const { context, page, wrong } = await enter(`${url}?lang=${language}`);
    await stageIs('notice', page);
    const { name, title } = JSON.parse(await page.getAttribute('#guest', 'data-page'));
    assert.equal(await page.textContent('h1'), title);
    assert.match(await page.textContent('.who'), new RegExp(name));
    assert.match(await page.textContent('.notice'), { kk: /жазып алынады/, ru: /записывается/, en: /recorded/ }[language]);
    await look(page);
    await press('agree', page);
    await page.waitForSelector('.verdict[data-grade]');
    await look(page);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('the address is told to nobody, and the page may use camera and microphone', async () => {
  const response = await house.fetch(url);
  assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(response.headers.get('permissions-policy'), /camera=\(self\).*microphone=\(self\)|microphone=\(self\).*camera=\(self\)/);
  assert.doesNotMatch(response.headers.get('content-security-policy'), /unsafe/);
});

test('a link that is not valid says so and what to do, and nothing else', async () => {
  for (const language of languages) {
    const { context, page } = await openPage(browser, house);
    const response = await page.goto(`/join/AAAAAAAAAAAAAAAAAAAAAA?lang=${language}`);
    assert.equal(response.status(), 410);
    assert.match(await page.textContent('main'), { kk: /хатшы/, ru: /секретар/, en: /secretary/ }[language]);
    await look(page);
    await context.close();
  }
});

describe('inside another program', () => {
  /** What a page has in such a browser: a secure address, and no devices. */
  const withoutDevices = () => Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });
  const apple = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0';

  for (const language of languages) {
    test(`the check says to open the link in the browser, and how, in ${language}`, async () => {
      const { context, page, wrong } = await enter(`${url}?lang=${language}`, { viewport: phone }, withoutDevices);
      await press('agree', page);
      await page.waitForSelector('[data-in-app]');
      const said = await page.textContent('main');
      assert.match(said, { kk: /«Браузерде ашу»/, ru: /«Открыть в браузере»/, en: /“Open in browser”/ }[language]);
      assert.doesNotMatch(said, /https:/, 'the address is not what is wrong');
      await page.waitForSelector('.verdict[data-grade]');
      await look(page);
      assert.deepEqual(wrong, []);
      await context.close();
    });
  }

  test('the link is copied by a button, whole', async () => {
    const options = { permissions: ['clipboard-read', 'clipboard-write'], userAgent: apple };
    const { context, page } = await enter(`${url}?lang=ru`, options, withoutDevices);
    await press('agree', page);
    await page.waitForSelector('[data-in-app]');
    assert.match(await page.textContent('[data-in-app]'), /Открыть в Safari/);
    await press('copy-link', page);
    await says('[data-link-said]', /Скопировано/, page);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
    assert.match(page.url(), new RegExp(url));
    await context.close();
  });

  test('where nothing can be copied it says how by hand, and the link stands there selected', async () => {
    const withoutCopying = () => {
      Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });
      Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });
      document.execCommand = () => false;
    };
    const { context, page } = await enter(`${url}?lang=ru`, {}, withoutCopying);
    await press('agree', page);
    await press('copy-link', page);
    await says('[data-link-said]', /удерживайте/, page);
    const selected = await page.$eval('#link-check', (field) => field.value.slice(field.selectionStart, field.selectionEnd));
    assert.equal(selected, page.url());
    await context.close();
  });

  test('a refusal there says the same; a refusal in a browser says what it said', async () => {
    const refusing = () => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('no', 'NotAllowedError');
      };
    };
    const inside = await enter(`${url}?lang=ru`, { userAgent: apple }, refusing);
    await press('agree', inside.page);
    await inside.page.waitForSelector('[data-in-app]');
    await inside.context.close();
    const outside = await enter(`${url}?lang=ru`, {}, refusing);
    await press('agree', outside.page);
    await outside.page.waitForSelector('.trouble');
    assert.equal(await outside.page.locator('[data-in-app]').count(), 0);
    await outside.context.close();
  });
});

test('the check: he sees himself, the level moves, he hears himself, the line is named', async () => {
  guest = await enter(`${url}?lang=ru`);
  await press('agree');
  await stageIs('check');
  await guest.page.waitForFunction(() => document.querySelector('.self video')?.videoWidth > 0);
  await guest.page.waitForFunction(() => Number(document.querySelector('[data-level] .level-now')?.getAttribute('width')) > 10);
  await says('.verdict', /Связь хорошая/);
  await press('record');
  await says('.recorder', /Говорите/);
  await says('.recorder', /Слушайте/);
  await says('.recorder', /Вы себя услышали/);
});

test('the lobby: the programme is seen and heard, himself small, and his picture goes out small', async () => {
  await press('join');
  await stageIs('lobby');
  await seesProgramme();
  await says('.card', /Секретарь скоро вас подключит/);
  assert.equal(await guest.page.evaluate(() => document.querySelector('.screen video').muted), false);
  assert.equal((await guest.page.evaluate(() => document.querySelector('.screen video').srcObject.getAudioTracks())).length, 1);
  await waitFor('his picture to go out', async () => (await sent()).frames > 5);
  assert.ok((await sent()).height <= 216, 'low until somebody must see it');
  await look();
});

test('declined: he may ask again', async () => {
  await house.act('guest.decline', { person });
  await stageIs('declined');
  await look();
  await press('arrive');
  await stageIs('lobby');
  await seesProgramme();
});

test('admitted: the seat, with one large hand', async () => {
  await house.act('guest.admit', { person });
  await stageIs('seat');
  await says('p.unseen[role=status]', /Секретарь вас впустил/);
  await look();
});

test('a hand: its place and the wait; others are refused while it is up; lowered again', async () => {
  await house.act('hand.raise', { person: 'p02', kind: 'question' });
  // The second click of a double click meets the button that takes the hand down.
  await guest.page.dblclick('[data-act=hand]', { delay: 60 });
  await guest.page.waitForSelector('.card[data-look=waits]');
  assert.match(await guest.page.textContent('.card'), /Ваше место в очереди: \d/);
  assert.equal((await house.state()).queue.find((one) => one.person === person).kind, 'debate');
  await guest.page.click('[data-act=hand-question]', { force: true });
  await says('.why', /уже в очереди/);
  await press('hand');
  await guest.page.waitForSelector('.card[data-look=calm]');
  await house.act('hand.lower', { person: 'p02' });
});

test('next: on screen, aloud, and in the title', async () => {
  await press('hand-point_of_order');
  await guest.page.waitForSelector('.card[data-next]');
  await says('p.unseen[role=alert]', /Вы следующий/);
  assert.match(await guest.page.title(), /Вы следующий/);
  await look();
});

test('on air: red frame, the word, the clock, and the whole picture', async () => {
  await house.act('floor.give', { person });
  await guest.page.waitForSelector('.frame[data-on-air]', { state: 'attached' });
  assert.match(await guest.page.textContent('.card'), /Вы в эфире/);
  assert.match(await guest.page.textContent('.floor-clock'), /\d+:\d\d/);
  await says('p.unseen[role=alert]', /Вы в эфире/);
  await waitFor('a larger picture', async () => (await sent()).height > 216, { timeout: 30_000 });
  await look();
});

test('his microphone, his camera: the same buttons, whatever happens', async () => {
  const place = () => guest.page.locator('[data-act=microphone]').boundingBox();
  const before = await place();
  await press('microphone');
  await says('.card .warn', /микрофон выключен/);
  assert.equal(await guest.page.evaluate(() => window.tyndauGuest.connection().getSenders()[0].track.enabled), false);
  assert.deepEqual(await place(), before);
  await press('microphone');
  await guest.page.waitForSelector('.card:not(:has(.warn))');
  await house.act('guest.mute', { person });
  await says('.card .warn', /Секретарь выключил/);
  await says('[data-act=microphone]', /секретарём/);
  await house.act('guest.unmute', { person });
  await guest.page.waitForSelector('.frame[data-on-air]', { state: 'attached' });
  await press('camera');
  await says('[data-act=camera]', /Камера выключена/);
  await press('camera');
  await says('[data-act=camera]', /Камера включена/);
});

test('on a bad line his picture rests and his voice goes on', async () => {
  // As a line of 90 kbit/s is measured; a real one is in tests/flows.
  await guest.page.evaluate(() => {
    window.tyndauGuest.connection().getStats = async () => new Map([['pair', { type: 'candidate-pair', nominated: true, state: 'succeeded', availableOutgoingBitrate: 90_000 }], ['in', { type: 'inbound-rtp', packetsReceived: performance.now() }]]);
  });
  await says('.trouble-words', /приостановлено, чтобы сохранить голос/);
  await says('.pill', /Связь плохая/);
  const active = await guest.page.evaluate(() => window.tyndauGuest.connection().getSenders().map((sender) => sender.getParameters().encodings[0]?.active));
  assert.equal(active[0], true, 'the voice');
  assert.equal(active[2], false, 'the camera');
  await look();
  await guest.page.evaluate(() => delete window.tyndauGuest.connection().getStats);
  await guest.page.waitForFunction(() => !window.tyndauGuest.line().paused, null, { timeout: 20_000 });
});

test('a screen is shared and taken back', async () => {
  // Chromium's fake user chooses nothing of itself; a drawn picture stands for the screen.
  await guest.page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 1280;
      canvas.height = 720;
      const drawing = canvas.getContext('2d');
      let n = 0;
      setInterval(() => drawing.fillText(String(n++), 50, 50), 50);
      return canvas.captureStream(10);
    };
  });
  await press('screen');
  await says('[data-act=screen]', /Ваш экран показан/);
  await waitFor('frames of the screen', () =>
    guest.page.evaluate(async () => {
      const sender = window.tyndauGuest.connection().getTransceivers()[3].sender;
      let frames = 0;
      (await sender.getStats()).forEach((one) => one.type === 'outbound-rtp' && (frames += one.framesSent ?? 0));
      return frames > 3;
    }),
  );
  await press('screen');
  await says('[data-act=screen]', /Показать экран/);
});

test('a reload in the middle of his turn brings him back to the same seat', async () => {
  await guest.page.reload();
  await stageIs('seat');
  await seesProgramme();
  assert.equal((await me()).stage, 'admitted');
});

test('the server goes away and comes back: he is told since when, and keeps his seat', async () => {
  assert.ok(await guest.page.evaluate(() => (window.before = window.tyndauGuest.connection()) !== null));
  await house.session.stop('SIGKILL');
  await says('.trouble-words', /Связь потеряна в \d\d:\d\d/);
  house.session.start();
  await house.ready();
  await guest.page.waitForFunction(() => window.tyndauGuest.socket() === 'open' && window.tyndauGuest.line().lostAt === null, null, { timeout: 20_000 });
  await stageIs('seat');
  const same = await guest.page.evaluate(() => window.tyndauGuest.connection() === window.before);
  assert.ok(same, 'the line to the programme is the same one');
  await seesProgramme();
});

test('media goes away and comes back: the page makes a new connection by itself', async () => {
  await guest.page.evaluate(() => (window.before = window.tyndauGuest.connection()));
  await house.killMedia();
  await guest.page.waitForFunction(
    () => {
      const now = window.tyndauGuest.connection();
      return now !== null && now !== window.before && now.connectionState === 'connected';
    },
    null,
    { timeout: 20_000 },
  );
  await seesProgramme();
});

test('a second window asks the first one', async () => {
  const second = await enter(`${url}?lang=ru`);
  await press('agree', second.page);
  await stageIs('occupied', second.page);
  await guest.page.waitForSelector('#takeover[open]');
  assert.deepEqual(await violations(guest.page), []);
  await guest.page.click('#takeover [data-no]');
  await stageIs('denied', second.page);
  await look(second.page);
  await press('again', second.page);
  await guest.page.waitForSelector('#takeover[open]');
  await guest.page.click('#takeover [data-yes]');
  await stageIs('taken_over');
  await look();
  await stageIs('check', second.page);
  await press('again');
  await second.page.waitForSelector('#takeover[open]');
  await second.page.click('#takeover [data-yes]');
  await stageIs('taken_over', second.page);
  await stageIs('seat');
  assert.deepEqual(second.wrong, []);
  await second.context.close();
});

test('leaving is asked about, tells the secretary, and can be taken back', async () => {
  await press('leave');
  await guest.page.click('#leave [data-no]');
  await stageIs('seat');
  await press('leave');
  await guest.page.click('#leave [data-yes]');
  await stageIs('left');
  await look();
  assert.equal(await guest.page.evaluate(() => window.tyndauGuest.connection()), null);
  await waitFor('the turn to end', async () => (await house.state()).floor.person !== person);
  await press('arrive');
  await stageIs('lobby');
  await seesProgramme();
});

test('removed: he is told, and the link is void', async () => {
  await house.act('guest.admit', { person });
  await stageIs('seat');
  await house.act('guest.remove', { person });
  await stageIs('removed');
  await look();
  assert.equal((await house.fetch(url)).status, 410);
  assert.deepEqual(guest.wrong, []);
  await guest.context.close();
});

/** A browser in which asking for some devices fails with this error. */
const failing = (kinds, error) => `{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (${JSON.stringify(kinds)}.some((kind) => wanted[kind])) throw new DOMException('', ${JSON.stringify(error)});
    return real(wanted);
  };
}`;

test('without a camera he takes part by voice', async () => {
  const address = await invite(other);
  const { context, page, wrong } = await enter(`${address}?lang=ru`, {}, failing(['video'], 'NotFoundError'));
  await press('agree', page);
  await says('.trouble', /Камера не найдена/, page);
  await look(page);
  await press('join', page);
  await stageIs('lobby', page);
  await seesProgramme(page);
  assert.notEqual(await page.evaluate(() => window.tyndauGuest.connection().getSenders()[0].track), null);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('when he refuses both he is told how to allow them, and may watch', async () => {
  const address = await invite(other);
  const { context, page, wrong } = await enter(`${address}?lang=kk`, {}, failing(['audio', 'video'], 'NotAllowedError'));
  await press('agree', page);
  await says('.check', /рұқсат берілмеген/, page);
  await says('.check-go', /тек көріп-тыңдай аласыз/, page);
  await look(page);
  await press('join', page);
  await stageIs('lobby', page);
  await seesProgramme(page);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a camera that another program holds is named as that', async () => {
  const { context, page } = await enter(`${await invite(other)}?lang=en`, {}, failing(['video'], 'NotReadableError'));
  await press('agree', page);
  await says('.trouble', /Another program/, page);
  await context.close();
});

test('a browser without WebRTC is told so, and where to watch', async () => {
  const { context, page } = await enter(`${await invite(other)}?lang=ru`, {}, 'delete window.RTCPeerConnection');
  await stageIs('unsupported', page);
  assert.match(await page.getAttribute('main a', 'href'), new RegExp(`/ru/meetings/${house.meeting}`));
  await look(page);
  await context.close();
});

test('over plain http from another machine there are no devices: that is said', async () => {
  const apart = await launch(['--host-resolver-rules=MAP library.example 127.0.0.1']);
  const page = await apart.newPage();
  await page.goto(`http://library.example:${house.port}${await invite(other)}?lang=ru`);
  await press('agree', page);
  await says('.notice', /https:/, page);
  await apart.close();
});

test('when the sitting is closed he is thanked, and his camera goes out', async () => {
  const opened = await enter(`${await invite(other)}?lang=ru`);
  await press('agree', opened.page);
  await press('join', opened.page);
  await stageIs('lobby', opened.page);
  await house.act('guest.admit', { person: other });
  await stageIs('seat', opened.page);
  await house.act('sitting.close');
  await stageIs('over', opened.page);
  await look(opened.page);
  assert.equal(await opened.page.evaluate(() => window.tyndauGuest.connection()), null);
  assert.deepEqual(opened.wrong, []);
  await opened.context.close();
});
