// CPU seconds per minute of the whole media process while live, beside the bare encoders: gst-launch with the same x264
// settings, the same ladder and the same pictures (our own recording, decoded beforehand to a file in memory).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, startHouse, waitFor } from '../lib/house.js';
import { cpuSeconds } from '../lib/process.js';
import { aimed, seconds } from './report.js';

/** The x264 settings that media uses for a rendition of the default ladder, read from where it builds them. */
function x264(bitrate) {
  const source = readFileSync(join(root, 'media/outlets/encoders.cpp'), 'utf8');
  const format = /"x264enc ([^;]*)",\s*config\.preset/
    .exec(source)?.[1]
    .replace(/"\s*\n\s*"/g, '')
    .replaceAll('\\"', '"');
  if (!format) throw new Error('the x264 settings were not found in media/outlets/encoders.cpp');
  const values = ['veryfast', String(bitrate), '1', 'false', '48'];
  return `x264enc ${format.replace(/\{\}/g, () => values.shift())}`;
}

/** CPU seconds per minute of a gst-launch pipeline that ends by itself. */
async function costOf(graph) {
  const child = spawn('sh', ['-c', `exec gst-launch-1.0 -q ${graph.replace(/\n\s*/g, ' ')}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const start = performance.now();
  let used = 0;
  let last = start;
  const watch = setInterval(() => {
    try {
      used = cpuSeconds(child.pid);
      last = performance.now();
    } catch {
      clearInterval(watch);
    }
  }, 100);
  const code = await new Promise((done) => child.on('exit', done));
  clearInterval(watch);
  if (code !== 0) throw new Error(`gst-launch-1.0 ended with ${code}`);
  return (used / (last - start)) * 60_000;
}

export async function run({ quick }) {
  const length = quick ? 15 : 60;
  const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
  const folder = mkdtempSync('/dev/shm/tyndau-bench-');
  try {
    await house.goLive();
    await house.act('sitting.open');
    await house.act('item.open', { item: 'a1' });
    await house.act('floor.give', { person: 'p01' });
    await seconds(3);
    const [began, used] = [performance.now(), cpuSeconds(house.media.pid)];
    await seconds(length);
    const perMinute = ((cpuSeconds(house.media.pid) - used) / (performance.now() - began)) * 60_000;
    await house.act('broadcast.stop');

    const film = house.mediaUrl('recording.mp4');
    await waitFor('the film', async () => (await fetch(film, { method: 'HEAD' })).status === 200);
    const raw = ['-nostdin', '-v', 'error', '-ss', '1', '-t', String(length), '-i', film];
    execFileSync('ffmpeg', [...raw, '-map', '0:v', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', join(folder, 'picture')]);
    execFileSync('ffmpeg', [...raw, '-map', '0:a', '-f', 'f32le', '-ar', '32000', '-ac', '1', join(folder, 'sound')]);
    await house.stop();

    const pictures = `filesrc location=${folder}/picture blocksize=1382400 ! rawvideoparse format=i420 width=1280 height=720 framerate=25/1 ! identity sync=true`;
    const sounds = `filesrc location=${folder}/sound blocksize=5120 ! rawaudioparse format=pcm pcm-format=f32le sample-rate=32000 num-channels=1 ! identity sync=true`;
    const encoders = await costOf(`${pictures} ! tee name=t
      t. ! queue ! ${x264(2000)} ! h264parse ! fakesink
      t. ! queue ! videoscale n-threads=1 method=bilinear ! video/x-raw,width=640,height=360 ! ${x264(500)} ! h264parse ! fakesink
      ${sounds} ! avenc_aac bitrate=64000 ! fakesink`);
    // Reading the pictures from a file is no part of encoding them.
    const reading = await costOf(`${pictures} ! fakesink ${sounds} ! fakesink`);
    const barePerMinute = encoders - reading;
    const beside = `gst-launch, the encoders alone: ${barePerMinute.toFixed(1)} s/min`;
    return [
      aimed('media process, 720p + 360p + sound', perMinute, 'CPU s/min', { beside }),
      aimed('as a multiple of the bare encoders', perMinute / barePerMinute, 'x', { most: 1.15, beside }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await house.stop();
  }
}
