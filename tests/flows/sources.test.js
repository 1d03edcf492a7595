// Cameras as they are: RTSP, SRT, files, other sizes, no sound, and away at the wrong moment. The programme never stops.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bin, freePort, startHouse, waitFor } from '../lib/house.js';
import { readTimeline } from '../lib/media.js';

/** @type {import('../lib/house.js').House} */
let house;
/** @type {string} */
let folder;
const helpers = new Set();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tyndau-sources-'));
  house = await startHouse();
  await house.goLive();
  await house.act('sitting.open');
});
after(async () => {
  for (const child of helpers) child.kill('SIGKILL');
  const exits = await house?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (exits) {
    assert.equal(exits.media.code, 0);
    assert.equal(house.media.restarts, 0, 'no source ended media');
  }
});

function helper(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  helpers.add(child);
  child.on('exit', () => helpers.delete(child));
  return child;
}

/** Sends a film over and over, at its own pace. */
function sendFilm(film, format, ...to) {
  const read = ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', film];
  return helper('ffmpeg', [...read, '-c', 'copy', '-f', format, ...to]);
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.on('exit', done));
  child.kill('SIGKILL');
  await gone;
}

/** The test programme of gst-rtsp-server: a real RTSP camera. */
async function camera(port, ...options) {
  const child = helper(join(bin, 'fake-rtsp-camera'), [String(port), ...options]);
  await new Promise((ready, failed) => {
    child.stdout.once('data', ready);
    child.once('exit', () => failed(new Error('the camera ended')));
  });
  return child;
}

const timeline = async () => readTimeline(await house.text(`/media/${house.meeting}/360p/live.m3u8`));
const lost = () => house.alarm('source_lost');
const notLost = async () => !(await lost());

async function metric(name) {
  const line = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await house.metrics());
  return line ? Number(line[1]) : NaN;
}

/** The newest whole segment's picture as brightness of its pixels, and its sound's loudness in dBFS. */
async function look() {
  const list = await timeline();
  const segment = list.segments.at(-1).uri;
  const text = await house.text(`/media/${house.meeting}/360p/live.m3u8`);
  const init = /URI="(init-\d+\.mp4)"/.exec(text)[1];
  const bytes = async (track, name) =>
    Buffer.from(await (await house.fetch(`/media/${house.meeting}/${track}/${name}`)).arrayBuffer());
  const decoded = async (track, ...args) =>
    execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', ...args, '-'], {
      input: Buffer.concat([await bytes(track, init), await bytes(track, segment)]),
      maxBuffer: 1 << 24,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const picture = await decoded('360p', '-frames:v', '1', '-vf', 'scale=64:36', '-pix_fmt', 'gray', '-f', 'rawvideo');
  const sound = await decoded('floor', '-ac', '1', '-f', 's16le');
  let sum = 0;
  for (let i = 0; i + 1 < sound.length; i += 2) sum += (sound.readInt16LE(i) / 32768) ** 2;
  return { picture, loudness: 10 * Math.log10(sum / Math.max(1, sound.length / 2) + 1e-10) };
}

/** How much two pictures differ, 0 to 255. */
function difference(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** Waits until a segment is listed that began after now. */
async function nextSegment() {
  const now = Date.now();
  await waitFor('a segment that began after now', async () => (await timeline()).segments.at(-1)?.start > now, {
    timeout: 10_000,
  });
}

/** The programme goes on evenly: no discontinuity and no gap in what is listed. */
async function evenly() {
  const { segments, discontinuities } = await timeline();
  assert.equal(discontinuities, 0);
  for (let i = 1; i < segments.length; ++i) {
    assert.ok(
      Math.abs(segments[i].start - segments[i - 1].start - segments[i - 1].seconds * 1000) < 2,
      segments[i].uri,
    );
  }
  assert.ok(Date.now() - segments.at(-1).start < 8000, 'the live edge is fresh');
}

async function use(uri) {
  await house.act('source.set', { uri });
}

test('the synthetic chamber moves and speaks', async () => {
  await waitFor('a healthy source', notLost);
  await nextSegment();
  const first = await look();
  await nextSegment();
  const second = await look();
  assert.ok(difference(first.picture, second.picture) > 0.05, 'the picture moves');
  assert.ok(Math.max(first.loudness, second.loudness) > -50, `${first.loudness}, ${second.loudness} dB`);
});

test('a real RTSP camera, with sound', async (t) => {
  const port = await freePort();
  const child = await camera(port);
  await use(`rtsp://127.0.0.1:${port}/stream`);
  await waitFor('the camera is on', notLost, { timeout: 10_000 });
  await nextSegment();
  await nextSegment();
  assert.ok((await look()).loudness > -40, 'the tone is heard');
  await evenly();

  // It changes its resolution while live.
  child.stdin.write('size 640 360\n');
  await nextSegment();
  assert.ok(await waitFor('still on', notLost));
  child.stdin.write('size 1920 1080\n');
  await nextSegment();
  await waitFor('still on', notLost);
  await evenly();

  // It keeps the connection and sends nothing: the slate, and back by itself.
  const before = (await look()).picture;
  const frozen = Date.now();
  child.stdin.write('freeze\n');
  await waitFor('the alarm', lost);
  t.diagnostic(`alarm after ${Date.now() - frozen} ms`);
  await nextSegment();
  await nextSegment();
  const slate = await look();
  assert.ok(difference(before, slate.picture) > 5, 'another picture stands in');
  assert.ok(slate.loudness < -70, `silence, ${slate.loudness} dB`);
  child.stdin.write('thaw\n');
  await waitFor('it is taken back', notLost, { timeout: 10_000 });
  await nextSegment();
  await nextSegment();
  assert.ok(difference((await look()).picture, slate.picture) > 5);
  await evenly();

  // It dies, and comes back at the same address.
  await end(child);
  await waitFor('the alarm', lost);
  const again = await camera(port);
  await waitFor('it is taken back', notLost, { timeout: 15_000 });
  await evenly();
  await end(again);
});

test('a camera without sound is fine: silence', async () => {
  const port = await freePort();
  const child = await camera(port, 'silent');
  await use(`rtsp://127.0.0.1:${port}/stream`);
  await waitFor('the camera is on', notLost, { timeout: 10_000 });
  await nextSegment();
  await nextSegment();
  assert.ok((await look()).loudness < -70);
  await evenly();
  await end(child);
});

const testFilm = (file, seconds, size = '1280x720') =>
  execFileSync('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=${size}:rate=25`,
    '-f',
    'lavfi',
    '-i',
    'sine=frequency=440',
    '-t',
    String(seconds),
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '25',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    file,
  ]);

test('an SRT push from ffmpeg, to a listener of ours, that ends and comes back', async () => {
  const port = await freePort();
  const film = join(folder, 'push.ts');
  testFilm(film, 20);
  await use(`srt://:${port}`);
  const push = () => sendFilm(film, 'mpegts', `srt://127.0.0.1:${port}`);
  // A caller that is refused ends; it is tried again until the listener is there, as an encoder would.
  let child = push();
  const pushed = (what, there) =>
    waitFor(
      what,
      async () => {
        if (child.exitCode !== null) child = push();
        return there();
      },
      { timeout: 20_000, interval: 200 },
    );
  // The tone is in what the public gets: not being lost yet would say nothing.
  await pushed('the push is heard', async () => (await look()).loudness > -40);
  assert.ok(await notLost());
  await evenly();

  await end(child);
  await waitFor('the alarm', lost);
  child = push();
  await pushed('it is taken back', notLost);
  await evenly();
  await end(child);
});

test('an SRT listener elsewhere, called by us', async () => {
  const port = await freePort();
  const film = join(folder, 'listen.ts');
  testFilm(film, 20);
  const child = sendFilm(film, 'mpegts', `srt://127.0.0.1:${port}?mode=listener`);
  await use(`srt://127.0.0.1:${port}`);
  await waitFor('the call is answered', notLost, { timeout: 15_000 });
  await nextSegment();
  await evenly();
  await end(child);
});

test('an RTMP server, pulled', async () => {
  const port = await freePort();
  const film = join(folder, 'rtmp.flv');
  testFilm(film, 20);
  const child = sendFilm(film, 'flv', '-listen', '1', `rtmp://127.0.0.1:${port}/live/stream`);
  await use(`rtmp://127.0.0.1:${port}/live/stream`);
  await waitFor('the pull is on', notLost, { timeout: 20_000 });
  await nextSegment();
  await evenly();
  await end(child);
});

test('a file plays in a loop, in another size than the programme', async () => {
  const film = join(folder, 'short.mp4');
  testFilm(film, 3, '854x480');
  await use(`file:${film}`);
  await waitFor('the file is on', notLost, { timeout: 10_000 });
  // Longer than the file: it went round without an alarm.
  const { end: begun } = await timeline();
  await waitFor(
    '8 s of it',
    async () => {
      assert.ok(await notLost(), 'no alarm at the end of the file');
      return (await timeline()).end > begun + 8000;
    },
    { timeout: 20_000 },
  );
  assert.ok((await look()).loudness > -40);
  await evenly();
});

test('a file that is not there is an alarm, and the next source heals it', async () => {
  await use(`file:${join(folder, 'nothing.mp4')}`);
  await waitFor('the alarm', lost);
  await evenly();
  await use('test:');
  await waitFor('all is well', notLost, { timeout: 10_000 });
  await evenly();
});

test('ten changes of source in a row leave one that works', async () => {
  const film = join(folder, 'short.mp4');
  for (let i = 0; i < 5; ++i) {
    await use(`file:${film}`);
    await use('test:');
  }
  await waitFor('all is well', notLost, { timeout: 10_000 });
  await nextSegment();
  await evenly();
  assert.ok(
    !Number.isNaN(await metric('tyndau_alarm')) || (await house.metrics()).includes('tyndau_'),
    'metrics are told',
  );
});

test('the whole recording, through all of that, decodes without a complaint', async () => {
  await house.act('broadcast.stop');
  const { decode } = await import('../lib/media.js');
  assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
});
