// The bad line: 40 ms of jitter, 1 % loss, 4 Mbit/s, as tests/lib/relay.js makes it of a seed. What our page shows there, glass to
// glass, beside hls.js with its own low-latency settings on the same stream and a line of the same seed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../lib/browser.js';
import { startHouse } from '../lib/house.js';
import { startRelay } from '../lib/relay.js';
import { look, plainPage } from './latency.js';
import { aimed, quantile } from './report.js';

/** The same "random" numbers for the same seed (mulberry32). */
export function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const settle = 10; // seconds: an unknown line is begun with a second in hand

/** One minute of one seed. @param {(page: any, url: string) => Promise<unknown>} open */
async function minute(browser, house, seed, length, open) {
  const relay = await startRelay(house.port, { jitterMs: 40, loss: 0.01, bitsPerSecond: 4e6, random: dice(seed) });
  try {
    return await look(browser, (page) => open(page, relay.url), length, settle);
  } finally {
    relay.stop();
  }
}

/**
 * Our page of the meeting. With ARRIVALS=folder it writes there when each part of picture and sound came, and how late, in ms: what
 * tests/web/latency.test.js plays again.
 * @param {number} seed
 */
const ourPage = (house, seed) => async (page, url) => {
  await page.goto(`${url}/kk/meetings/${house.meeting}`);
  if (!process.env.ARRIVALS) return;
  const file = join(process.env.ARRIVALS, `bad-line-${seed}.json`), arrivals = [];
  mkdirSync(process.env.ARRIVALS, { recursive: true });
  await page.exposeFunction('partArrived', (...seconds) => arrivals.push(seconds.map((one) => Math.round(one * 1000))));
  page.on('close', () => writeFileSync(file, `${JSON.stringify(arrivals)}\n`));
  await page.evaluate(async () => {
    const [script] = [...document.querySelectorAll('script[type=module]')].filter(({ src }) => src.endsWith('/viewer.js'));
    const { LatencyController } = await import(new URL('../lib/latency.js', script.src).href);
    const { arrived } = LatencyController.prototype;
    LatencyController.prototype.arrived = function (t, late, length) {
      window.partArrived(t, late);
      arrived.call(this, t, late, length);
    };
  });
};

const lowLatencyPage = (playlist) => plainPage('/hls.min.js', playlist, '{lowLatencyMode: true}');
const hlsFile = new URL('../../node_modules/hls.js/dist/hls.min.js', import.meta.url).pathname;

export async function run({ quick }) {
  const seeds = Number(process.env.SEEDS ?? (quick ? 2 : 20)), length = quick ? 30 : 60;
  const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
  const browser = await launch();
  const ours = [], theirs = [];
  try {
    await house.holdSitting();
    for (let seed = 1; seed <= seeds; ++seed) {
      const seen = await minute(browser, house, seed, length, ourPage(house, seed));
      ours.push(seen);
      console.error(`seed ${seed}: p50 ${seen.p50.toFixed(2)}, p95 ${seen.p95.toFixed(2)} s, ${seen.height} lines, stalls ${seen.stalls.map(({ ms }) => Math.round(ms)).join(' ') || 'none'}`);
      // The neighbour has less to prove: every fifth seed.
      if (seed % 5 !== 1) continue;
      const other = await minute(browser, house, seed, length, async (page, url) => {
        await page.route('**/hls.min.js', (route) => route.fulfill({ path: hlsFile }));
        await page.route('**/plain', (route) => route.fulfill({ contentType: 'text/html', body: lowLatencyPage(`/media/${house.meeting}/index.m3u8`) }));
        await page.goto(`${url}/plain`);
      });
      theirs.push(other);
      console.error(`        hls.js alone: p50 ${other.p50.toFixed(2)}, p95 ${other.p95.toFixed(2)} s, stalls ${other.stalls.map(({ ms }) => Math.round(ms)).join(' ') || 'none'}`);
    }
  } finally {
    await browser.close();
    await house.stop();
  }
  const middle = (all, key) => quantile(all.map((one) => one[key]), 0.5);
  const stalled = (all) => all.filter(({ stalls }) => stalls.length > 0).length;
  const beside = `hls.js' own low latency on the same stream, ${theirs.length} of the seeds: p50 ${middle(theirs, 'p50').toFixed(2)} s, p95 ${middle(theirs, 'p95').toFixed(2)} s, with a stall in ${stalled(theirs)}`;
  return [
    aimed(`bad line, ${seeds} seeds of ${length} s: seeds with a stall`, stalled(ours), '', { most: 0, beside }),
    aimed('bad line: the worst seed, p95', Math.max(...ours.map(({ p95 }) => p95)), 's', { most: 1.2 }),
    aimed('bad line: the middle seed, p95', middle(ours, 'p95'), 's', { beside }),
    aimed('bad line: p50 as a part of hls.js alone', middle(ours, 'p50') / middle(theirs, 'p50'), 'x'),
  ];
}
