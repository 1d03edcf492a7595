// What the public gets, as it was recorded: pictures and sound of any stretch of the programme, decoded by ffmpeg, and what can
// be told of them.
import { spawn } from 'node:child_process';
import { waitFor } from './house.js';
import { readTimeline } from './media.js';
import { readClock } from './painted_clock.js';

export const soundRate = 32_000;
const frameMs = 40;
/** Of a row of 640 pixels. @param {Buffer} row */
const clockOf = (row) => readClock((i) => (row[Math.floor((i + 0.5) * 10)] > 128 ? 1 : 0));

/**
 * Runs ffmpeg over bytes.
 * @param {Buffer} bytes @param {string[]} args how it is decoded @returns {Promise<Buffer>}
 */
export function ffmpeg(bytes, args) {
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-i', 'pipe:0', ...args, 'pipe:1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const out = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stdin.on('error', () => {}); // it has read enough
  child.stdin.end(bytes);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(out)) : reject(new Error(`ffmpeg ended with ${code}`))));
  });
}

/**
 * The segments of one track that hold a stretch of time, once they are finished.
 * @param {import('./house.js').House} house @param {string} track @param {number} from @param {number} to ms since 1970
 * @returns {Promise<{start: number, bytes: Buffer}>} start: of the first picture or sample
 */
export async function cut(house, track, from, to) {
  const segments = await waitFor(
    `the programme until ${new Date(to).toISOString()}`,
    async () => {
      const timeline = readTimeline(await house.text(`/media/${house.meeting}/${track}/start.m3u8`));
      const last = timeline.segments.at(-1);
      if (last.start + last.seconds * 1000 < to && !timeline.ended) return null;
      return timeline.segments.filter((one) => one.start < to && one.start + one.seconds * 1000 > from);
    },
    { timeout: Math.max(0, to - Date.now()) + 15_000, interval: 100 },
  );
  const [first] = segments;
  if (segments.some((one) => one.map !== first.map)) throw new Error('the stretch goes over the end of a run');
  const files = [first.map, ...segments.map((one) => one.uri)];
  const pieces = await Promise.all(files.map(async (name) => Buffer.from(await (await house.fetch(`/media/${house.meeting}/${track}/${name}`)).arrayBuffer())));
  return { start: first.start, bytes: Buffer.concat(pieces) };
}

/**
 * The pictures of a stretch, small.
 * @returns {Promise<{at: number, rgb: Buffer, clock: number|null}[]>} at: when citizens' players say it was; rgb: 64x36; clock: what
 *   the hall painted into it, where that can be read
 */
export async function pictures(house, from, to) {
  const { start, bytes } = await cut(house, '360p', from, to);
  const raw = ['-f', 'rawvideo', '-pix_fmt'];
  const [small, rows] = await Promise.all([
    ffmpeg(bytes, ['-vf', 'scale=64:36', ...raw, 'rgb24']),
    ffmpeg(bytes, ['-vf', 'format=gray,crop=640:1:0:15', ...raw, 'gray']),
  ]);
  const all = [];
  for (let i = 0; (i + 1) * 640 <= rows.length; i += 1) {
    const at = start + i * frameMs;
    if (at >= from && at < to) all.push({ at, rgb: small.subarray(i * 6912, (i + 1) * 6912), clock: clockOf(rows.subarray(i * 640, (i + 1) * 640)) });
  }
  return all;
}

/**
 * The longest time for which the hall stood still, ms: between two pictures after each other that both show its clock. NaN, which is
 * neither more nor less than anything, where no two do: then nothing is known of the hall.
 */
export function worstGap(all) {
  let worst = NaN;
  for (let i = 1; i < all.length; i += 1) {
    if (all[i].clock === null || all[i - 1].clock === null) continue;
    const gap = all[i].clock - all[i - 1].clock;
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

/** Where the white block of a guest's camera (devices.js) begins in each picture, in 64ths of its width; -1 where there is none. */
const blocks = (all) =>
  all.map(({ rgb }) => {
    const whiteness = (x) => Math.min(...rgb.subarray(3 * (17 * 64 + x), 3 * (17 * 64 + x) + 3)); // each ground lacks a colour
    return Array.from({ length: 64 }, (_, x) => whiteness(x)).findIndex((value) => value > 128);
  });

/** For how long at most a guest who fills the picture stood still in it, or was not there, ms. */
export function longestFreeze(all) {
  const at = blocks(all);
  let longest = 0, since = 0;
  for (let i = 1; i < at.length; i += 1) {
    if (Math.abs(at[i] - at[since]) > 1) since = i;
    longest = Math.max(longest, (i - since) * frameMs);
  }
  return longest;
}

/** The colour at a place of a picture, 0..1 of its width and height. @param {Buffer} rgb */
export function colourAt(rgb, x, y) {
  const at = 3 * (Math.floor(y * 36) * 64 + Math.floor(x * 64));
  return { red: rgb[at], green: rgb[at + 1], blue: rgb[at + 2] };
}

/** Which of the three is clearly the strongest, or "". */
export function hue({ red, green, blue }) {
  const all = Object.entries({ red, green, blue }).sort((a, b) => b[1] - a[1]);
  return all[0][1] > all[1][1] + 40 ? all[0][0] : '';
}

/** The sound of a stretch, mono. @returns {Promise<Float32Array>} */
export async function sound(house, from, to) {
  const { start, bytes } = await cut(house, 'floor', from, to);
  const raw = await ffmpeg(bytes, ['-f', 'f32le', '-ac', '1', '-ar', String(soundRate)]);
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + Math.floor(raw.byteLength / 4) * 4));
  return all.subarray(Math.max(0, Math.round(((from - start) * soundRate) / 1000)), Math.round(((to - start) * soundRate) / 1000));
}

/** How strong one frequency is (Goertzel), dB of full scale. @param {Float32Array} samples @param {number} hz */
export function strength(samples, hz, rate = soundRate) {
  const turn = (2 * Math.PI * hz) / rate, coefficient = 2 * Math.cos(turn);
  let before = 0, last = 0;
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
  const power = last * last + before * before - coefficient * last * before;
  return 10 * Math.log10((4 * power) / samples.length ** 2 + 1e-12);
}

/** How strong it is in each `window` of a stretch: [{at, db}]; `start` is the time of the first sample. */
export function strengthOver(samples, hz, start, windowMs = 100) {
  const size = Math.round((windowMs * soundRate) / 1000), all = [];
  for (let at = 0; at + size <= samples.length; at += size) all.push({ at: start + (at * 1000) / soundRate, db: strength(samples.subarray(at, at + size), hz) });
  return all;
}

/** How strong a steady tone that is heard is, dB of full scale: speech passes, so the quieter part counts. */
export function steady(samples, hz) {
  const all = strengthOver(samples, hz, 0).map(({ db }) => db).sort((a, b) => a - b);
  return all[Math.floor(all.length / 4)];
}

/**
 * How strong a tone is where it is strongest, dB of full scale: of what must not be heard, not even for a moment; -Infinity where
 * there is none. The hiss of an "s" is as strong beside it, which a tone is not.
 */
export function loudest(samples, hz) {
  const over = (frequency) => strengthOver(samples, frequency, 0).map(({ db }) => db);
  const beside = [-100, -80, -60, -40, 40, 60, 80, 100].map((by) => over(hz + by));
  return Math.max(...over(hz).filter((db, i) => db > 10 + Math.max(...beside.map((all) => all[i]))));
}
