// What frightens a remote participant: a silent microphone, a question of the browser that was closed, a lost line, a microphone
// that the secretary switched off, a turn that only leaving could end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
