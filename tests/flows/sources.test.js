// Cameras as they are: RTSP, SRT, files, other sizes, no sound, and away at the wrong moment. The programme never stops.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bin, freePort, startHouse, waitFor } from '../lib/house.js';
import { readTimeline } from '../lib/media.js';
import { pictures, soundRate, steady } from '../lib/programme.js';

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

/** How often the journal says that a source was lost. */
function losses() {
  const count = "SELECT count(*) FROM events WHERE kind = 'source.lost'";
  return Number(execFileSync('sqlite3', ['-readonly', join(house.data, 'tyndau.db'), count]));
}

/** The newest whole segment of a track, with its beginning. */
async function newest(track) {
  const { uri, map } = (await timeline()).segments.at(-1);
  const bytes = async (name) => Buffer.from(await (await house.fetch(`/media/${house.meeting}/${track}/${name}`)).arrayBuffer());
  return Buffer.concat([await bytes(map), await bytes(uri)]);
}

/** The newest whole segment's picture as brightness of its pixels (64x36), its sound, and how loud that is in dBFS. */
async function look() {
  const decoded = async (track, ...args) =>
    execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', ...args, '-'], {
      input: await newest(track),
      maxBuffer: 1 << 24,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const picture = await decoded('360p', '-frames:v', '1', '-vf', 'scale=64:36', '-pix_fmt', 'gray', '-f', 'rawvideo');
  const raw = await decoded('floor', '-ac', '1', '-ar', String(soundRate), '-f', 's16le');
  const sound = Float32Array.from({ length: Math.floor(raw.length / 2) }, (_, i) => raw.readInt16LE(2 * i) / 32768);
  const sum = sound.reduce((all, sample) => all + sample ** 2, 0);
  return { picture, sound, loudness: 10 * Math.log10(sum / Math.max(1, sound.length) + 1e-10) };
}

/** The sizes that the pictures of the newest whole segment have. */
async function sizes() {
  const ask = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width,height', '-of', 'csv=p=0:s=x', 'pipe:0'];
  const told = execFileSync('ffprobe', ask, { input: await newest('360p'), stdio: ['pipe', 'pipe', 'ignore'] });
  return [...new Set(String(told).match(/\d+x\d+/g))];
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

// A source that was just set is not lost for three seconds, whether it is there or not: only what the public gets says that it is.

/** Waits until the public hears a source's own tone, all the time of a segment. */
const isHeard = (hz) =>
  waitFor(`a tone of ${hz} Hz`, async () => steady((await look()).sound, hz) > -40, { timeout: 20_000, interval: 200 });
/** Each source has a tone of its own. */
const cameraTone = 440; // of tests/fakes/rtsp_camera.cpp

/** Waits until the public sees the synthetic chamber as it is after a time, and it moves: the clock painted into it goes on. */
const showsChamber = (since) =>
  waitFor('the chamber', async () => {
    const now = Date.now();
    const times = (await pictures(house, now - 3000, now - 2000)).map(({ clock }) => clock);
    return times.length > 20 && times.every((clock) => clock > since) && times.at(-1) > times[0] + 500;
  });

/** How bright a picture is at its left edge, and where it begins when it stands between borders because it is 4:3. */
function leftOf(picture) {
  const mean = (from, to) => {
    let sum = 0;
    for (let y = 5; y < 15; ++y) for (let x = from; x < to; ++x) sum += picture[y * 64 + x];
    return sum / (10 * (to - from));
  };
  return { edge: mean(2, 6), inside: mean(10, 14) };
}

/** What stands in for a camera, as it was seen. @type {Buffer} */
let slate;

test('the synthetic chamber moves and speaks', async () => {
  await showsChamber(0);
  assert.ok(await notLost());
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
  await isHeard(cameraTone);
  assert.ok(await notLost());
  await evenly();

  // It changes its resolution while live: the programme shows it, and keeps its own.
  const losing = losses();
  child.stdin.write('size 640 480\n');
  await waitFor('borders beside the narrower picture', async () => {
    const { edge, inside } = leftOf((await look()).picture);
    return edge < 30 && inside > 100;
  });
  assert.deepEqual(await sizes(), ['640x360']);
  child.stdin.write('size 1920 1080\n');
  await waitFor('the whole width', async () => {
    const { edge, inside } = leftOf((await look()).picture);
    return edge > 100 && inside > 100;
  });
  assert.deepEqual(await sizes(), ['640x360']);
  assert.equal(losses(), losing, 'it is not lost over it');
  await evenly();

  // It keeps the connection and sends nothing: the slate, and back by itself.
  const before = (await look()).picture;
  const frozen = Date.now();
  child.stdin.write('freeze\n');
  await waitFor('the alarm', lost);
  t.diagnostic(`alarm after ${Date.now() - frozen} ms`);
  await nextSegment();
  await nextSegment();
  const stoodIn = await look();
  slate = stoodIn.picture;
  assert.ok(difference(before, slate) > 5, 'another picture stands in');
  assert.ok(stoodIn.loudness < -70, `silence, ${stoodIn.loudness} dB`);
  child.stdin.write('thaw\n');
  await waitFor('it is taken back', notLost, { timeout: 10_000 });
  await nextSegment();
  await nextSegment();
  assert.ok(difference((await look()).picture, slate) > 5);
  await evenly();

  // It dies, and comes back at the same address.
  await end(child);
  await waitFor('the alarm', lost);
  const again = await camera(port);
  await waitFor('it is taken back', notLost, { timeout: 15_000 });
  await nextSegment();
  await isHeard(cameraTone);
  await evenly();
  await end(again);
});

test('a camera without sound is fine: silence', async () => {
  const port = await freePort();
  const child = await camera(port, 'silent');
  await use(`rtsp://127.0.0.1:${port}/stream`);
  await nextSegment();
  await nextSegment(); // nothing of the source before is in it
  // The slate is as silent: it has to be the camera's own picture.
  assert.ok(slate, 'the slate was seen before');
  const shown = await waitFor('the picture of the camera', async () => {
    const seen = await look();
    return difference(seen.picture, slate) > 5 && seen;
  });
  assert.ok(shown.loudness < -70, `${shown.loudness} dB`);
  assert.ok(await notLost());
  await evenly();
  await end(child);
});

const testFilm = (file, seconds, hz, size = '1280x720') =>
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
    `sine=frequency=${hz}`,
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
  testFilm(film, 20, 660);
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
  await pushed('the push is heard', async () => steady((await look()).sound, 660) > -40);
  assert.ok(await notLost());
  await evenly();

  await end(child);
  await waitFor('the alarm', lost);
  child = push();
  await pushed('it is taken back', notLost);
  await nextSegment();
  await isHeard(660);
  await evenly();
  await end(child);
});

test('an SRT listener elsewhere, called by us', async () => {
  const port = await freePort();
  const film = join(folder, 'listen.ts');
  testFilm(film, 20, 880);
  const child = sendFilm(film, 'mpegts', `srt://127.0.0.1:${port}?mode=listener`);
  await use(`srt://127.0.0.1:${port}`);
  await isHeard(880);
  assert.ok(await notLost());
  await evenly();
  await end(child);
});

test('an RTMP server, pulled', async () => {
  const port = await freePort();
  const film = join(folder, 'rtmp.flv');
  testFilm(film, 20, 1100);
  const child = sendFilm(film, 'flv', '-listen', '1', `rtmp://127.0.0.1:${port}/live/stream`);
  await use(`rtmp://127.0.0.1:${port}/live/stream`);
  await isHeard(1100);
  assert.ok(await notLost());
  await evenly();
  await end(child);
});

test('a file plays in a loop, in another size than the programme', async () => {
  const film = join(folder, 'short.mp4');
  testFilm(film, 3, 550, '854x480');
  await use(`file:${film}`);
  await isHeard(550);
  // Longer than the file: it went round without an alarm.
  const before = losses(), { end: begun } = await timeline();
  await waitFor('8 s of it', async () => (await timeline()).end > begun + 8000, { timeout: 20_000 });
  assert.equal(losses(), before, 'it is not lost at the end of the file');
  await isHeard(550);
  await evenly();
});

test('a file that is not there is an alarm, and the next source heals it', async () => {
  await use(`file:${join(folder, 'nothing.mp4')}`);
  await waitFor('the alarm', lost);
  await evenly();
  const healed = Date.now();
  await use('test:');
  await showsChamber(healed);
  assert.ok(await notLost());
  await evenly();
});

test('ten changes of source in a row leave one that works', async () => {
  const film = join(folder, 'short.mp4');
  for (let i = 0; i < 5; ++i) {
    await use(`file:${film}`);
    await use('test:');
  }
  await showsChamber(Date.now());
  assert.ok(await notLost());
  await evenly();
});

test('the whole recording, through all of that, decodes without a complaint', async () => {
  await house.act('broadcast.stop');
  const { decode } = await import('../lib/media.js');
  assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
});
