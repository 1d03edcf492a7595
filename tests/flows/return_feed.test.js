// The programme over WebRTC, by real binaries and a real browser: it is seen and heard, it ends, and what is no offer is refused
// without the programme noticing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../lib/browser.js';
import { startHouse, waitFor } from '../lib/house.js';
import { installJoin } from '../lib/join.js';
import { installPaintedClock } from '../lib/painted_clock.js';
import { descriptors, threads } from '../lib/process.js';

let house, browser, page;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  await house.holdSitting();
  page = await (await browser.newContext({ baseURL: house.url })).newPage();
  await page.addInitScript(installJoin);
  await page.addInitScript(installPaintedClock);
  await page.goto('/kk/');
  await page.evaluate((account) => window.enter(account), house.account);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const peers = async () => Number(/^tyndau_peers (\d+)$/m.exec(await house.metrics())?.[1]);
const peersAre = (count) => waitFor(`${count} peers`, async () => (await peers()) === count, { timeout: 30_000 });

test('a browser sees and hears the programme', async () => {
  const seen = await page.evaluate(async () => {
    window.seat = await window.join();
    const { connection, video } = window.seat;
    for (let i = 0; i < 25; i += 1) await new Promise((shown) => video.requestVideoFrameCallback(shown));
    const sound = async () => [...(await connection.getStats()).values()].find((s) => s.type === 'inbound-rtp' && s.kind === 'audio');
    while (!((await sound())?.totalAudioEnergy > 0)) await new Promise((done) => setTimeout(done, 50));
    return { width: video.videoWidth, height: video.videoHeight };
  });
  assert.deepEqual(seen, { width: 960, height: 540 });
  assert.equal(await peers(), 1);
});

test('the picture is now, not a while ago', async () => {
  const age = await page.evaluate(async () => {
    for (;;) {
      await new Promise((shown) => window.seat.video.requestVideoFrameCallback(shown));
      const painted = window.paintedClock(window.seat.video);
      if (painted) return Date.now() - painted;
    }
  });
  // A bound that only something broken reaches: how long it takes is the benchmark's.
  assert.ok(age > 0 && age < 3000, `${age} ms`);
});

test('who has no H.264 sees it in VP8, in the same colours', async () => {
  const [first, second] = await page.evaluate(async () => {
    const other = await window.join({ video: 'VP8' });
    const codec = async ({ connection }) => {
      const stats = [...(await connection.getStats()).values()];
      const { codecId } = stats.find((one) => one.type === 'inbound-rtp' && one.kind === 'video');
      return stats.find(({ id }) => id === codecId).mimeType;
    };
    /** Of a piece of the wall that does not move. */
    const colour = async ({ video }) => {
      for (let i = 0; i < 25; i += 1) await new Promise((shown) => video.requestVideoFrameCallback(shown));
      const canvas = new OffscreenCanvas(1, 1), context = canvas.getContext('2d');
      context.drawImage(video, 270, 60, 120, 80, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const all = [];
    for (const seat of [window.seat, other]) all.push({ codec: await codec(seat), colour: await colour(seat), width: seat.video.videoWidth });
    await window.leave(other);
    return all;
  });
  assert.deepEqual([first.codec, second.codec], ['video/H264', 'video/VP8']);
  assert.equal(second.width, 960);
  for (const i of [0, 1, 2]) assert.ok(Math.abs(first.colour[i] - second.colour[i]) <= 4, `${first.colour} and ${second.colour}`);
  assert.equal(await peers(), 1);
});

test('it ends when it is asked to, and when the page goes', async () => {
  await page.evaluate(() => window.leave(window.seat));
  assert.equal(await peers(), 0);
  await page.evaluate(async () => {
    window.seat = await window.join();
  });
  assert.equal(await peers(), 1);
  // Without a word to the server: only the connection tells.
  await page.evaluate(() => window.leave({ ...window.seat, name: '' }));
  await peersAre(0);
});

test('many joins and leaves leave nothing behind', async () => {
  const round = (count) =>
    page.evaluate(async (times) => {
      for (let i = 0; i < times; i += 1) await window.leave(await window.join());
    }, count);
  await round(3);
  const settled = (most, read) => waitFor(`at most ${most}, not ${read(house.media.pid)}`, () => read(house.media.pid) <= most, { timeout: 20_000 });
  await waitFor('the first threads to end', async () => (await peers()) === 0);
  const [threadsBefore, descriptorsBefore] = [threads(house.media.pid), descriptors(house.media.pid)];
  await round(20);
  assert.equal(await peers(), 0);
  await settled(threadsBefore + 2, threads);
  await settled(descriptorsBefore + 4, descriptors);
});

test('what is no offer is refused, and changes nothing', async () => {
  await house.login();
  const post = async (body, headers = {}) => {
    const response = await house.fetch('/api/v1/whep', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', 'x-csrf-token': house.csrf, ...headers },
      body,
    });
    return [response.status, (await response.json()).error.code];
  };
  const head = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
  const ice = 'a=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlBt\r\n';
  const print = `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}\r\n`;
  const line = `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n`;
  assert.deepEqual(await post('garbage'), [400, 'bad_offer']);
  assert.deepEqual(await post('v=0\r\n\0\r\n'), [400, 'bad_offer']);
  assert.deepEqual(await post(head), [400, 'bad_offer']);
  assert.deepEqual(await post(head + line + ice), [400, 'bad_offer'], 'without a fingerprint');
  assert.deepEqual(await post(head + print + ice + line.repeat(100)), [400, 'bad_offer'], '100 m-lines');
  assert.deepEqual(await post(head + print + ice + line.repeat(500)), [413, 'too_large'], '500 m-lines');
  assert.deepEqual(await post(head + print + ice + line.replace('opus', 'PCMU')), [400, 'bad_offer'], 'nothing that we send');
  assert.deepEqual(await post('{}', { 'content-type': 'application/json' }), [415, 'not_sdp']);
  assert.deepEqual(await post(head, { 'x-csrf-token': 'wrong' }), [403, 'bad_csrf']);
  assert.deepEqual(await post(head, { cookie: '' }), [401, 'login_needed']);
  const unknown = await house.fetch('/api/v1/whep/0123', { method: 'DELETE', headers: { 'x-csrf-token': house.csrf } });
  assert.equal(unknown.status, 404);
  assert.equal(await peers(), 0);
  await house.ready();
});

test('a killed media process ends the connections, and takes new ones', async () => {
  await page.evaluate(async () => {
    window.seat = await window.join();
  });
  await house.killMedia();
  await peersAre(0);
  await house.ready();
  await page.evaluate(async () => window.leave(await window.join()));
});
