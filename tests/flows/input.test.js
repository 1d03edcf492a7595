// What strangers, mistaken scripts and broken machines send: each a clear error at the right status, nothing changed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  bin,
  freePort,
  memoryFolder,
  root,
  sampleHearing,
  share,
  startHouse,
  toToml,
  tyndau,
  waitFor,
} from '../lib/house.js';

/** @type {import('../lib/house.js').House} */
let house;
before(async () => {
  house = await startHouse();
  await house.login();
});
after(() => house?.stop());

/** The status of a raw request, written byte by byte as given; 0 when the connection is closed without an answer. */
function raw(bytes, { port = house.port, timeout = 5000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    const done = () => {
      clearTimeout(late);
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
    };
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer in ${timeout} ms to ${JSON.stringify(String(bytes).slice(0, 80))}`));
    }, timeout);
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
      if (answer.includes('\r\n\r\n')) done();
    });
    socket.on('close', done).on('error', done);
  });
}

/** POSTs bytes as an action, logged in. */
async function post(body, headers = {}) {
  const response = await house.fetch(`/api/v1/meetings/${house.meeting}/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': house.csrf, ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, text };
}

/** Runs `attack` and checks that the meeting's view is what it was. */
async function changesNothing(attack) {
  const before = await house.state();
  await attack();
  const { seq, broadcast, meeting } = await house.state();
  assert.equal(seq, before.seq);
  assert.equal(broadcast.state, before.broadcast.state);
  assert.equal(meeting.state, before.meeting.state);
}

const deep = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

for (const [what, body] of [
  ['half a document', '{"action": "sitting.open"'],
  ['nothing', ''],
  ['something behind the document', '{"action": "sitting.open"} x'],
  ['an array', '["sitting.open"]'],
  ['a key twice', '{"action": "sitting.open", "action": "broadcast.start"}'],
  ['depth 40', `{"action": ${deep(40)}}`],
  ['depth 30,000', `{"action": ${deep(30_000)}}`],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from('{"action": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
  ],
  ['a number for a string', '{"action": 7}'],
  ['a string for a number', '{"action": "floor.give", "person": "p01", "limit_s": "60"}'],
  ['a fraction for a number', '{"action": "floor.give", "person": "p01", "limit_s": 2.7}'],
  ['a number out of range', '{"action": "floor.give", "person": "p01", "limit_s": 3000000000}'],
  ['a negative number', '{"action": "floor.give", "person": "p01", "limit_s": -5}'],
  ['a member that nobody knows', '{"action": "sitting.open", "please": true}'],
  ['a missing member', '{"action": "floor.give"}'],
  ['an unknown action', '{"action": "sitting.explode"}'],
  ['no action', '{}'],
]) {
  test(`an action that is ${what} is answered 400`, () =>
    changesNothing(async () => {
      const { status, text } = await post(body);
      assert.equal(status, 400, text);
      assert.ok(JSON.parse(text).error.code, 'with a code');
    }));
}

test('a body over 64 KiB is answered 413', () =>
  changesNothing(async () => assert.equal((await post(JSON.stringify({ action: 'x'.repeat(70_000) }))).status, 413)));

test('an unknown meeting is answered 404', async () => {
  assert.equal((await house.fetch('/api/v1/meetings/none/state')).status, 404);
  assert.equal((await house.tryAct('sitting.open', {}, { meeting: 'none' })).status, 404);
});

test('an unknown item or person is refused in words', () =>
  changesNothing(async () => {
    const { status, body } = await house.tryAct('item.open', { item: 'zz' });
    assert.equal(status, 409);
    assert.ok(body.refusal.text.kk);
  }));

test('without login, without the CSRF token, or with a wrong one nothing is done', () =>
  changesNothing(async () => {
    const path = `/api/v1/meetings/${house.meeting}/actions`;
    const headers = { 'content-type': 'application/json' };
    const body = '{"action": "sitting.open"}';
    assert.equal((await fetch(house.url + path, { method: 'POST', headers, body })).status, 401);
    assert.equal((await house.fetch(path, { method: 'POST', headers, body })).status, 403);
    assert.equal((await post(body, { 'x-csrf-token': 'x'.repeat(32) })).status, 403);
    assert.equal((await post(body, { cookie: 'tyndau=0123456789abcdef' })).status, 401);
  }));

test('a wrong password is answered 401, and after three in a row one has to wait', async () => {
  const login = (name, password) =>
    fetch(`${house.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
  // All at once, so that the second for which the fourth waits is not over.
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => login('nobody', `wrong ${i}`)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 429, 429, 429]);
  for (const { status, headers } of answers) assert.equal(headers.get('retry-after'), status === 429 ? '1' : null);
});

test('paths that climb out of the media directory find nothing', async () => {
  const { meeting } = house;
  for (const path of [
    `/media/${meeting}/../../tyndau.db`,
    `/media/${meeting}/%2e%2e/%2e%2e/tyndau.db`,
    `/media/${meeting}/..%2f..%2ftyndau.db`,
    `/media/${meeting}/720p/../../../tyndau.toml`,
    '/media/../tyndau.db',
    '/media//etc/passwd',
    `/media/${meeting}/720p/%00index`,
    `/media/${meeting}/720p/index`,
    `/media/${meeting}/720p/....//index`,
    '/assets/../tyndau.db',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    `/media/${meeting}\\..\\tyndau.db`,
  ]) {
    const status = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.ok(status === 400 || status === 404, `${path}: ${status}`);
  }
});

test('requests that lie about their length are refused and the connection ends', async () => {
  const head = 'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  for (const [lines, status] of [
    ['Content-Length: -1\r\n', 400],
    ['Content-Length: 99999999999999999999\r\n', 400],
    ['Content-Length: 5\r\nContent-Length: 6\r\n', 400],
    ['Content-Length: five\r\n', 400],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 400],
    ['Transfer-Encoding: chunked\r\n', 411],
    ['Content-Length: 10000000\r\n', 413],
  ]) {
    assert.equal(await raw(`${head}${lines}\r\n{}`), status, lines);
  }
});

test('malformed requests are answered for what they are, and the house lives on', async () => {
  for (const [bytes, status] of [
    ['\0\0\0\0\r\n\r\n', 400],
    ['GET\r\n\r\n', 400],
    ['GET / HTTP/9.9\r\n\r\n', 505],
    ['GET / HTTP/1.1\r\nHost: x\r\nUpgrade: ,,,\r\nConnection: upgrade\r\n\r\n', 302], // to nothing: a page like any other
    ['GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400],
    [`GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [`GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(3000)}\r\n`, 431],
  ]) {
    assert.equal(await raw(bytes), status, JSON.stringify(bytes.slice(0, 60)));
  }
  assert.equal((await house.fetch('/healthz')).status, 200);
  assert.equal(house.session.restarts, 0);
});

test('a method that an address does not have is answered 405 with what it has', async () => {
  const response = await house.fetch('/healthz', { method: 'DELETE' });
  assert.equal(response.status, 405);
  assert.match(response.headers.get('allow') ?? '', /GET/);
});

test('a source URI of nonsense is refused, and the old source goes on', () =>
  changesNothing(async () => {
    for (const [uri, status] of [
      ['', 400],
      ['nonsense', 400],
      ['ftp://x/y', 422],
      ['file:relative.mp4', 422],
      ['rtsp://', 422],
      ['v4l2:../etc/passwd', 422],
      ['srt://:99999999', 422],
      [`file:/${'a'.repeat(5000)}`, 400],
    ]) {
      const answer = await house.tryAct('source.set', { uri });
      assert.equal(answer.status, status, `${uri.slice(0, 30)}: ${JSON.stringify(answer.body)}`);
    }
    assert.ok(!(await house.alarm('source_lost')));
  }));

/** Runs a process of ours until it ends. */
function start(name, configFile, timeout = 10_000) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      join(bin, name),
      ['--config', configFile, name === 'tyndau-media' ? '--share' : '--assets', share],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} still runs with a bad configuration`));
    }, timeout);
    child.on('exit', (code) => {
      clearTimeout(late);
      resolve({ code, stderr });
    });
  });
}

/** A configuration of its own, changed by `change`. */
async function withConfig(change, body) {
  const folder = await mkdtemp(join(tmpdir(), 'tyndau-config-'));
  const runtime = await memoryFolder();
  try {
    const tables = {
      data: { directory: folder, runtime_directory: runtime },
      programme: { source: 'test:' },
      web: { listen: '127.0.0.1', port: await freePort() },
    };
    await change(tables, folder);
    const file = join(folder, 'tyndau.toml');
    await writeFile(file, toToml(tables));
    await body(file, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(runtime, { recursive: true, force: true });
  }
}

for (const [what, change, words] of [
  ['an unknown key', (t) => (t.web.colour = 'blue'), /colour/],
  ['an unknown table', (t) => (t.garden = { trees: 3 }), /garden/],
  ['a wrong type', (t) => (t.web.port = 'eighty'), /port/],
  ['a value out of range', (t) => (t.programme.frame_rate = 17), /frame_rate/],
  ['a source of nonsense', (t) => (t.programme.source = 'nonsense'), /programme\.source/],
]) {
  test(`a configuration with ${what} is refused by name, by check-config and by the processes`, () =>
    withConfig(change, async (file) => {
      const checked = await tyndau(['check-config', file]);
      assert.notEqual(checked.code, 0);
      assert.match(checked.stdout + checked.stderr, words);
      // What an address must be is known to the sources' own reader, which knows no lines; and session starts with it, as it does without media.
      const isSource = what === 'a source of nonsense';
      assert.match(checked.stdout + checked.stderr, isSource ? /tyndau\.toml: / : /tyndau\.toml:\d+/);
      for (const name of isSource ? ['tyndau-media'] : ['tyndau-media', 'tyndau-session']) {
        const { code, stderr } = await start(name, file);
        assert.notEqual(code, 0, name);
        assert.match(stderr, words, name);
      }
    }));
}

test('the sample configuration is right', async () => {
  const { code, stdout, stderr } = await tyndau(['check-config', join(root, 'config/tyndau.toml')]);
  assert.equal(code, 0, stdout + stderr);
});

test('a port in use is said, with its number', () =>
  withConfig(
    async (tables) => (tables.web.port = house.port),
    async (file) => {
      const { code, stderr } = await start('tyndau-session', file);
      assert.notEqual(code, 0);
      assert.match(stderr, new RegExp(String(house.port)));
    },
  ));

test('a port that a stranger holds is said too', async () => {
  const port = await freePort();
  const stranger = createServer().listen(port, '127.0.0.1');
  try {
    await withConfig(
      (tables) => (tables.web.port = port),
      async (file) => {
        const { code, stderr } = await start('tyndau-session', file);
        assert.notEqual(code, 0);
        assert.match(stderr, new RegExp(String(port)));
      },
    );
  } finally {
    stranger.close();
  }
});

test('a database of rubbish is refused and left as it is', () => {
  const rubbish = 'this is not a database '.repeat(1000);
  return withConfig(
    async (_, folder) => writeFile(join(folder, 'tyndau.db'), rubbish),
    async (file, folder) => {
      const { code, stderr } = await start('tyndau-session', file);
      assert.notEqual(code, 0);
      assert.match(stderr, /tyndau\.db/);
      assert.ok((await readFile(join(folder, 'tyndau.db'), 'utf8')) === rubbish, 'not a byte of it was written over');
    },
  );
});

test('a data directory that is a file is said, with its path', () =>
  withConfig(
    async (tables, folder) => {
      tables.data.directory = join(folder, 'occupied');
      await writeFile(join(folder, 'occupied'), '');
    },
    async (file) => {
      for (const name of ['tyndau-media', 'tyndau-session']) {
        const { code, stderr } = await start(name, file);
        assert.notEqual(code, 0, name);
        assert.match(stderr, /occupied/, name);
      }
    },
  ));

test('a hearing of nonsense is not imported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tyndau-import-'));
  try {
    await mkdir(join(folder, 'data'));
    for (const [name, text] of [
      ['broken.json', '{'],
      ['empty.json', '{}'],
      ['deep.json', `{"meta": ${deep(100)}}`],
    ]) {
      await writeFile(join(folder, name), text);
      const { code, stderr } = await tyndau(['import', '--data', join(folder, 'data'), join(folder, name)]);
      assert.notEqual(code, 0, name);
      assert.ok(stderr.length > 10, name);
    }
    const missing = await tyndau(['import', '--data', join(folder, 'data'), join(folder, 'nothing-here.json')]);
    assert.notEqual(missing.code, 0);
    assert.match(missing.stderr, /nothing-here/);
    const twice = [
      await tyndau(['import', '--data', join(folder, 'data'), sampleHearing]),
      await tyndau(['import', '--data', join(folder, 'data'), sampleHearing]),
    ];
    assert.equal(twice[0].code, 0, twice[0].stderr);
    assert.notEqual(twice[1].code, 0, 'the same meeting is not imported twice');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
