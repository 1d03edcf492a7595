// What time it is at the server, whatever keeps its answers: alone against made-up answers, and on the real pages behind a proxy
// that holds them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Countdown, ServerClock } from '../../web-assets/lib/clock.js';
import { launch } from '../lib/browser.js';
import { startHoldingProxy } from '../lib/holding_proxy.js';
import { startHouse, waitFor } from '../lib/house.js';
import { openPage } from './browser.js';

const kServer = Date.parse('2026-12-10T10:00:00Z'); // the server's time when ours is 0

describe('the clock alone', () => {
  /** A clock, and how wrong it is after answers of {at: when it was asked, up, down: how long each way took}. */
  function watch() {
    let now = 0;
    const clock = new ServerClock(() => now);
    const ask = ({ at, up = 10, down = 10, measured = true, serverAhead = 0 }) => {
      now = at + up + down;
      clock.heard(kServer + serverAhead + at + up, measured ? up + down : null);
    };
    return { clock, ask, wrongMs: () => clock.now() - kServer - now, wait: (ms) => (now += ms) };
  }

  test('is right to half the difference of the two ways', () => {
    const { ask, wrongMs } = watch();
    ask({ at: 0, up: 30, down: 10 });
    assert.ok(Math.abs(wrongMs()) <= 10, `${wrongMs()} ms`);
  });

  test('goes by the answer that was held the least, whichever that was', () => {
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2]]) {
      const { ask, wrongMs } = watch();
      const ways = [{ up: 5, down: 3000 }, { up: 2500, down: 20 }, { up: 20, down: 20 }];
      order.forEach((which, index) => ask({ at: index * 10_000, ...ways[which] }));
      assert.ok(Math.abs(wrongMs()) <= 20, `${wrongMs()} ms in the order ${order}`);
    }
  });

  test('is not moved by a hundred answers that were held', () => {
    const { ask, wrongMs } = watch();
    ask({ at: 0 });
    for (let i = 1; i <= 100; i += 1) ask({ at: i * 2000, down: 3000, measured: false });
    assert.ok(Math.abs(wrongMs()) <= 20, `${wrongMs()} ms`);
  });

  test('without a measured answer the earliest ones count', () => {
    const { ask, wrongMs } = watch();
    for (const down of [900, 40, 3000]) ask({ at: down * 10, down, measured: false });
    assert.ok(Math.abs(wrongMs() + 40) < 1, `${wrongMs()} ms`);
  });

  test('an old answer out of a cache changes nothing', () => {
    const { ask, wrongMs } = watch();
    ask({ at: 0 });
    ask({ at: 20_000, serverAhead: -15_000, measured: false });
    assert.ok(Math.abs(wrongMs()) <= 10, `${wrongMs()} ms`);
  });

  for (const [what, serverAhead] of [['forward, or this machine slept', 600_000], ['back', -600_000]]) {
    test(`the server's clock was set ${what}: it is followed at once`, () => {
      const { ask, wrongMs } = watch();
      ask({ at: 0 });
      ask({ at: 5000, serverAhead });
      assert.ok(Math.abs(wrongMs() - serverAhead) <= 10, `${wrongMs() - serverAhead} ms`);
    });
  }

  test('what was measured long ago is measured again', () => {
    const { clock, ask, wait } = watch();
    assert.equal(clock.wantsQuestion(0), true);
    ask({ at: 0, down: 1000 });
    assert.equal(clock.wantsQuestion(1), true, 'that was not good enough');
    assert.equal(clock.wantsQuestion(4), false, 'and better does not come');
    ask({ at: 2000 });
    assert.equal(clock.wantsQuestion(2), false);
    assert.equal(clock.wantsQuestion(0), false);
    wait(301_000);
    assert.equal(clock.wantsQuestion(0), true);
  });

  test('a countdown goes by when it was said, and not by when it was heard', () => {
    const { clock, ask, wait } = watch();
    ask({ at: 0 });
    wait(5000 - 20);
    const floor = /** @type {any} */ ({ remaining_ms: 60_000, running: true });
    const countdown = new Countdown(floor, new Date(kServer + 2000).toISOString(), clock);
    assert.ok(Math.abs(countdown.remainingMs() - 57_000) <= 10, `${countdown.remainingMs()} ms`);
    const paused = new Countdown({ ...floor, running: false }, new Date(kServer + 2000).toISOString(), clock);
    assert.equal(paused.remainingMs(), 60_000);
  });
});

describe('the pages behind a proxy that holds answers for 3 s', () => {
  let house, browser, proxy;
  before(async () => {
    [house, browser] = await Promise.all([startHouse(), launch()]);
    await house.login();
    await house.holdSitting();
  });
  after(async () => {
    await browser?.close();
    await house?.stop();
  });

  /** Seconds that a clock text shows. */
  const seconds = (text) => {
    const [minutes, rest] = /(\d+):(\d\d)/.exec(text).slice(1).map(Number);
    return minutes * 60 + rest;
  };

  for (const [what, open, clockText] of [
    ['a citizen', (page) => page.goto(`/ru/meetings/${house.meeting}`), '[data-now]'],
    ['the desk', (page) => page.goto(`/desk?meeting=${house.meeting}&lang=ru`), '.floor-clock b'],
  ]) {
    test(`${what} sees the time that is left`, { timeout: 90_000 }, async () => {
      proxy = await startHoldingProxy(house.port, { holdMs: 3000, holdFirst: 1 });
      const { context, page } = await openPage(browser, { url: proxy.url });
      const [name, value] = house.cookie.split('=');
      await context.addCookies([{ name, value, url: proxy.url }]);
      try {
        await open(page);
        await house.act('floor.give', { person: 'p01' });
        await page.waitForFunction((selector) => /\d:\d\d/.test(document.querySelector(selector)?.textContent ?? ''), clockText, { timeout: 30_000 });
        assert.ok(proxy.held() > 0, 'the proxy held something');
        // The first answer was held; with the second the page knows better.
        await waitFor('the page shows what is left', async () => {
          const [shown, state] = await Promise.all([page.textContent(clockText), house.state()]);
          const late = seconds(shown) - state.floor.remaining_ms / 1000;
          if (Math.abs(late) > 1.2) throw new Error(`the page shows ${shown}, the server has ${state.floor.remaining_ms} ms`);
          return true;
        });
        await house.act('floor.end');
      } finally {
        proxy.stop();
        await context.close();
      }
    });
  }
});
