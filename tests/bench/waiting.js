// 2,000 viewers wait for the same part; how long after the first the last is told, with session on one core.
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { startHouse, waitFor } from '../lib/house.js';
import { readTimeline } from '../lib/media.js';
import { memory } from '../lib/process.js';
import { aimed, quantile, seconds } from './report.js';

const viewers = 2000;

/** One connection that sends requests as bytes and notes when an answer begins. */
function viewer(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(it));
    const it = { socket, at: 0, rest: 0, told: () => {} };
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (it.rest > 0) {
        it.rest -= chunk.length;
        return;
      }
      it.at = performance.now();
      const head = chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n') + 4;
      if (!head.startsWith('HTTP/1.1 200')) it.failed = head.slice(0, 80);
      it.rest = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - (chunk.length - end);
      it.told();
    });
  });
}

export async function run({ quick }) {
  const rounds = quick ? 5 : 40;
  const house = await startHouse({
    config: { programme: { preset: 'ultrafast' }, web: { max_waiting_per_client: 100_000, max_connections: 8192 } },
  });
  try {
    await house.goLive();
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(house.session.pid)], { stdio: 'ignore' });
    const before = memory(house.session.pid);
    const all = [];
    while (all.length < viewers)
      all.push(...(await Promise.all(Array.from({ length: 100 }, () => viewer(house.port)))));
    const path = `/media/${house.meeting}/floor/live.m3u8`;

    const spread = [],
      late = [];
    let perViewer = 0;
    for (let i = 0; i < rounds; ++i) {
      const newest = readTimeline(await house.text(path)).parts.at(-1);
      // Nine parts ahead: all 2,000 are waiting before it comes.
      const wanted = newest.msn * 12 + newest.part + 9;
      const request = Buffer.from(
        `GET ${path}?_HLS_msn=${Math.floor(wanted / 12)}&_HLS_part=${wanted % 12} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n`,
      );
      let missing = viewers;
      const done = new Promise((resolve) => {
        for (const one of all) {
          one.rest = 0;
          one.told = () => --missing === 0 && resolve(undefined);
          one.socket.write(request);
        }
      });
      if (i === 0) {
        await seconds(0.7);
        perViewer = (memory(house.session.pid) - before) / viewers;
      }
      await Promise.race([done, seconds(20).then(() => Promise.reject(new Error(`${missing} viewers were not told`)))]);
      const failed = all.find((one) => one.failed);
      if (failed) throw new Error(failed.failed);
      const ready = newest.start + (newest.seconds + 9 * 0.16) * 1000 - performance.timeOrigin;
      const times = all.map((one) => one.at);
      const first = Math.min(...times);
      spread.push(...times.map((t) => t - first));
      late.push(...times.map((t) => t - ready));
      await waitFor('quiet', () => all.every((one) => one.rest <= 0), { timeout: 5000 });
    }
    for (const one of all) one.socket.destroy();
    return [
      aimed(`${viewers} waiting: after the first is told, p99`, quantile(spread, 0.99), 'ms', { most: 150 }),
      aimed(`${viewers} waiting: after the first is told, p50`, quantile(spread, 0.5), 'ms'),
      aimed(`${viewers} waiting: after the part's last sound was heard, p99`, quantile(late, 0.99), 'ms'),
      aimed('memory of a waiting viewer', perViewer / 1024, 'kB'),
    ];
  } finally {
    await house.stop();
  }
}
