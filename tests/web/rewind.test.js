// Live can be rewound and paused, nothing pulls the viewer back, nothing is loaded unasked, nothing jumps.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { secondsAt } from '../../web-assets/lib/timeline.js';
import { launch } from '../lib/browser.js';
import { startHouse } from '../lib/house.js';
import { startRelay } from '../lib/relay.js';
import { advances, openPage, phone, stats, violations, wide } from './browser.js';

let house, browser, relay;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  await house.holdSitting();
  await house.act('floor.give', { person: 'p01' });
  relay = await startRelay(house.port, { bitsPerSecond: 4e6, delayMs: 20 });
});
after(async () => {
  await browser?.close();
  relay?.stop();
  await house?.stop();
});

const shot = async (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
const shownAt = (page) => page.evaluate(() => window.tyndauPlayer.shownAt());
const modeIs = (page, mode) => page.waitForFunction((wanted) => window.tyndauPlayer.mode === wanted && !window.tyndauPlayer.video.seeking && window.tyndauPlayer.video.readyState >= 2, mode, { timeout: 15_000 });
/** A page that has played the edge for some seconds. */
async function atTheEdge(options = {}) {
  const opened = await openPage(browser, house, options);
  await opened.page.goto(`/ru/meetings/${house.meeting}`);
  await opened.page.waitForFunction(() => window.tyndauPlayer.stats().latency < 2 && window.tyndauPlayer.video.currentTime > 1);
  await advances(opened.page, 10);
  return opened;
}
/** Shifts of the layout that nobody asked for (web.dev/cls: the worst burst of five seconds). */
const watchShifts = (page) =>
  page.addInitScript(() => {
    window.bursts = [];
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) {
        if (shift.hadRecentInput) continue;
        const last = window.bursts.at(-1);
        if (last && shift.startTime - last.end < 1000 && shift.startTime - last.from < 5000) {
          last.sum += shift.value;
          last.end = shift.startTime;
        } else window.bursts.push({ from: shift.startTime, end: shift.startTime, sum: shift.value });
        window.moved = (window.moved ?? []).concat(shift.sources.map(({ node, previousRect, currentRect }) => `${node?.className ?? node?.nodeName} ${Math.round(previousRect.top)}→${Math.round(currentRect.top)} h${Math.round(previousRect.height)}→${Math.round(currentRect.height)}`));
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });

test('the recording knows where a moment of wall time lies', () => {
  const playlist = '#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:00.000Z\n#EXTINF:1.92000,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:01.920Z\n#EXTINF:1.92000,\nb\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:05:00.000Z\n#EXTINF:1.00000,\nc\n';
  const at = (time) => secondsAt(playlist, Date.parse(`2026-11-29T${time}Z`));
  assert.equal(at('10:00:00.500'), 0.5);
  assert.ok(Math.abs(at('10:00:02.920') - 2.92) < 1e-9);
  assert.equal(at('09:00:00'), 0);
  assert.ok(Math.abs(at('10:03:00') - 3.84) < 1e-9, 'in the break: where the next run begins');
  assert.ok(Math.abs(at('10:09:00') - 4.84) < 1e-9, 'after all: the end');
  assert.equal(secondsAt('#EXTM3U\n', 0), null);
});

for (const [name, viewport] of [['on its side', { width: 844, height: 390 }], ['at 200 %', { width: 640, height: 400 }]]) {
  test(`${name} the agenda stands beside the picture, and both fit the window`, async () => {
    const { context, page, wrong } = await openPage(browser, house, { viewport });
    await page.goto(`/kk/meetings/${house.meeting}`);
    await page.waitForFunction(() => window.tyndauPlayer.video.currentTime > 1);
    await page.evaluate(() => document.fonts.ready);
    const seen = async () => {
      const [picture, agenda] = await Promise.all(['[data-screen]', '.agenda'].map((part) => page.locator(part).boundingBox()));
      assert.ok(agenda.x >= picture.x + picture.width - 1, `${agenda.x} beside ${picture.x} + ${picture.width}`);
      assert.ok(agenda.height <= viewport.height + 1);
      return { picture, agenda };
    };
    const { picture } = await seen();
    await shot(page, `beside-kk-${viewport.width}`);
    assert.ok(picture.width >= viewport.width * 0.5);
    await page.evaluate(() => document.querySelector('.agenda').scrollTo(0, 10_000));
    assert.deepEqual((await seen()).picture, picture, 'the picture stays where it is while one looks for one\'s street');
    await page.evaluate(() => scrollTo(0, document.querySelector('[data-screen]').getBoundingClientRect().top));
    const { picture: there, agenda } = await seen();
    assert.ok(there.y >= -1 && there.y + there.height <= viewport.height && agenda.y >= -1 && agenda.y < 60, JSON.stringify({ there, agenda }));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the window');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('a seek back leaves the edge at that moment, and nothing pulls it from there', async () => {
  const { context, page, wrong } = await atTheEdge();
  const before = await shownAt(page);
  // As the native bar seeks, which no script can press: past the element's own property.
  await page.evaluate(() => {
    const { video } = window.tyndauPlayer;
    Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'currentTime').set.call(video, video.currentTime - 8);
  });
  await modeIs(page, 'start');
  const sought = await shownAt(page);
  assert.ok(Math.abs(sought - (before - 8000)) < 2500, `${(sought - before) / 1000} s`);
  await page.waitForFunction(() => /^−0:(0[6-9]|1\d)/.test(document.querySelector('.where')?.textContent ?? ''));
  await page.waitForFunction(() => /с отставанием от эфира/.test(document.querySelector('[data-stage-words]')?.textContent ?? ''));
  await shot(page, 'rewound-ru-wide');
  await advances(page, 5);
  assert.equal((await stats(page)).mode, 'start');
  const later = await shownAt(page);
  assert.ok(later - sought > 4000 && later - sought < 9000, 'it goes on from there');
  await page.click('[data-to-live]');
  await modeIs(page, 'live');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a pause stays at its moment, a short one at the edge', async () => {
  const { context, page, wrong } = await atTheEdge({ viewport: phone });
  await page.evaluate(() => window.tyndauPlayer.video.pause());
  const held = await shownAt(page);
  await modeIs(page, 'start');
  await page.waitForFunction(() => document.querySelector('[data-stage-words]').textContent === 'Вы поставили на паузу');
  await shot(page, 'paused-ru-phone');
  await page.evaluate(() => window.tyndauPlayer.video.play());
  await advances(page, 1);
  const on = await shownAt(page);
  assert.ok(on - held > 0 && on - held < 4000, `${(on - held) / 1000} s after it was paused`);
  await page.click('[data-to-live]');
  await modeIs(page, 'live');
  await advances(page, 2);
  await page.evaluate(() => window.tyndauPlayer.video.pause());
  await page.waitForFunction(() => document.querySelector('[data-stage-words]').textContent === 'Вы поставили на паузу');
  await page.evaluate(() => window.tyndauPlayer.video.play());
  await advances(page, 1);
  assert.equal((await stats(page)).mode, 'live');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('ten seconds back and thirty forward, by button and by key', async () => {
  const { context, page, wrong } = await atTheEdge();
  const before = await shownAt(page);
  await page.click('[data-back]');
  await modeIs(page, 'start');
  const back = await shownAt(page);
  assert.ok(Math.abs(back - (before - 10_000)) < 3000, `${(back - before) / 1000} s`);
  await page.focus('video');
  const from = (await stats(page)).time;
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((at) => window.tyndauPlayer.video.currentTime < at - 5 || window.tyndauPlayer.video.currentTime < 2, from);
  await page.keyboard.press('ArrowRight');
  await modeIs(page, 'live');
  await page.waitForFunction(() => window.tyndauPlayer.stats().latency < 3);
  assert.deepEqual(wrong, []);
  await context.close();
});

for (const [size, viewport] of Object.entries({ wide, phone })) {
  test(`the live page does not jump while it loads (${size})`, async (t) => {
    const { context, page } = await openPage(browser, { url: relay.url }, { viewport });
    await watchShifts(page);
    await page.goto(`/kk/meetings/${house.meeting}`);
    await advances(page, 3, 30_000);
    const { worst, moved } = await page.evaluate(() => ({ worst: Math.max(0, ...window.bursts.map(({ sum }) => sum)), moved: window.moved }));
    t.diagnostic(`CLS ${worst.toFixed(3)} ${JSON.stringify(moved)}`);
    await shot(page, `live-kk-${size}`);
    assert.ok(worst <= 0.05, `CLS ${worst.toFixed(3)}`);
    await context.close();
  });
}

test('the language link keeps the moment', async () => {
  const { context, page, wrong } = await atTheEdge();
  await page.click('[data-from-start]');
  await modeIs(page, 'start');
  await advances(page, 4);
  const { time } = await stats(page);
  await page.click('[data-language="kk"]');
  await page.waitForURL(/\/kk\/meetings\/.*#t=\d+$/);
  await page.waitForFunction((at) => document.documentElement.lang === 'kk' && window.tyndauPlayer?.mode === 'start' && window.tyndauPlayer.video.currentTime >= at - 1 && window.tyndauPlayer.video.readyState >= 2, time);
  assert.ok((await stats(page)).time < time + 6);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a recording that nobody plays loads one picture and no film', async (t) => {
  await house.act('sitting.close');
  await house.act('broadcast.stop');
  for (const viewport of [wide, phone]) {
    const { context, page, wrong } = await openPage(browser, { url: relay.url }, { viewport });
    await watchShifts(page);
    await page.goto(`/ru/meetings/${house.meeting}`);
    await page.waitForFunction(() => window.tyndauPlayer.mode === 'recording' && window.tyndauPlayer.video.readyState >= 2, undefined, { timeout: 20_000 });
    await page.waitForFunction(() => performance.now() > 10_000);
    const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => /\.m4s|\.mp4/.test(name)).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
    const unasked = await loaded();
    const shift = await page.evaluate(() => Math.max(0, ...window.bursts.map(({ sum }) => sum)));
    t.diagnostic(`${unasked} bytes of media in ten seconds at ${viewport.width}, CLS ${shift.toFixed(3)} ${await page.evaluate(() => JSON.stringify(window.moved ?? []))}`);
    await shot(page, `recording-ru-${viewport.width}`);
    assert.ok(unasked < 250_000, `${unasked} bytes`);
    assert.ok(shift <= 0.05, `CLS ${shift.toFixed(3)}`);
    await page.evaluate(() => window.tyndauPlayer.video.play());
    await advances(page, 4);
    assert.ok((await loaded()) > unasked);
    assert.deepEqual(wrong, []);
    await context.close();
  }
});
