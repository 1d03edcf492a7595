// What frightens a remote participant: a silent microphone, a question of the browser that was closed, a lost line, a microphone
// that the secretary switched off, a turn that only leaving could end, a farewell that nobody heard, a question that closes by itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, settled } from '../lib/browser.js';
import { startHouse, waitFor } from '../lib/house.js';
import { assertNoSidewaysScroll, openDesk, openPage, phone, violations, wide } from './browser.js';

const person = 'p04';
let house, browser, url;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])]);
  await house.holdSitting();
  url = new URL((await house.act('guest.invite', { person })).result.url).pathname;
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const stageIs = (page, stage) => page.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, stage, { timeout: 15_000 });
const says = (page, selector, pattern) => page.waitForFunction(([where, source]) => new RegExp(source).test(document.querySelector(where)?.textContent ?? ''), [selector, pattern.source], { timeout: 15_000 });
const shot = async (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
async function open(language, script = null) {
  const opened = await openPage(browser, house, { permissions: ['camera', 'microphone'], viewport: phone });
  if (script) await opened.page.addInitScript(script);
  await opened.page.goto(`${url}?lang=${language}`);
  await opened.page.click('[data-act="agree"]');
  return opened;
}

test('a microphone that gives nothing is said to be silent, before the way in and beside it', async () => {
  const { context, page } = await open('ru', () => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      if (!wish.audio) return stream;
      const silence = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
      return new MediaStream([silence, ...stream.getVideoTracks()]);
    };
  });
  await says(page, '[data-level=check]', /Микрофон молчит/);
  await says(page, '.check-go', /Микрофон молчит/);
  await shot(page, 'silent-ru-phone');
  assert.deepEqual(await page.locator('.part h2').allTextContents(), ['Микрофон', 'Камера', 'Связь'], 'the one that is needed comes first');
  assert.deepEqual(await violations(page), []);
  await assertNoSidewaysScroll(page);
  await context.close();
});

test('a question that was closed is not a refusal', async () => {
  for (const [state, pattern] of [['prompt', /Вопрос браузера закрыт без ответа/], ['denied', /Доступ к микрофону запрещён/]]) {
    const { context, page } = await open('ru', `
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('closed', 'NotAllowedError'); };
      navigator.permissions.query = async () => ({ state: ${JSON.stringify(state)} });`);
    await says(page, '.check', pattern);
    await context.close();
  }
});

test('muted by the secretary, he asks to be heard; his turn he ends himself; a lost line is not on air', async () => {
  const { context, page } = await open('kk');
  await page.click('[data-act="join"]:not([disabled])');
  await stageIs(page, 'lobby');
  await house.act('guest.admit', { person });
  await stageIs(page, 'seat');
  await house.act('floor.give', { person });
  await says(page, '.card-title', /^Сіз эфирдесіз/i);
  await house.act('guest.mute', { person });
  await says(page, '[data-act=microphone]', /Қосуды сұрау/);
  await shot(page, 'muted-kk-phone');
  await page.click('[data-act=microphone]');
  await says(page, '[data-act=microphone]', /Сұрау жіберілді/);
  // The secretary sees it, and one press is the answer.
  const desk = await openDesk(browser, house, 'kk');
  await desk.page.waitForSelector(`.guest[data-person="${person}"][data-asks]`);
  assert.match(await desk.page.innerText(`.guest[data-person="${person}"] .guest-line`), /қосуды сұрайды/);
  assert.match(await desk.page.innerText('.guests h2'), /қосуды сұрайды: 1/);
  await shot(desk.page, 'asks-desk-kk-wide');
  assert.deepEqual(await violations(desk.page), []);
  await desk.page.click(settled(`mute-${person}`));
  await desk.context.close();
  await says(page, '[data-act=microphone]', /Микрофон қосулы/);
  await shot(page, 'onair-kk-phone');
  await page.setViewportSize(wide);
  await shot(page, 'onair-kk-wide');
  assert.deepEqual(await violations(page), []);

  await house.session.stop('SIGKILL');
  await says(page, '.card-title', /байланыс үзілді/);
  assert.equal(await page.getAttribute('.frame', 'data-on-air'), null, 'no red frame');
  assert.doesNotMatch(await page.innerText('main'), /Сізді естіп|Сіз эфирдесіз/);
  assert.doesNotMatch(await page.title(), /эфирдесіз/i);
  await shot(page, 'lost-kk-wide');
  house.session.start();
  await house.ready();
  await says(page, '.card-title', /^Сіз эфирдесіз/i);

  await page.waitForSelector('[data-act=finish]:not([aria-disabled])');
  await page.click('[data-act=finish]');
  await waitFor('the floor is free', async () => (await house.state()).floor.person === null);
  await stageIs(page, 'seat');
  await page.waitForSelector('[data-act=hand]');
  await context.close();
});

test('a browser that is some years old tests the line all the same', async () => {
  const { context, page } = await open('ru', () => delete AbortSignal.timeout);
  await page.waitForSelector('.verdict[data-grade] b'); // without a result there is no such word
  await context.close();
});

test('whoever leaves while the line is lost has left as soon as it is there again', async () => {
  const other = 'p11';
  const address = new URL((await house.act('guest.invite', { person: other })).result.url).pathname;
  const { context, page } = await openPage(browser, house, { permissions: ['camera', 'microphone'] });
  await page.goto(`${address}?lang=ru`);
  await page.click('[data-act="agree"]');
  await page.click('[data-act="join"]:not([disabled])');
  await stageIs(page, 'lobby');
  await house.act('guest.admit', { person: other });
  await stageIs(page, 'seat');
  await house.act('floor.give', { person: other });
  await says(page, '.card-title', /^Вы в эфире/i);
  await house.session.stop('SIGKILL');
  await says(page, '.card-title', /связь потеряна/i);
  await page.click('[data-act="leave"]');
  await page.click('#leave [data-yes]');
  await stageIs(page, 'left');
  house.session.start();
  await house.ready();
  // As the server says it, and it stays so: the page does not ask to be let in again.
  await page.waitForFunction(() => window.tyndauGuest.view().me.stage === 'left', null, { timeout: 15_000 });
  const { floor, queue } = await house.state();
  assert.equal(floor.person, null);
  assert.deepEqual(queue.filter(({ person }) => person === other), []);
  await page.click('[data-act="arrive"]');
  await stageIs(page, 'lobby');
  await context.close();
});

describe('two windows with one link', () => {
  /** The timers that run as long as a question about another window stands; some of them may be cleared meanwhile. */
  const keepTimers = () => {
    const set = window.setTimeout, clear = window.clearTimeout;
    window.questions = new Map();
    window.setTimeout = (act, ms, ...rest) => {
      const timer = set(act, ms, ...rest);
      if (ms === 20_000) window.questions.set(timer, act);
      return timer;
    };
    window.clearTimeout = (timer) => {
      window.questions.delete(timer);
      clear(timer);
    };
  };
  const asked = (page) => page.waitForSelector('#takeover[open]');

  test('a question that was answered does not close the next one', async () => {
    const first = await open('ru', keepTimers);
    await first.page.waitForFunction(() => window.tyndauGuest.socket() === 'open');
    const second = await open('ru');
    await asked(first.page);
    const timers = await first.page.evaluate(() => [...window.questions.keys()]);
    assert.equal(timers.length, 1, 'nobody waits for an answer for ever');
    await first.page.click('#takeover [data-no]');
    await stageIs(second.page, 'denied');
    await second.page.click('[data-act="again"]');
    await asked(first.page);
    // The first question's time is up; the second's is not.
    await first.page.evaluate((old) => old.forEach((timer) => window.questions.get(timer)?.()), timers);
    assert.equal(await first.page.locator('#takeover[open]').count(), 1);
    // And it has an end of its own.
    await first.page.evaluate(() => window.questions.forEach((end) => end()));
    assert.equal(await first.page.locator('#takeover[open]').count(), 0);
    await first.context.close();
    await stageIs(second.page, 'check');
    await second.context.close();
  });

  test('whoever left in one, and takes the seat back from the other, is in it', async () => {
    const first = await open('ru');
    await first.page.click('[data-act="join"]:not([disabled])');
    await first.page.waitForFunction(() => ['lobby', 'seat'].includes(window.tyndauGuest.stage()));
    await first.page.click('[data-act="leave"]');
    await first.page.click('#leave [data-yes]');
    await stageIs(first.page, 'left');
    const second = await open('ru');
    await asked(first.page);
    await first.page.click('#takeover [data-yes]');
    await stageIs(first.page, 'taken_over');
    await second.page.click('[data-act="join"]:not([disabled])');
    await stageIs(second.page, 'lobby');
    await first.page.click('[data-act="again"]');
    await asked(second.page);
    await second.page.click('#takeover [data-yes]');
    await stageIs(first.page, 'lobby');
    await first.page.waitForFunction(() => document.querySelector('.self video')?.srcObject?.getVideoTracks()[0]?.readyState === 'live', null, { timeout: 15_000 });
    for (const { context } of [first, second]) await context.close();
  });
});
