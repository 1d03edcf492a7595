// The whole house for a test or a benchmark: both real processes under a supervisor that restarts them as systemd would,
// and the words to talk to it. Binaries come from $TYNDAU_BIN, else build/release/bin. TYNDAU_LOG=1 shows their logs.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const bin = resolve(process.env.TYNDAU_BIN ?? join(root, 'build/release/bin'));
/** Assets and speech as the build laid them out. */
export const share = resolve(process.env.TYNDAU_SHARE ?? join(bin, '../share/tyndau'));
export const sampleHearing = join(root, 'config/demo/sample-hearing.json');

const run = promisify(execFile);

/** As RestartSec in systemd/*.service. */
const restartDelayMs = 200;
/** As CPUWeight=400 in systemd/tyndau-media.service: the niceness of which the kernel makes four times the usual weight. */
const unitsFavour = -6;

/** Everything that was started and has not ended, so that a test that throws leaves nothing behind. */
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * Polls until `condition` gives something true and returns that. An exception in it counts as "not yet" and is
 * reported when time is up; an assertion that fails ends the wait, for what is wrong does not become right by waiting.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} condition
 * @param {{timeout?: number, interval?: number}} [options] milliseconds
 * @returns {Promise<T>}
 */
export async function waitFor(what, condition, { timeout = 15_000, interval = 25 } = {}) {
  const deadline = performance.now() + timeout;
  let trouble = '';
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      trouble = '';
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      trouble = `: ${error instanceof Error ? error.message : error}`;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}${trouble}`);
    await new Promise((wake) => setTimeout(wake, interval));
  }
}

/** A TCP port that is free now. */
export async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A folder in memory, for the runtime directory. */
export async function memoryFolder() {
  return mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tyndau-test-'));
}

/**
 * Tables of plain values (and of lists of tables) as TOML.
 * @param {Record<string, Record<string, unknown>>} tables
 */
export function toToml(tables) {
  const value = (v) => (typeof v === 'string' ? JSON.stringify(v) : String(v));
  let text = '';
  for (const [table, keys] of Object.entries(tables)) {
    const lists = [];
    text += `[${table}]\n`;
    for (const [key, v] of Object.entries(keys)) {
      if (Array.isArray(v)) lists.push([key, v]);
      else text += `${key} = ${value(v)}\n`;
    }
    for (const [key, list] of lists) {
      for (const entry of list) {
        text += `[[${table}.${key}]]\n`;
        for (const [k, v] of Object.entries(entry)) text += `${k} = ${value(v)}\n`;
      }
    }
  }
  return text;
}

/**
 * Runs `tyndau` to its end.
 * @param {string[]} args
 * @param {{input?: string}} [options]
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export async function tyndau(args, { input = '' } = {}) {
  const started = run(join(bin, 'tyndau'), args, { timeout: 60_000 });
  started.child.stdin?.on('error', () => {}); // it may refuse before it reads
  started.child.stdin?.end(input);
  try {
    const { stdout, stderr } = await started;
    return { code: 0, stdout, stderr };
  } catch (error) {
    return { code: error.code ?? -1, stdout: error.stdout ?? '', stderr: error.stderr ?? String(error) };
  }
}

/** One process that is started again when it dies. */
class Supervised {
  /**
   * @param {string[]} [as] a command that runs the one behind it, as another user say
   * @param {number} [favour] how much of the processors it gets, as the niceness of a group of its own (root only): cameras and
   *   guests' browsers are on other machines in life, and on this one here, each browser with a group of its own
   */
  constructor(folder, name, args, as = [], favour = 0) {
    this.folder = folder;
    this.name = name;
    this.args = args;
    this.as = as;
    this.favour = favour;
    this.lines = [];
    this.restarts = 0;
    /** @type {import('node:child_process').ChildProcess | null} */
    this.child = null;
    this.wanted = false;
    this.timer = undefined;
  }

  start() {
    this.wanted = true;
    // It is a session of its own, so an interrupted test does not take it along: the kernel does.
    const [command, ...args] = [...this.as, 'setpriv', '--pdeathsig', 'KILL', '--', join(this.folder, this.name), ...this.args];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child = child;
    // A child that could not be started has none; a kernel may have no such groups.
    const group = `/proc/${child.pid}/autogroup`;
    if (this.favour !== 0 && process.getuid?.() === 0 && existsSync(group)) writeFileSync(group, String(this.favour));
    children.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          this.lines.push(line);
          if (process.env.TYNDAU_LOG) console.error(`${this.name}: ${line}`);
        }
      });
    }
    this.ended = new Promise((done) => {
      child.on('error', (error) => {
        this.lines.push(String(error));
        children.delete(child);
        this.child = null;
        done({ code: -1, signal: null });
      });
      child.on('exit', (code, signal) => {
        children.delete(child);
        this.child = null;
        done({ code, signal });
        if (!this.wanted) return;
        this.restarts += 1;
        this.timer = setTimeout(() => this.wanted && this.start(), restartDelayMs);
      });
    });
  }

  get pid() {
    return this.child?.pid;
  }

  /** Kills it; the supervisor starts it again. Gives the pid of the new process. */
  async kill(signal = 'SIGKILL') {
    const old = this.pid;
    assert.ok(old, `${this.name} runs`);
    const ended = this.ended;
    this.child?.kill(signal);
    await ended;
    return waitFor(`${this.name} runs again`, () => this.pid !== old && this.pid);
  }

  /** Ends it for good (until start()) and gives its exit. */
  async stop(signal = 'SIGTERM') {
    this.wanted = false;
    clearTimeout(this.timer);
    if (!this.child) return { code: 0, signal: null };
    const ended = this.ended;
    this.child.kill(signal);
    const late = setTimeout(() => this.child?.kill('SIGKILL'), 15_000);
    const exit = await ended;
    clearTimeout(late);
    return exit;
  }
}

export class House {
  /** @param {any} parts */
  constructor(parts) {
    this.url = `http://127.0.0.1:${parts.port}`;
    this.port = parts.port;
    this.data = parts.data;
    this.runtime = parts.runtime;
    this.configFile = parts.configFile;
    this.account = parts.account;
    this.owned = parts.owned;
    const config = ['--config', parts.configFile];
    const folder = parts.prefix ? join(parts.prefix, 'bin') : bin, files = parts.prefix ? join(parts.prefix, 'share/tyndau') : share;
    this.media = new Supervised(folder, 'tyndau-media', [...config, '--share', files], parts.as?.media, unitsFavour);
    this.session = new Supervised(folder, 'tyndau-session', [...config, '--assets', files], parts.as?.session);
    this.meeting = '';
    this.cookie = '';
    this.csrf = '';
  }

  /** Starts both processes and waits until /readyz says 200. */
  async start() {
    this.media.start();
    this.session.start();
    await this.ready();
  }

  async ready(timeout = 20_000) {
    try {
      await waitFor('ready', async () => (await fetch(`${this.url}/readyz`)).status === 200, { timeout });
    } catch (error) {
      throw new Error(`${error.message}\n${this.log()}`);
    }
  }

  /** The last lines both processes logged. */
  log(most = 30) {
    const tail = (p) => p.lines.slice(-most).map((line) => `  ${p.name}: ${line}`);
    return [...tail(this.media), ...tail(this.session)].join('\n');
  }

  /** fetch() of a path of this house, with the login's cookie when there is one. */
  fetch(path, init = {}) {
    const headers = new Headers(init.headers);
    if (this.cookie && !headers.has('cookie')) headers.set('cookie', this.cookie);
    return fetch(this.url + path, { redirect: 'manual', ...init, headers });
  }

  async json(path, init = {}) {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async text(path, init = {}) {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.text();
  }

  /** Logs in as the secretary; keeps the cookie and the CSRF token. */
  async login(name = this.account.name, password = this.account.password) {
    const response = await fetch(`${this.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    });
    const body = await response.text();
    assert.equal(response.status, 200, body);
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    this.csrf = JSON.parse(body).csrf;
    return this.csrf;
  }

  /**
   * One action, whatever its answer.
   * @param {string} action
   * @param {Record<string, unknown>} [args]
   * @param {{key?: string, meeting?: string}} [options]
   */
  async tryAct(action, args = {}, { key = randomUUID(), meeting = this.meeting } = {}) {
    if (!this.csrf) await this.login();
    const response = await this.fetch(`/api/v1/meetings/${meeting}/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': this.csrf, 'idempotency-key': key },
      body: JSON.stringify({ action, ...args }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** One action that must be accepted; gives {seq, state, result?}. */
  async act(action, args = {}, options = {}) {
    const { status, body } = await this.tryAct(action, args, options);
    assert.equal(status, 200, `${action}: ${JSON.stringify(body)}`);
    return body;
  }

  /** The public view; `since` blocks until there is a newer one. */
  state(since) {
    return this.json(`/api/v1/meetings/${this.meeting}/state${since === undefined ? '' : `?since=${since}`}`);
  }

  metrics() {
    return this.text('/metrics');
  }

  /** Whether /metrics has tyndau_alarm{code="..."} 1. */
  async alarm(code) {
    return new RegExp(`^tyndau_alarm\\{code="${code}"\\} 1$`, 'm').test(await this.metrics());
  }

  mediaUrl(name) {
    return `${this.url}/media/${this.meeting}/${name}`;
  }

  /** Goes on air and waits until the first parts can be fetched. */
  async goLive() {
    await this.act('broadcast.start');
    await this.waitForParts();
  }

  /** On air, in session, at the first item. */
  async holdSitting() {
    await this.goLive();
    await this.act('sitting.open');
    await this.act('item.open', { item: 'a1' });
  }

  /** Waits until the multivariant playlist and every playlist in it can be fetched and have parts. */
  async waitForParts(timeout = 15_000) {
    await waitFor(
      'parts in the live playlist',
      async () => {
        const { playlists } = await this.playlists();
        for (const path of playlists) {
          const playlist = await this.text(path);
          if (!playlist.includes('#EXT-X-PART:') && !playlist.includes('#EXTINF:')) return false;
        }
        return playlists.length > 0;
      },
      { timeout },
    );
  }

  /** The multivariant playlist's text and the paths of the media playlists that it names. */
  async playlists() {
    const path = `/media/${this.meeting}/index.m3u8`;
    const text = await this.text(path);
    const uris = [...text.matchAll(/URI="([^"]+)"/g)].map((m) => m[1]);
    for (const line of text.split('\n')) if (line && !line.startsWith('#')) uris.push(line.trim());
    const paths = uris.map((uri) => new URL(uri, this.url + path)).map((url) => url.pathname + url.search);
    return { text, playlists: [...new Set(paths)] };
  }

  killMedia(signal) {
    return this.media.kill(signal);
  }

  async killSession(signal) {
    const pid = await this.session.kill(signal);
    await this.ready();
    return pid;
  }

  /** Ends both cleanly and takes away what startHouse() made. */
  async stop({ keep = false } = {}) {
    const session = await this.session.stop();
    const media = await this.media.stop();
    if (!keep) for (const folder of this.owned) await rm(folder, { recursive: true, force: true });
    return { session, media };
  }
}

/**
 * Makes a data directory with the sample hearing and the secretary's account, starts both processes and waits until they
 * are ready.
 * @param {{config?: Record<string, Record<string, unknown>>, data?: string, runtime?: string, port?: number,
 *          hearing?: string | null, start?: boolean,
 *          as?: {media: string[], session: string[]}, prefix?: string}} [options]
 *   config: tables over the defaults, e.g. {programme: {source: 'file:/x.mp4'}};
 *   data: an existing folder, kept at the end; hearing: a file to import, null for none; start: false to start later;
 *   as: the commands that run the processes as other users; prefix: where they are installed, else as they were built
 */
export async function startHouse(options = {}) {
  const owned = [];
  let { data, runtime } = options;
  if (!data) owned.push((data = await mkdtemp(join(tmpdir(), 'tyndau-test-'))));
  if (!runtime) owned.push((runtime = await memoryFolder()));
  const port = options.port ?? (await freePort());
  const tables = {
    data: { directory: data, runtime_directory: runtime, reserve_hours: 0.01 },
    programme: { source: 'test:', preset: 'ultrafast' },
    web: { listen: '127.0.0.1', port },
  };
  for (const [table, keys] of Object.entries(options.config ?? {})) tables[table] = { ...tables[table], ...keys };
  await mkdir(data, { recursive: true });
  const configFile = join(data, 'tyndau.toml');
  await writeFile(configFile, toToml(tables));

  const account = { name: 'хатшы', password: randomBytes(12).toString('base64url') };
  const house = new House({ port, data, runtime, configFile, account, owned, as: options.as, prefix: options.prefix });
  try {
    if (options.hearing !== null) {
      await importHearing(data, options.hearing ?? sampleHearing);
    }
    await addAccount(data, account.name, account.password);
    if (options.start !== false) {
      await house.start();
      if (options.hearing !== null) {
        const list = await house.json('/api/v1/meetings');
        house.meeting = (list.meetings ?? list)[0].id;
      }
    }
  } catch (error) {
    await house.stop();
    throw error;
  }
  return house;
}

/** `tyndau import`, with the hearing's dates moved to today. */
export async function importHearing(data, file) {
  const today = new Date().toISOString().slice(0, 10);
  const { code, stderr } = await tyndau(['import', '--data', data, '--shift-to-date', today, file]);
  assert.equal(code, 0, stderr);
}

/** `tyndau user add`, which reads the password from standard input. */
export async function addAccount(data, name, password) {
  const { code, stderr } = await tyndau(['user', 'add', '--data', data, '--password-stdin', name], {
    input: `${password}\n`,
  });
  assert.equal(code, 0, stderr);
}
