// Cameras and microphones for Chromium that can be told apart afterwards: a plain colour with a moving block, and a voice or a
// tone. Made once per test run by ffmpeg and espeak-ng. The picture is small: the larger one cost each browser a third of a
// processor to unpack, and its sound gaps.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * @typedef {object} Devices
 * @property {string} video a file for --use-file-for-fake-video-capture
 * @property {string} audio a file for --use-file-for-fake-audio-capture
 */

/**
 * @param {string} folder
 * @param {{name: string, colour: string, tone?: number, says?: {voice: string, text: string}}} wanted tone in Hz, under the voice
 *   when there is one
 * @returns {Promise<Devices>}
 */
export async function makeDevices(folder, { name, colour, tone = 0, says }) {
  const video = join(folder, `${name}.mjpeg`), audio = join(folder, `${name}.wav`), spoken = join(folder, `${name}-voice.wav`);
  const picture = `color=c=${colour}:s=640x360:r=25:d=2[ground];color=c=white:s=60x60:r=25:d=2[block];[ground][block]overlay=x='mod(t*300\\,580)':y=150`;
  await run('ffmpeg', ['-v', 'error', '-y', '-filter_complex', picture, '-q:v', '4', '-t', '2', video]);
  const inputs = [], mixes = [];
  if (tone > 0) {
    inputs.push('-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000:duration=20`);
    mixes.push(`[${mixes.length}]volume=${says ? 0.7 : 2}[m${mixes.length}]`);
  }
  if (says) {
    await run('espeak-ng', ['-v', says.voice, '-w', spoken, says.text]);
    inputs.push('-stream_loop', '-1', '-i', spoken);
    mixes.push(`[${mixes.length}]volume=1.5,aresample=48000[m${mixes.length}]`);
  }
  const joined = `${mixes.join(';')};${mixes.map((_, i) => `[m${i}]`).join('')}amix=inputs=${mixes.length}:normalize=0:duration=longest`;
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', joined, '-t', '20', '-ar', '48000', '-ac', '1', audio]);
  return { video, audio };
}

/** Chromium's flags for these devices. @param {Devices} devices */
export const deviceFlags = ({ video, audio }) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${video}`,
  `--use-file-for-fake-audio-capture=${audio}`,
];
