// scripts/demo, as a newcomer runs it. The build is there already; what is tested is what happens then.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, root, tyndau, waitFor } from '../lib/house.js';
import { ffprobe, readTimeline } from '../lib/media.js';

const folders = [];
const running = new Set();
after(async () => {
  for (const demo of running) await demo.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folder() {
  folders.push(mkdtempSync(join(tmpdir(), 'tyndau-demo-')));
  return folders.at(-1);
}

/** Starts the script; gives its process, what it prints, and when it began. */
function demo(data, port) {
  const child = spawn(join(root, 'scripts/demo'), ['--port', String(port), '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const it = {
    child,
    port,
    data,
    url: `http://127.0.0.1:${port}`,
    began: Date.now(),
    output: '',
    ended: new Promise((done) => child.on('exit', (code, signal) => done({ code, signal }))),
    async stop(signal = 'SIGINT') {
      running.delete(it);
      child.kill(signal);
      return it.ended;
    },
    json: async (path) => (await fetch(it.url + path)).json(),
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (it.output += text));
  running.add(it);
  return it;
}

/** Processes whose command line has this in it. */
function processes(words) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const view = async (it, meeting) => it.json(`/api/v1/meetings/${meeting}/state`);

test('the demo goes on air by itself, restarts what dies, stops cleanly, and goes on where it was', async (t) => {
  const data = folder();
  const port = await freePort();
  const first = demo(data, port);
  const file = join(data, 'demo.json');
  await waitFor('demo.json', () => existsSync(file), { timeout: 60_000 }).catch((error) => {
    throw new Error(`${error.message}\n${first.output}`);
  });
  const told = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(told.url, first.url);
  assert.equal(told.desk.url, `${first.url}/desk`);
  assert.ok(told.desk.name && told.desk.password.length >= 12);
  assert.equal(statSync(file).mode & 0o077, 0, 'the password is for its owner alone');
  await waitFor(
    'the addresses are printed',
    () => first.output.includes(told.desk.password) && first.output.includes(told.meeting),
  );

  const state = await view(first, told.meeting);
  assert.equal(state.broadcast.state, 'live');
  assert.equal(state.meeting.state, 'in_session');
  assert.equal(state.item.id, 'a1');
  assert.equal(state.floor.person, 'p01');
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200);
  const { streams } = await ffprobe(`${first.url}/media/${told.meeting}/index.m3u8`, '-show_streams');
  assert.ok(streams.some((s) => s.codec_type === 'video') && streams.some((s) => s.codec_type === 'audio'));

  // Dates are today's.
  const meeting = await first.json(`/api/v1/meetings/${told.meeting}`);
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Almaty' });
  assert.ok(
    JSON.stringify(meeting).includes(today) || JSON.stringify(meeting).includes(new Date().toISOString().slice(0, 10)),
  );

  // A process that dies is started again.
  const [media] = processes(data).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tyndau-media'),
  );
  process.kill(media, 'SIGKILL');
  const killed = Date.now();
  await waitFor(
    'the stream goes on',
    async () => {
      const text = await (await fetch(`${first.url}/media/${told.meeting}/floor/live.m3u8`)).text();
      return readTimeline(text).end > killed + 400;
    },
  );

  assert.deepEqual(await first.stop('SIGINT'), { code: 0, signal: null }, first.output);
  assert.deepEqual(processes(data), [], 'nothing is left running');

  const second = demo(data, port);
  await waitFor('ready again', async () => (await fetch(`${second.url}/readyz`)).status === 200, {
    timeout: 20_000,
    interval: 20,
  });
  t.diagnostic(`ready again after ${Date.now() - second.began} ms`);
  await waitFor('on air again', async () => (await view(second, told.meeting)).broadcast.state === 'live');
  await waitFor('addresses', () => second.output.includes(told.desk.password));
  const again = await view(second, told.meeting);
  assert.ok(again.seq >= state.seq);
  assert.equal(again.floor.person, 'p01');
  assert.equal(
    (await second.json('/api/v1/meetings')).meetings?.length ?? (await second.json('/api/v1/meetings')).length,
    1,
  );

  // Another beside it, and the same data twice.
  const other = demo(folder(), await freePort());
  const same = demo(data, await freePort());
  const refused = await same.ended;
  running.delete(same);
  assert.notEqual(refused.code, 0);
  assert.match(same.output, /another demo/);
  await waitFor('the other demo', () => existsSync(join(other.data, 'demo.json')), { timeout: 60_000 });
  assert.deepEqual(await second.stop('SIGTERM'), { code: 0, signal: null });
  assert.equal((await fetch(`${other.url}/readyz`)).status, 200, 'the other goes on');
  assert.deepEqual(await other.stop('SIGTERM'), { code: 0, signal: null });
  assert.deepEqual([...processes(data), ...processes(other.data)], []);

  const { code, stdout, stderr } = await tyndau(['verify', '--data', data]);
  assert.equal(code, 0, stdout + stderr);
});

test('a port in use is said before anything starts', async () => {
  const { createServer } = await import('node:net');
  const port = await freePort();
  const stranger = createServer().listen(port, '127.0.0.1');
  try {
    const it = demo(folder(), port);
    const { code } = await it.ended;
    running.delete(it);
    assert.equal(code, 1);
    assert.match(it.output, new RegExp(`port ${port} is in use`));
  } finally {
    stranger.close();
  }
});
