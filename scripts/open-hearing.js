// The demo's secretary: waits until the house is ready, puts the hearing on air, opens the sitting and its first item, gives
// the first rapporteur the floor, and writes demo.json. On a hearing that has been on air already it changes nothing.
//   node scripts/open-hearing.js URL DATA
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [url, data] = process.argv.slice(2);
const demoFile = join(data, 'demo.json');
const passwordFile = join(data, '.password');
const patienceMs = 60_000;

async function waitFor(what, condition) {
  const deadline = Date.now() + patienceMs;
  let trouble = '';
  while (Date.now() < deadline) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      trouble = `: ${error.cause?.message ?? error.message}`;
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`${what} is not there after ${patienceMs / 1000} s${trouble}`);
}

async function request(path, init = {}) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return { body: JSON.parse(text), cookies: response.headers.getSetCookie() };
}

function password() {
  try {
    return JSON.parse(readFileSync(demoFile, 'utf8')).desk.password;
  } catch {
    return readFileSync(passwordFile, 'utf8').trim();
  }
}

async function open(meeting, account) {
  const { body, cookies } = await request('/api/v1/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  const headers = {
    'content-type': 'application/json',
    'x-csrf-token': body.csrf,
    cookie: cookies.map((line) => line.split(';')[0]).join('; '),
  };
  const act = (action, args = {}) =>
    request(`/api/v1/meetings/${meeting}/actions`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': `demo-${action}` },
      body: JSON.stringify({ action, ...args }),
    });
  await act('broadcast.start');
  await act('sitting.open');
  await act('item.open', { item: 'a1' });
  await act('floor.give', { person: 'p01' });
}

/** Whether every playlist lists a whole segment: players that know no parts can begin. */
async function hasSegments(meeting) {
  const index = `${url}/media/${meeting}/index.m3u8`;
  const text = await (await fetch(index)).text();
  const names = text.match(/[\w./]+\/live\.m3u8/g) ?? [];
  const playlists = await Promise.all(names.map(async (name) => (await fetch(new URL(name, index))).text()));
  return playlists.length > 0 && playlists.every((playlist) => playlist.includes('#EXTINF:'));
}

async function main() {
  await waitFor('the house', async () => (await fetch(`${url}/readyz`)).ok);
  const list = (await request('/api/v1/meetings')).body;
  const meeting = (list.meetings ?? list)[0].id;
  const account = { name: 'secretary', password: password() };
  const { body: state } = await request(`/api/v1/meetings/${meeting}/state`);
  if (state.broadcast.state === 'idle') {
    await open(meeting, account);
    await waitFor('the first segment', () => hasSegments(meeting));
  }

  const demo = { url, desk: { url: `${url}/desk`, ...account }, meeting };
  writeFileSync(`${demoFile}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${demoFile}.new`, demoFile);
  rmSync(passwordFile, { force: true });

  const live = (await request(`/api/v1/meetings/${meeting}/state`)).body.broadcast.state;
  console.log(`
  Hearing   ${url}/kk/meetings/${meeting}   (${live})
            ${url}/media/${meeting}/index.m3u8
  Desk      ${demo.desk.url}   name: ${account.name}   password: ${account.password}
  Data      ${data}

  Ctrl-C stops it.`);
}

main().catch((error) => {
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
});
