// Somebody who is invited to one meeting while another is on air: they neither see nor hear that one, and nobody sees them.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../lib/browser.js';
import { sampleHearing, startHouse, tyndau, waitFor } from '../lib/house.js';
import { assertNoSidewaysScroll, openPage, phone, violations, wide } from './browser.js';

const day = 86_400_000;
let house, browser, folder;
const meetings = { today: 'today-a', later: 'today-b', tomorrow: 'tomorrow' };

/** The sample hearing under another id and date. @param {string} id @param {number} inDays */
async function announce(id, inDays) {
  const hearing = JSON.parse(await readFile(sampleHearing, 'utf8'));
  const file = join(folder, `${id}.json`);
  await writeFile(file, JSON.stringify({ ...hearing, hearing: { ...hearing.hearing, id } }));
  const date = new Date(Date.now() + inDays * day).toISOString().slice(0, 10);
  const { code, stderr } = await tyndau(['import', '--data', house.data, '--shift-to-date', date, file]);
  assert.equal(code, 0, stderr);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tyndau-invited-'));
  house = await startHouse({ hearing: null, start: false });
  await announce(meetings.today, 0);
  await announce(meetings.later, 0);
  await announce(meetings.tomorrow, 2);
  await house.start();
  house.meeting = meetings.today;
  await house.holdSitting();
  browser = await launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await rm(folder, { recursive: true, force: true });
});

const invite = async (meeting) => new URL((await house.act('guest.invite', { person: 'p04' }, { meeting })).result.url).pathname;
const stageIs = (page, stage) => page.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, stage, { timeout: 15_000 });

/** Opens a link and goes through notice and check. Every camera that was opened is remembered. */
async function come(address, options = {}) {
  const opened = await openPage(browser, house, { permissions: ['camera', 'microphone'], ...options });
  const { page } = opened;
  await page.addInitScript(() => {
    window.tracks = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });
  await page.goto(address);
  await page.click('[data-act="agree"]');
  await page.waitForSelector('[data-act="join"]:not([disabled])');
  return opened;
}
const shot = async (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });

for (const language of ['kk', 'ru']) {
  test(`before the day: the check, the date, the calendar, and neither picture nor sound (${language})`, async () => {
    const address = await invite(meetings.tomorrow);
    const { context, page, wrong } = await come(`${address}?lang=${language}`);
    await page.setViewportSize(phone);
    await shot(page, `early-check-${language}-phone`);
    assert.equal(await page.textContent('[data-act="join"]'), { kk: 'Бәрі дайын', ru: 'Всё готово' }[language]);
    await page.click('[data-act="join"]');
    await stageIs(page, 'early');
    assert.match(await page.textContent('[data-left]'), { kk: /Басталуына \d+ күн \d+ сағат \d+ минут қалды/, ru: /До начала \d+ дн\. \d+ ч \d+ мин/ }[language]);
    assert.equal(await page.evaluate(() => window.tyndauGuest.connection()), null, 'no connection to the house is made');
    assert.equal(await page.locator('video').count(), 0);
    assert.ok(await page.evaluate(() => window.tracks.length > 0 && window.tracks.every((track) => track.readyState === 'ended')), 'camera and microphone are off');
    for (const viewport of [phone, wide]) {
      await page.setViewportSize(viewport);
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScroll(page);
      await shot(page, `early-${language}-${viewport.width}`);
    }
    const file = await house.fetch(await page.getAttribute('[data-act="calendar"]', 'href'));
    assert.match(file.headers.get('content-type'), /^text\/calendar/);
    const text = await file.text();
    assert.match(text, /^BEGIN:VCALENDAR\r\n/);
    assert.match(text.replaceAll('\r\n ', ''), new RegExp(`URL:${house.url}${address}`));
    assert.equal(file.headers.get('referrer-policy'), 'no-referrer');
    await page.reload();
    await stageIs(page, 'early');
    assert.deepEqual(await page.evaluate(() => window.tracks), [], 'no camera is asked for');
    assert.equal((await house.json(`/api/v1/meetings/${meetings.today}/state`)).meeting.id, meetings.today);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('of two meetings of one day the other guest waits, and is let in when the first has ended', async () => {
  const { context, page, wrong } = await come(`${await invite(meetings.later)}?lang=ru`);
  await page.click('[data-act="join"]');
  await stageIs(page, 'elsewhere');
  await page.setViewportSize(phone);
  await shot(page, 'elsewhere-ru-phone');
  assert.match(await page.textContent('h1'), /другое заседание/);
  assert.equal(await page.evaluate(() => window.tyndauGuest.connection()), null);
  await house.act('sitting.close');
  await house.act('broadcast.stop');
  await stageIs(page, 'lobby');
  await page.waitForFunction(() => window.tyndauGuest.connection()?.connectionState === 'connected');
  // And out again at once when the house has another programme.
  await house.act('broadcast.start', {}, { meeting: meetings.tomorrow });
  await stageIs(page, 'elsewhere');
  await waitFor('no connection', () => page.evaluate(() => window.tyndauGuest.connection() === null));
  assert.deepEqual(wrong, []);
  await context.close();
});
