// The return feed: from the click to the first picture, and how far behind the hall it is, in Chromium.
import { launch } from '../lib/browser.js';
import { startHouse } from '../lib/house.js';
import { installJoin } from '../lib/join.js';
import { installPaintedClock } from '../lib/painted_clock.js';
import { aimed, quantile } from './report.js';

export async function run({ quick }) {
  const house = await startHouse();
  const browser = await launch();
  try {
    await house.holdSitting();
    const context = await browser.newContext({ baseURL: house.url });
    const page = await context.newPage();
    await page.addInitScript(installJoin);
    await page.addInitScript(installPaintedClock);
    await page.goto('/kk/');
    await page.evaluate((account) => window.enter(account), house.account);
    const joins = await page.evaluate(async (times) => {
      const took = [];
      for (let i = 0; i < times; i += 1) {
        const clicked = performance.now();
        const seat = await window.join();
        took.push(performance.now() - clicked);
        await window.leave(seat);
      }
      return took;
    }, quick ? 5 : 30);
    const behind = await page.evaluate(async (pictures) => {
      const { video } = await window.join();
      const ages = [];
      for (let i = 0; ages.length < pictures; i += 1) {
        const shown = await new Promise((done) => video.requestVideoFrameCallback((_, meta) => done(meta.expectedDisplayTime)));
        const painted = window.paintedClock(video);
        // The first second is the start's.
        if (i > 25 && painted) ages.push(performance.timeOrigin + shown - painted);
      }
      return ages;
    }, quick ? 100 : 1500);
    return [
      aimed('return feed: click to first picture, p50', quantile(joins, 0.5) / 1000, 's', { most: 0.3 }),
      aimed('return feed: click to first picture, p95', quantile(joins, 0.95) / 1000, 's', { most: 0.6 }),
      aimed('return feed: behind the hall, p50', quantile(behind, 0.5) / 1000, 's', { most: 0.3 }),
      aimed('return feed: behind the hall, p95', quantile(behind, 0.95) / 1000, 's'),
    ];
  } finally {
    await browser.close();
    await house.stop();
  }
}
