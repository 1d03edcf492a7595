// Sound and pictures as they arrive: in lumps, seldom, unevenly. What the public gets is whole all the same.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../lib/browser.js';
import { bin, freePort, startHouse, waitFor } from '../lib/house.js';
import { colourAt, hue, pictures, sound, soundRate } from '../lib/programme.js';
import { namings, sendHevc, startRtmpServer } from '../lib/rtmp.js';

/** @type {import('../lib/house.js').House} */
let house;
const helpers = new Set();

before(async () => {
  house = await startHouse();
  await house.goLive();
  await house.act('sitting.open');
});
after(async () => {
  for (const child of helpers) child.kill('SIGKILL');
  await house?.stop();
});

function helper(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  helpers.add(child);
  child.on('exit', () => helpers.delete(child));
  return child;
}

/** ffmpeg that sends the picture and a tone at their own pace. */
function send({ picture = 'testsrc2=size=640x360:rate=25', audio = ['-b:a', '96k', '-ac', '1'], gop = '25' }, ...to) {
  const live = (source) => ['-re', '-f', 'lavfi', '-i', source];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', gop, '-pix_fmt', 'yuv420p', '-b:v', '800k'];
  return helper('ffmpeg', ['-nostdin', '-v', 'error'].concat(live(picture), live('sine=frequency=440:sample_rate=48000'), h264, ['-c:a', 'aac'], audio, to));
}

/** Passes on what the server sends only every `ms`, as a relay does that merges its writes. The first second goes through at once. */
async function startLumps(port, ms) {
  const sockets = new Set();
  const server = createServer((client) => {
    const up = connect(port, '127.0.0.1');
    for (const socket of [client, up]) sockets.add(socket.on('error', () => socket.destroy()));
    const begun = performance.now();
    let waiting = [];
    let timer;
    const deliver = () => {
      if (waiting.length > 0) client.write(Buffer.concat(waiting));
      waiting = [];
      timer = setTimeout(deliver, performance.now() - begun > 1000 ? ms : 5);
    };
    deliver();
    client.pipe(up);
    up.on('data', (chunk) => waiting.push(chunk));
    up.on('close', () => { clearTimeout(timer); client.destroy(); });
    client.on('close', () => { clearTimeout(timer); up.destroy(); });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    stop: () => { for (const socket of sockets) socket.destroy(); server.close(); },
  };
}

/** The share of windows of 10 ms that are silent. @param {Float32Array} samples @param {string[]} [where] is told when */
function silentShare(samples, where = []) {
  const size = soundRate / 100;
  let silent = 0, count = 0, begun = -1;
  const note = (quiet) => {
    if (quiet && begun < 0) begun = count;
    if (!quiet && begun >= 0) where.push(`${(count - begun) * 10} ms at ${begun * 10}`), (begun = -1);
  };
  for (let at = 0; at + size <= samples.length; at += size, count += 1) {
    let power = 0;
    for (let i = at; i < at + size; i += 1) power += samples[i] ** 2;
    const quiet = 10 * Math.log10(power / size + 1e-12) < -45;
    note(quiet);
    if (quiet) silent += 1;
  }
  note(false);
  return silent / count;
}

const lost = () => house.alarm('source_lost');

/** Takes the source; once it is there, and has had three seconds to settle, what the public hears of it in eight. */
async function heard(uri) {
  await house.act('source.set', { uri });
  const set = Date.now();
  await waitFor('the source is on', async () => !(await lost()), { timeout: 25_000 });
  // What was heard before is not what is waited for.
  const itself = async () => Date.now() - 3000 > set && silentShare(await sound(house, Date.now() - 2500, Date.now() - 2000)) < 1;
  await waitFor('it is heard', itself, { timeout: 25_000, interval: 300 });
  const from = Date.now() + 3000;
  return sound(house, from, from + 8000);
}

/** A sender that is refused because nobody listens yet is started again. */
function persistent(start) {
  let child, wanted = true;
  const run = () => {
    child = start();
    child.on('exit', () => wanted && setTimeout(run, 200));
  };
  run();
  return { stop: () => { wanted = false; child.kill('SIGKILL'); } };
}

async function bySrt(audio) {
  const port = await freePort();
  const sender = persistent(() => send({ audio }, '-f', 'mpegts', `srt://127.0.0.1:${port}?pkt_size=1316`));
  const samples = await heard(`srt://:${port}`);
  sender.stop();
  return samples;
}

async function byRtmp(ms) {
  const port = await freePort();
  const server = persistent(() => send({}, '-f', 'flv', '-listen', '1', `rtmp://127.0.0.1:${port}/live/hall`));
  const lumps = await startLumps(port, ms);
  const samples = await heard(`rtmp://127.0.0.1:${lumps.port}/live/hall`);
  server.stop();
  lumps.stop();
  return samples;
}

async function byRtsp(...options) {
  const port = await freePort();
  const camera = helper(join(bin, 'fake-rtsp-camera'), [String(port), ...options]);
  await new Promise((ready) => camera.stdout.once('data', ready));
  const samples = await heard(`rtsp://127.0.0.1:${port}/stream`);
  camera.kill('SIGKILL');
  return samples;
}

/** @type {[string, () => Promise<Float32Array>][]} */
const lumps = [
  ['SRT, 96 kbit/s mono, 11 frames of AAC in a packet', () => bySrt(['-b:a', '96k', '-ac', '1'])],
  ['RTMP through a relay that writes every 350 ms', () => byRtmp(350)],
  ['RTSP with packets of 240 ms', () => byRtsp('packet=240')],
];
if (process.env.TYNDAU_LUMPS === 'all') {
  for (const [rate, channels] of [['64k', '1'], ['128k', '2'], ['192k', '2']]) {
    lumps.push([`SRT, ${rate}, ${channels} channels`, () => bySrt(['-b:a', rate, '-ac', channels])]);
  }
  for (const ms of [5, 150, 200]) lumps.push([`RTMP every ${ms} ms`, () => byRtmp(ms)]);
}
/** Says what was silent and when, and that it was as good as nothing. */
function isWhole(t, samples) {
  const where = [];
  const share = `${(100 * silentShare(samples, where)).toFixed(1)} %`;
  t.diagnostic(`${share} of ${(samples.length / soundRate).toFixed(0)} s silent: ${where.join(', ')}`);
  // What was cut was 12 to 90 %; a machine that is busy with something else may hold a sender up for a moment.
  assert.ok(silentShare(samples) < 0.01, `${share} of the sound is silent: ${where.join(', ')}`);
}

for (const [name, hear] of lumps) {
  test(`sound that arrives in lumps is heard whole: ${name}`, async (t) => {
    isWhole(t, await hear());
  });
}

test('the sound goes on beside one picture in five seconds', async (t) => {
  isWhole(t, await byRtsp('rate=1/5'));
});

/** What the desk says of the source, as it is when it is opened now. */
async function deskSays() {
  const browser = await launch();
  try {
    const desk = await (await browser.newContext({ baseURL: house.url })).newPage();
    await desk.goto('/desk/login?lang=ru');
    await desk.fill('#name', house.account.name);
    await desk.fill('#password', house.account.password);
    await desk.keyboard.press('Enter');
    return await desk.textContent('.source');
  } finally {
    await browser.close();
  }
}

for (const naming of ['practice', 'enhanced', 'unknown']) {
  const known = naming !== 'unknown';
  test(`HEVC by RTMP, named by ${naming}: ${known ? 'it is seen and heard' : 'it is heard, and the desk says what is not understood'}`, async (t) => {
    const server = await startRtmpServer();
    const sender = await sendHevc(server.url, namings[naming]);
    try {
      isWhole(t, await heard(server.url));
      const seen = (await pictures(house, Date.now() - 2000, Date.now() - 1000)).map(({ rgb }) => hue(colourAt(rgb, 0.3, 0.25)));
      if (known) assert.deepEqual([...new Set(seen)], ['red']);
      else assert.ok(!seen.includes('red'), 'a card says that there is sound only');
      assert.equal(/изображение в неизвестной кодировке/.test(await deskSays()), !known);
    } finally {
      sender.stop();
      server.stop();
    }
  });
}
