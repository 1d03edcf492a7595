// As in production: nginx in front, with the sample configuration.
import assert from 'node:assert/strict';
import { Agent, get, request } from 'node:https';
import { get as plainGet } from 'node:http';
import { after, before, test } from 'node:test';
import { startHouse, waitFor } from '../lib/house.js';
import { readTimeline } from '../lib/media.js';
import { startNginx } from '../lib/nginx.js';

/** @type {import('../lib/house.js').House} */
let house;
/** @type {Awaited<ReturnType<typeof startNginx>>} */
let nginx;
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

before(async () => {
  house = await startHouse({ config: { web: { public_url: 'https://localhost', trust_forwarded_for: true } } });
  nginx = await startNginx(house.port);
  await house.goLive();
});
after(async () => {
  agent.destroy();
  await nginx?.stop();
  await house?.stop();
});

/** GET through nginx. */
function ask(path, headers = {}) {
  return new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port: nginx.port, path, headers: { host: 'localhost', ...headers }, agent },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    ).on('error', reject);
  });
}

const media = (name) => `/media/${house.meeting}/${name}`;
const timeline = async () => readTimeline((await ask(media('720p/live.m3u8'))).body.toString());

test('plain HTTP is sent to HTTPS', async () => {
  const { statusCode, headers } = await new Promise((resolve, reject) => {
    plainGet({ host: '127.0.0.1', port: nginx.plainPort, path: '/kk/', headers: { host: 'localhost' } }, (response) => {
      response.resume();
      resolve(response);
    }).on('error', reject);
  });
  assert.equal(statusCode, 301);
  assert.equal(headers.location, 'https://localhost/kk/');
});

test('pages come through, with the security headers', async () => {
  const { status, headers, body } = await ask(`/kk/meetings/${house.meeting}`);
  assert.equal(status, 200);
  assert.match(body.toString(), /<html[^>]* lang="kk"/);
  assert.ok(headers['strict-transport-security']);
  assert.ok(headers['content-security-policy']);
});

test('segments come through, and are fetched from the house once', async () => {
  const { segments } = await waitFor('a segment', async () => {
    const list = await timeline();
    return list.segments.length > 0 && list;
  });
  const path = media(`720p/${segments[0].uri}`);
  const direct = Buffer.from(await (await house.fetch(path)).arrayBuffer());
  const first = await ask(path);
  assert.equal(first.status, 200);
  assert.ok(first.body.equals(direct));
  // With the house's session process gone nginx still has it.
  await house.session.stop();
  const second = await ask(path);
  assert.equal(second.status, 200);
  assert.ok(second.body.equals(direct));
  house.session.start();
  await house.ready();
});

test('blocked playlists come as fast as from the house', async () => {
  // The same part, asked for on both ways at the same moment.
  const later = [];
  let { msn, part } = (await timeline()).parts.at(-1);
  for (let i = 0; i < 12; ++i) {
    if (++part === 12) [msn, part] = [msn + 1, 0];
    const path = media(`720p/live.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`);
    const [direct, through] = await Promise.all([
      house.text(path).then(() => performance.now()),
      ask(path).then(({ status }) => (assert.equal(status, 200), performance.now())),
    ]);
    later.push(through - direct);
  }
  later.sort((a, b) => a - b);
  assert.ok(later[6] < 60, `median ${later[6].toFixed(1)} ms later through nginx`);
});

test('an action and its CSRF protection work behind nginx, with a __Host- cookie', async () => {
  const post = (path, body, headers) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: nginx.port,
          path,
          method: 'POST',
          agent,
          headers: {
            host: 'localhost',
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response
            .setEncoding('utf8')
            .on('data', (chunk) => (text += chunk))
            .on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        },
      ).on('error', reject);
      sent.end(body);
    });
  const login = await post('/api/v1/login', JSON.stringify(house.account), {});
  assert.equal(login.status, 200, login.text);
  const [cookie] = login.headers['set-cookie'];
  assert.match(cookie, /^__Host-/);
  assert.match(cookie, /; Secure/i);
  assert.match(cookie, /; HttpOnly/i);
  const acted = await post(`/api/v1/meetings/${house.meeting}/actions`, JSON.stringify({ action: 'sitting.open' }), {
    cookie: cookie.split(';')[0],
    'x-csrf-token': JSON.parse(login.text).csrf,
  });
  assert.equal(acted.status, 200, acted.text);
});

/** Knocks at a WebSocket; the answer's status, and the socket when it was upgraded. */
const knock = (path, headers = {}) =>
  new Promise((resolve, reject) => {
    const upgrade = request(
      {
        host: '127.0.0.1',
        port: nginx.port,
        path,
        rejectUnauthorized: false,
        headers: {
          host: 'localhost',
          origin: 'https://localhost',
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.from('tyndau tests 16b').toString('base64'),
          ...headers,
        },
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode });
      },
    );
    upgrade
      .on('upgrade', (response, socket) => resolve({ status: response.statusCode, socket: socket.on('error', () => {}) }))
      .on('error', reject)
      .end();
  });

test('WebSockets are upgraded, and the house says who may come in', async () => {
  assert.equal((await knock(`/api/v1/live?meeting=${house.meeting}`)).status, 401, 'nobody is logged in here');
  const page = await knock('/api/v1/guest/live');
  assert.equal(page.status, 101);
  page.socket.destroy();
});

test('what a client writes into X-Forwarded-For is not believed at a WebSocket either', async () => {
  // One address may have sixteen sockets that have not said who they are.
  const all = [];
  for (let i = 0; i < 20; i += 1) all.push(await knock('/api/v1/guest/live', { 'x-forwarded-for': `198.51.100.${i}` }));
  const refused = all.filter(({ status }) => status === 503).length;
  for (const { socket } of all) socket?.destroy();
  assert.ok(refused >= 3, `${refused} of 20 were refused`);
});

test('/metrics is for this machine alone', async () => {
  assert.equal((await ask('/metrics')).status, 200);
});

test('the film can be fetched in pieces through nginx', async () => {
  await house.act('broadcast.stop');
  const whole = await waitFor('the film', async () => {
    const answer = await ask(media('recording.mp4'));
    return answer.status === 200 && answer;
  });
  const piece = await ask(media('recording.mp4'), { range: 'bytes=1000-1999' });
  assert.equal(piece.status, 206);
  assert.equal(piece.headers['content-range'], `bytes 1000-1999/${whole.body.length}`);
  assert.ok(piece.body.equals(whole.body.subarray(1000, 2000)));
});

test('nginx had nothing to complain of', () => {
  const complaints = nginx
    .log()
    .split('\n')
    .filter((line) => /\[(emerg|alert|crit)\]/.test(line));
  assert.deepEqual(complaints, []);
});
