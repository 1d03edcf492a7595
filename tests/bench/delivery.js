// Segments and playlists by wrk, beside nginx serving the same files with sendfile: one thread each, same machine, same run.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startHouse, waitFor } from '../lib/house.js';
import { readTimeline } from '../lib/media.js';
import { cpuSeconds } from '../lib/process.js';
import { aimed, seconds } from './report.js';

/** nginx with one worker on a folder. */
async function staticNginx(folder) {
  const port = await freePort();
  const place = mkdtempSync(join(tmpdir(), 'tyndau-nginx-'));
  writeFileSync(
    join(place, 'nginx.conf'),
    `daemon off; user root; master_process off; worker_processes 1; pid ${place}/pid; error_log ${place}/error.log; events { worker_connections 8192; }\n` +
      `http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; client_body_temp_path ${place}/a; proxy_temp_path ${place}/b;\n` +
      `fastcgi_temp_path ${place}/c; uwsgi_temp_path ${place}/d; scgi_temp_path ${place}/e;\n` +
      `server { listen 127.0.0.1:${port}; root ${folder}; open_file_cache max=1000; } }\n`,
  );
  const child = spawn('/usr/sbin/nginx', ['-c', join(place, 'nginx.conf'), '-e', join(place, 'error.log')], {
    stdio: 'ignore',
  });
  await waitFor(
    'nginx',
    () =>
      new Promise((yes, no) => {
        const socket = connect(port, '127.0.0.1', () => (socket.destroy(), yes(true))).on('error', no);
      }),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: () => (child.kill('SIGTERM'), rmSync(place, { recursive: true, force: true })),
  };
}

/** wrk's figures for one address, and the CPU that the server used meanwhile. */
function load(url, pid, length, connections) {
  const before = cpuSeconds(pid);
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${length}s`, url]).toString();
  const requests = Number(/(\d+) requests in/.exec(out)[1]);
  const [, amount, unit] = /requests in [\d.]+\w+, ([\d.]+)(\w+) read/.exec(out);
  const bytes = Number(amount) * { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit];
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? '0';
  if (errors !== '0' || /Socket errors/.test(out)) throw new Error(`of ${requests} requests to ${url} some failed:\n${out}`);
  return {
    perSecond: requests / length,
    cpuPerGigabyte: (cpuSeconds(pid) - before) / (bytes / 1e9),
    cpuPerRequest: ((cpuSeconds(pid) - before) / requests) * 1e6,
  };
}

/** `count` viewers that each follow the live edge with blocked playlists, for a while. */
async function followers(house, count, length) {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  let answers = 0;
  let running = true;
  const ask = (path) =>
    new Promise((resolve, reject) => {
      get({ agent, host: '127.0.0.1', port: house.port, path }, (response) => {
        let text = '';
        response
          .setEncoding('latin1')
          .on('data', (chunk) => (text += chunk))
          .on('end', () => resolve(text));
      }).on('error', reject);
    });
  const path = `/media/${house.meeting}/720p/live.m3u8`;
  const one = async () => {
    let { msn, part } = readTimeline(await ask(path)).parts.at(-1);
    while (running) {
      if (++part === 12) [msn, part] = [msn + 1, 0];
      await ask(`${path}?_HLS_msn=${msn}&_HLS_part=${part}`);
      answers += 1;
    }
  };
  const all = Array.from({ length: count }, one);
  await seconds(2);
  const [before, from] = [answers, cpuSeconds(house.session.pid)];
  await seconds(length);
  const cost = (cpuSeconds(house.session.pid) - from) / (answers - before);
  const rate = (answers - before) / length;
  running = false;
  await Promise.all(all);
  agent.destroy();
  return { rate, cost: cost * 1e6 };
}

export async function run({ quick }) {
  const length = quick ? 5 : 20;
  const house = await startHouse({
    config: { programme: { preset: 'ultrafast' }, web: { max_waiting_per_client: 100_000 } },
  });
  const nginx = await staticNginx(join(house.data, 'media', house.meeting));
  try {
    await house.goLive();
    const list = await waitFor('segments', async () => {
      const timeline = readTimeline(await house.text(`/media/${house.meeting}/720p/live.m3u8`));
      return timeline.segments.length >= 3 && timeline;
    });
    const followed = await followers(house, quick ? 50 : 200, length);
    // What is served is compared with a file of the same bytes: the live text while it is live, the ended one afterwards.
    const keep = async (name) =>
      writeFileSync(join(house.data, 'media', house.meeting, name), await house.text(`/media/${house.meeting}/720p/live.m3u8`));
    await keep('live.m3u8');
    await house.act('broadcast.stop');
    await waitFor('the ended list', async () => (await house.text(`/media/${house.meeting}/720p/live.m3u8`)).includes('#EXT-X-ENDLIST'));
    await keep('ended.m3u8');

    const segment = `720p/${list.segments[1].uri}`;
    const ours = load(house.mediaUrl(segment), house.session.pid, length, 16);
    const theirs = load(`${nginx.url}/${segment}`, nginx.pid, length, 16);
    const playlist = load(house.mediaUrl('720p/live.m3u8'), house.session.pid, length, 64);
    const ended = load(`${nginx.url}/ended.m3u8`, nginx.pid, length, 64);
    const live = load(`${nginx.url}/live.m3u8`, nginx.pid, length, 64);
    return [
      aimed('segments, one thread', ours.perSecond, 'requests/s', {
        beside: `nginx ${theirs.perSecond.toFixed(0)} requests/s`,
      }),
      aimed('segments', ours.cpuPerGigabyte, 'CPU s/GB', {
        beside: `nginx ${theirs.cpuPerGigabyte.toFixed(3)} CPU s/GB`,
      }),
      aimed('segments, CPU as a multiple of nginx', ours.cpuPerGigabyte / theirs.cpuPerGigabyte, 'x', { most: 2 }),
      aimed('playlists that need not wait', playlist.perSecond, 'requests/s', {
        beside: `nginx, the same text as a file: ${ended.perSecond.toFixed(0)} requests/s`,
      }),
      aimed(`blocked playlists, ${quick ? 50 : 200} viewers`, followed.rate, 'requests/s'),
      aimed('blocked playlists', followed.cost, 'CPU us/request', {
        beside: `nginx, the text of one as a file: ${live.cpuPerRequest.toFixed(0)} us`,
      }),
    ];
  } finally {
    nginx.stop();
    await house.stop();
  }
}
