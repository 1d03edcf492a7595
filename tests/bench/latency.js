// Glass to glass in Chromium: the wall time painted into each picture (media/sources/CLOCK.md) against the time at which the
// browser shows it. Our page on a clean line (bad_line.js has the other), beside ffmpeg's own HLS muxer with 2 s segments in the same page, and
// in hls.js with its own settings, all in the same run.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../lib/browser.js';
import { startHouse, waitFor } from '../lib/house.js';
import { clockBlocks, installPaintedClock } from '../lib/painted_clock.js';
import { aimed, quantile, seconds } from './report.js';

/** Runs in the page: reads the clock of shown pictures, counts stalls. */
function watch() {
  const samples = (window.samples = []);
  const stalls = (window.stalls = []);
  const attach = (video) => {
    let frames = 0;
    let lastMedia = -1;
    let lastMoved = 0;
    const shown = (_, meta) => {
      const wall = performance.timeOrigin + meta.expectedDisplayTime;
      // A picture that stood for more than 300 ms is a stall, whatever the element says.
      if (lastMoved > 0 && wall - lastMoved > 300) stalls.push({ at: lastMoved, ms: wall - lastMoved });
      if (meta.mediaTime !== lastMedia) lastMoved = wall;
      lastMedia = meta.mediaTime;
      if (++frames % 5 === 0) {
        const painted = window.paintedClock(video);
        if (painted) samples.push({ at: wall, latency: wall - painted, rate: video.playbackRate });
      }
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
    // A picture that stands to the end is a stall that no picture ends.
    window.allStalls = () => {
      const now = performance.timeOrigin + performance.now();
      return now - lastMoved > 300 ? [...stalls, { at: lastMoved, ms: now - lastMoved }] : stalls;
    };
  };
  // For whoever looks into a stall: what the player knew, ten times a second.
  const course = (window.course = []);
  setInterval(() => window.tyndauPlayer && course.push({ at: Date.now(), ...window.tyndauPlayer.stats() }), 100);
  const find = setInterval(() => {
    const video = document.querySelector('video');
    if (!video) return;
    clearInterval(find);
    attach(video);
    video.muted = true;
    video.play().catch(() => {});
  }, 20);
}

/** Plays a page and gives what was seen after `settle` seconds. */
export async function look(browser, open, length, settle) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(installPaintedClock);
    await page.addInitScript(watch);
    await open(page);
    await page.waitForFunction(() => window.samples.length > 0, undefined, { timeout: 60_000 });
    const began = await page.evaluate(() => Date.now());
    await seconds(length);
    const { samples, stalls, height } = await page.evaluate(() => ({ samples: window.samples, stalls: window.allStalls(), height: document.querySelector('video').videoHeight }));
    if (process.env.COURSE) writeFileSync(process.env.COURSE, JSON.stringify(await page.evaluate(() => ({ course: window.course, stalls: window.allStalls(), origin: performance.timeOrigin }))));
    const from = began + settle * 1000;
    const after = samples.filter((s) => s.at > from).map((s) => s.latency);
    // Five a second: what stands for most of the time has no latency.
    const moves = after.length > 2.5 * (length - settle);
    return {
      p50: moves ? quantile(after, 0.5) / 1000 : NaN,
      p95: moves ? quantile(after, 0.95) / 1000 : NaN,
      first: samples[0].latency / 1000,
      height,
      stalls: stalls.filter((s) => s.at + s.ms > from),
      course: [20, 60, 120, 300]
        .filter((t) => t <= length)
        .map((t) => {
          const around = samples.filter((s) => Math.abs(s.at - began - t * 1000) < 5000).map((s) => s.latency);
          return `${t} s: ${(quantile(around, 0.5) / 1000).toFixed(2)}`;
        })
        .join(', '),
    };
  } finally {
    await context.close();
  }
}

/** Pictures with the same clock, and a tone, through ffmpeg's HLS muxer: 2 s segments, its defaults otherwise. */
async function baseline() {
  const folder = mkdtempSync(join(tmpdir(), 'tyndau-baseline-'));
  const child = spawn(
    'ffmpeg',
    [
      '-nostdin',
      '-v',
      'error',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p',
      '-s',
      '1280x720',
      '-r',
      '25',
      '-i',
      'pipe:3',
      '-re',
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=300:sample_rate=32000',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-tune',
      'zerolatency',
      '-g',
      '50',
      '-b:v',
      '2000k',
      '-c:a',
      'aac',
      '-f',
      'hls',
      '-hls_time',
      '2',
      '-hls_list_size',
      '6',
      '-hls_flags',
      'delete_segments',
      '-hls_segment_filename',
      join(folder, 'out%d.ts'),
      join(folder, 'out.m3u8'),
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const pipe = child.stdio[3];
  pipe.on('error', () => {});
  const picture = Buffer.alloc(1280 * 720 * 1.5, 128);
  for (let y = 0; y < 720; ++y) for (let x = 0; x < 1280; ++x) picture[y * 1280 + x] = 40 + ((x + y) >> 4);
  const began = performance.now();
  let frame = 0;
  const paint = () => {
    const bits = clockBlocks(Date.now());
    for (let y = 20; y < 40; ++y)
      for (let i = 0; i < 64; ++i) picture.fill(bits[i] ? 235 : 16, y * 1280 + i * 20, y * 1280 + i * 20 + 20);
    const bar = (frame * 8) % 1280;
    for (let y = 300; y < 400; ++y) picture.fill(180, y * 1280, y * 1280 + bar);
    pipe.write(Buffer.from(picture));
    frame += 1;
    timer = setTimeout(paint, Math.max(0, began + frame * 40 - performance.now()));
  };
  let timer = setTimeout(paint, 0);
  const stop = () => {
    clearTimeout(timer);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  await waitFor('three segments of the baseline', () => existsSync(join(folder, 'out2.ts')), { timeout: 30_000 }).catch(
    (error) => {
      stop();
      throw error;
    },
  );
  const answer = (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop();
    const file = join(folder, name.endsWith('.ts') ? name : 'out.m3u8');
    if (!existsSync(file)) return route.fulfill({ status: 404, body: '' });
    return route.fulfill({
      body: readFileSync(file),
      contentType: name.endsWith('.ts') ? 'video/mp2t' : 'application/vnd.apple.mpegurl',
      headers: { 'cache-control': 'no-cache' },
    });
  };
  return { answer, stop };
}

/** A page of nothing but hls.js as it comes. */
export const plainPage = (script, playlist = '/baseline/out.m3u8', settings = '') => `<!doctype html><meta charset="utf-8"><video muted playsinline width="1280"></video>
<script src="${script}"></script><script>const hls = new Hls(${settings}); hls.loadSource('${playlist}'); hls.attachMedia(document.querySelector('video'));</script>`;

export async function run({ quick }) {
  const length = quick ? 20 : 300;
  const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
  const browser = await launch();
  try {
    await house.holdSitting();
    const path = `/kk/meetings/${house.meeting}`;

    const clean = await look(browser, (page) => page.goto(house.url + path), length, quick ? 8 : 20);

    const other = await baseline();
    let inPage, inHls;
    try {
      const time = quick ? 20 : 60;
      inPage = await look(
        browser,
        async (page) => {
          await page.route(new RegExp(`/media/${house.meeting}/`), other.answer);
          await page.goto(house.url + path);
        },
        time,
        8,
      ).catch(() => null);
      inHls = await look(
        browser,
        async (page) => {
          await page.route('**/baseline/**', other.answer);
          await page.route('**/hls.min.js', (route) =>
            route.fulfill({ path: new URL('../../node_modules/hls.js/dist/hls.min.js', import.meta.url).pathname }),
          );
          await page.route('**/plain', (route) =>
            route.fulfill({ contentType: 'text/html', body: plainPage('/hls.min.js') }),
          );
          await page.goto(`${house.url}/plain`);
        },
        time,
        8,
      );
    } finally {
      other.stop();
    }
    const best = inPage && inPage.p50 < inHls.p50 ? inPage : inHls;
    const beside =
      `ffmpeg HLS 2 s: ${best.p50.toFixed(2)} s p50, ${best.p95.toFixed(2)} s p95` +
      (inPage ? '' : ' (hls.js as it comes; our page does not play it)');
    return [
      aimed('clean line: glass to glass, p50', clean.p50, 's', { most: 0.5, beside }),
      aimed('clean line: glass to glass, p95', clean.p95, 's', { most: 0.7 }),
      aimed(`clean line: stalls in ${length} s`, clean.stalls.length, '', { most: 0 }),
      aimed('clean line, as a part of the baseline', clean.p50 / best.p50, 'x', { most: 0.1, beside }),
    ];
  } finally {
    await browser.close();
    await house.stop();
  }
}
