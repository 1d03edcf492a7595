// The hall's own picture and sound by WHIP, from OBS or an encoder, and what goes back to the hall's loudspeakers: a key made at the
// desk, real browsers, the real programme.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, settled } from '../lib/browser.js';
import { makeDevices } from '../lib/devices.js';
import { closeGuests, hears, listen, seatGuest } from '../lib/guest.js';
import { startHouse, waitFor } from '../lib/house.js';
import { colourAt, hue, pictures, sound, steady, worstGap } from '../lib/programme.js';
import { installWhip } from '../lib/whip.js';

const hallTone = 6000; // as installWhip draws it, with a green picture
const guestTone = 1250;

let house, folder, browser, desk, encoder;
/** @type {{address: string, key: string}} */
let made;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tyndau-hall-'));
  [house, browser] = await Promise.all([startHouse(), launch()]);
  await house.holdSitting();
  const context = await browser.newContext({ baseURL: house.url, viewport: { width: 1366, height: 768 } });
  desk = await context.newPage();
  await desk.goto('/desk/login?lang=ru');
  await desk.fill('#name', house.account.name);
  await desk.fill('#password', house.account.password);
  await desk.keyboard.press('Enter');
  await desk.waitForSelector('.rooms');
  encoder = await (await browser.newContext({ baseURL: house.url })).newPage();
  await encoder.addInitScript(installWhip);
  await encoder.goto('/kk/');
});
after(async () => {
  await closeGuests();
  await browser?.close();
  await house?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** What the desk says of the source. @param {"calm"|"over"} look there, or lost */
const sourceIs = (look) => desk.waitForSelector(`.desk:not([data-lost]) .source .dot[data-look="${look}"]`, { timeout: 15_000 });
const middles = (all) => all.map(({ rgb }) => hue(colourAt(rgb, 0.5, 0.4)));
const becomes = (colour, what) =>
  waitFor(what, async () => {
    const now = Date.now();
    return middles(await pictures(house, now - 3000, now - 2500)).every((one) => one === colour);
  });
const deskSays = (text) => desk.waitForFunction((wanted) => document.querySelector('[data-encoder]')?.textContent.includes(wanted), text);
const press = (name) => desk.click(settled(name));
/** @param {string} key @param {any} [options] of whip.js */
const send = (key, options) => encoder.evaluate(async ([bearer, wanted]) => (window.sender = await window.send(bearer, wanted)), [key, options]);

test('a key is made at the desk, and shown once', async () => {
  await desk.click('html:not([data-dialog-closes]) [data-open-source]');
  await deskSays('Ключ ещё не создан');
  assert.equal(await desk.getAttribute('[data-act="encoder-take"]', 'aria-disabled'), 'true');
  await press('encoder-invite');
  await desk.waitForSelector('#invitation[open] #encoder-key');
  made = { address: await desk.inputValue('#encoder-address'), key: await desk.inputValue('#encoder-key') };
  assert.equal(made.address, `${house.url}/api/v1/whip`);
  assert.match(made.key, /^[\w-]{22}$/);
  await desk.click('#invitation [data-no]');
  await desk.waitForSelector('#encoder-key', { state: 'detached' });
  await deskSays('Кодер не подключён');
});

test('an encoder that connects waits until the secretary takes it; then it is the hall, without a gap', async () => {
  await send(made.key, { video: 'H264' });
  await deskSays('Кодер передаёт изображение: 640×360');
  const now = Date.now();
  const before = await pictures(house, now, now + 900);
  assert.ok(middles(before).every((one) => one !== 'green'), 'the public does not see it yet');
  await press('encoder-take');
  await becomes('green', 'the encoder to be the hall');
  await sourceIs('calm');
  const all = await pictures(house, now, Date.now());
  const colours = middles(all);
  const first = colours.indexOf('green');
  assert.ok(first >= 0 && colours.slice(first).every((one) => one === 'green'), colours.join());
  assert.ok(all.length >= Math.floor((all.at(-1).at - all[0].at) / 40), 'every picture is there');
  const heard = steady(await sound(house, Date.now() - 1500, Date.now() - 300), hallTone);
  assert.ok(heard > -40, `the hall's sound: ${heard} dB`);
});

test("the hall's loudspeakers get the remote participant, and not the hall", async () => {
  const devices = await makeDevices(folder, { name: 'red', colour: 'red', tone: guestTone });
  const guest = await seatGuest(house, 'p04', devices);
  await guest.speak(house);
  await desk.keyboard.press('Escape'); // the dialog
  await desk.click('html:not([data-dialog-closes]) [data-hall-sound]');
  assert.equal(await desk.getAttribute('[data-hall-sound]', 'aria-pressed'), 'true');
  assert.equal(await desk.evaluate(() => document.querySelector('[data-return-feed]').muted), false);
  await waitFor('the participant in the hall', async () => (await hears(desk, '[data-return-feed]', [guestTone]))[0] > -45);
  const [{ steady: remote }, { loudest: own }] = await listen(desk, '[data-return-feed]', [guestTone, hallTone]);
  assert.ok(remote > -45 && own < -75, `the hall in its own loudspeakers: ${own} dB beside ${remote}`);
  // Both are in what the public hears, and the participant hears the hall and not himself.
  const now = Date.now();
  const heard = await sound(house, now - 2500, now - 500);
  assert.ok(steady(heard, hallTone) > -40 && steady(heard, guestTone) > -45, `${steady(heard, hallTone)}, ${steady(heard, guestTone)} dB`);
  const [{ loudest: himself }, { steady: hall }] = await guest.listen([guestTone, hallTone]);
  assert.ok(himself < -60 && hall > -45, `himself ${himself} dB, the hall ${hall} dB`);
  await desk.click('html:not([data-dialog-closes]) [data-hall-sound]');
  assert.equal(await desk.evaluate(() => document.querySelector('[data-return-feed]').muted), true);
  await house.act('floor.end');
  await guest.close();
});

test('an encoder that vanishes is the lost source that it is, and is the hall again when it comes back', async (t) => {
  await becomes('green', 'the hall alone');
  const went = Date.now();
  await encoder.evaluate(() => window.unsend(window.sender, false));
  await sourceIs('over');
  t.diagnostic(`noticed after ${Date.now() - went} ms`);
  await send(made.key, { video: 'VP8' });
  await sourceIs('calm');
  await becomes('green', 'the encoder to be the hall again');
  const all = await pictures(house, went, Date.now() - 500);
  assert.ok(all.length >= Math.floor((all.at(-1).at - all[0].at) / 40), 'the programme went on meanwhile');
});

test('the session is killed: the hall goes on', async () => {
  const from = Date.now();
  // Watched from before: it may be over before anybody asks.
  const lost = desk.evaluate(
    () =>
      new Promise((done) => {
        const look = () => document.querySelector('.desk[data-lost]') !== null && done();
        new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
      }),
  );
  await house.killSession();
  await lost;
  await sourceIs('calm');
  const all = await pictures(house, from, Date.now());
  assert.ok(middles(all).every((one) => one === 'green'), middles(all).join());
});

test('media is killed: the encoder has to connect again, and is the hall then', async () => {
  await house.killMedia();
  await sourceIs('over');
  await encoder.evaluate(() => window.unsend(window.sender, false));
  // As an encoder does: 503 is asked again until media is there.
  await waitFor('the encoder to be taken', async () => (await send(made.key)) || true);
  await becomes('green', 'the encoder to be the hall again');
});

test('a key that is revoked ends it, and another source takes its place', async () => {
  await desk.click('html:not([data-dialog-closes]) [data-open-source]');
  await press('encoder-revoke');
  await desk.click('#confirm [data-yes]');
  await deskSays('Ключ ещё не создан');
  await sourceIs('over');
  await assert.rejects(send(made.key), /401/);
  await desk.fill('#uri', 'test:');
  await desk.keyboard.press('Enter');
  await sourceIs('calm');
  const now = Date.now();
  const all = await pictures(house, now + 500, now + 2000);
  assert.ok(worstGap(all) > 0 && worstGap(all) <= 80, `${worstGap(all)} ms`);
});
