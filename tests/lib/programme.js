// What the public gets, decoded by ffmpeg from the live playlists, and what can be told of it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const soundRate = 32_000;

/** The newest picture of the programme as 64x36 RGB. @param {import('./house.js').House} house */
export async function picture(house) {
  const { stdout } = await run(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-live_start_index', '-1', '-i', house.mediaUrl('360p/live.m3u8'), '-frames:v', '1', '-vf', 'scale=64:36', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
    { encoding: 'buffer', timeout: 20_000 },
  );
  return stdout;
}

/** The colour at a place of that picture, 0..1 of its width and height. @param {Buffer} rgb */
export function colourAt(rgb, x, y) {
  const at = 3 * (Math.floor(y * 36) * 64 + Math.floor(x * 64));
  return { red: rgb[at], green: rgb[at + 1], blue: rgb[at + 2] };
}

/** Which of the three is clearly the strongest, or "". */
export function hue({ red, green, blue }) {
  const all = Object.entries({ red, green, blue }).sort((a, b) => b[1] - a[1]);
  return all[0][1] > all[1][1] + 40 ? all[0][0] : '';
}

/** The newest seconds of the programme's sound, mono. @param {import('./house.js').House} house */
export async function sound(house, seconds = 2) {
  const back = Math.ceil(seconds / 1.92) + 1;
  const { stdout } = await run(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-live_start_index', String(-back), '-i', house.mediaUrl('floor/live.m3u8'), '-t', String(seconds), '-f', 'f32le', '-ac', '1', '-ar', String(soundRate), '-'],
    { encoding: 'buffer', timeout: 20_000, maxBuffer: 1 << 26 },
  );
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + Math.floor(stdout.byteLength / 4) * 4));
}

/** How strong one frequency is (Goertzel), dB of full scale. @param {Float32Array} samples @param {number} hz */
export function strength(samples, hz, rate = soundRate) {
  const turn = (2 * Math.PI * hz) / rate, coefficient = 2 * Math.cos(turn);
  let before = 0, last = 0;
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
  const power = last * last + before * before - coefficient * last * before;
  return 10 * Math.log10((4 * power) / samples.length ** 2 + 1e-12);
}
