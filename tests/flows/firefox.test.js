// The three of them in another browser than the one that all the other flows use: the participant takes part, the citizen watches
// and the secretary sees her hall, in a real Firefox.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchFirefox } from '../lib/firefox.js';
import { startHouse, waitFor } from '../lib/house.js';
import { pictures, sound, steady } from '../lib/programme.js';

const person = 'p04';
const tone = 1250;

let house, browser, guest;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launchFirefox(tone)]);
  await house.holdSitting();
  guest = await browser.newPage();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const press = (name) => guest.click(`[data-act="${name}"]`);
const stageIs = (stage) => guest.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, { timeout: 20_000 }, stage);
/** Waits until a video of the page has shown some more of it. */
const moves = (page, selector) =>
  page.evaluate(async (wanted) => {
    const late = new Promise((_, no) => setTimeout(() => no(new Error(`${wanted} does not move`)), 20_000));
    const shown = async () => {
      const video = () => document.querySelector(wanted);
      while (!(video()?.videoWidth > 0)) await new Promise((done) => setTimeout(done, 50));
      for (let i = 0; i < 10; i += 1) await new Promise((done) => video().requestVideoFrameCallback(done));
    };
    await Promise.race([shown(), late]);
  }, selector);
const onAir = () => guest.waitForSelector('.frame[data-on-air]', { timeout: 30_000 });

/** Waits until the public does not see the hall. */
const isSeen = () =>
  waitFor('his picture', async () => {
    const now = Date.now();
    return (await pictures(house, now - 600, now)).every(({ clock }) => clock === null);
  });

/** One of three colours in the middle of a picture. @param {Buffer} rgb */
function meanOf(rgb, colour) {
  let sum = 0;
  for (let y = 6; y < 12; y += 1) for (let x = 12; x < 52; x += 1) sum += rgb[(y * 64 + x) * 3 + colour];
  return sum / (6 * 40);
}

/** What the public has of the next second: the participant instead of the hall, whose clock is not to be seen, and his tone. */
async function assertHeardAndSeen() {
  const from = Date.now() + 200, to = from + 1000;
  const all = await pictures(house, from, to);
  assert.ok(all.length > 20 && all.every(({ clock }) => clock === null), 'the hall is not shown');
  // One colour over all of it, but for the caption and the clock that Firefox paints; and it changes, as that of no card does.
  const plain = ({ rgb }) => [0, 1, 2].every((i) => Math.abs(rgb[(9 * 64 + 16) * 3 + i] - rgb[(9 * 64 + 48) * 3 + i]) < 12);
  assert.ok(all.every(plain), 'his camera is');
  const courses = [0, 1, 2].map((i) => all.map(({ rgb }) => meanOf(rgb, i)));
  const changes = courses.map((values) => Math.max(...values) - Math.min(...values));
  assert.ok(Math.max(...changes) > 4, `and it is not a picture that stands: ${changes.map((change) => change.toFixed(1))}`);
  const heard = steady(await sound(house, from, to), tone);
  assert.ok(heard > -45, `${heard} dB`);
}

test('a participant comes in, and sees the programme and himself', async () => {
  const { url } = (await house.act('guest.invite', { person })).result;
  await guest.goto(`${url}?lang=ru`);
  await press('agree');
  await stageIs('check');
  await moves(guest, '.self video');
  await press('join');
  await stageIs('lobby');
  await moves(guest, '.screen video');
  await moves(guest, '.self video');
  assert.equal(await guest.$eval('.screen video', (video) => video.videoWidth), 960);
});

test('admitted, he raises his hand, gets the floor and is seen and heard', async () => {
  await house.act('guest.admit', { person });
  await stageIs('seat');
  await moves(guest, '.self video');
  await press('hand');
  await waitFor('his hand', async () => (await house.state()).queue.length === 1);
  await house.act('floor.give', { person });
  await onAir();
  await isSeen();
  await moves(guest, '.screen video');
  await assertHeardAndSeen();
});

test('media is killed in his turn: he is back by himself', async () => {
  await guest.evaluate(() => (window.before = window.tyndauGuest.connection()));
  await house.killMedia();
  await guest.waitForFunction(() => {
    const now = window.tyndauGuest.connection();
    return now && now !== window.before && now.connectionState === 'connected';
  }, { timeout: 20_000 });
  await onAir();
  await isSeen();
  await moves(guest, '.screen video');
  await moves(guest, '.self video');
  await assertHeardAndSeen();
  await house.act('floor.end');
});

test('a citizen watches live and the secretary sees her hall', async () => {
  const citizen = await browser.newPage();
  await citizen.goto(`${house.url}/kk/meetings/${house.meeting}`);
  await moves(citizen, 'video');
  const desk = await browser.newPage();
  await desk.goto(`${house.url}/desk/login?lang=kk`);
  await desk.type('#name', house.account.name);
  await desk.type('#password', house.account.password);
  await desk.keyboard.press('Enter');
  await desk.waitForSelector('.rooms');
  await moves(desk, '[data-return-feed]');
});
