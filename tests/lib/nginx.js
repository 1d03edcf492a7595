// A real nginx with config/nginx/tyndau.conf in front of a house: only addresses, ports and folders are replaced.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { freePort, root, waitFor } from './house.js';

const nginx = '/usr/sbin/nginx';

/**
 * @param {number} upstream the house's port
 * @returns {Promise<{url: string, port: number, plainPort: number, folder: string, stop: () => Promise<void>, log: () => string}>}
 */
export async function startNginx(upstream) {
  const folder = mkdtempSync(join(tmpdir(), 'tyndau-nginx-'));
  const [port, plainPort] = [await freePort(), await freePort()];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-keyout',
      join(folder, 'privkey.pem'),
      '-out',
      join(folder, 'fullchain.pem'),
    ],
    { stdio: 'ignore' },
  );
  const site = readFileSync(join(root, 'config/nginx/tyndau.conf'), 'utf8')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${upstream}`)
    .replaceAll('/etc/ssl/tyndau', folder)
    .replaceAll('/var/lib/nginx/tyndau', join(folder, 'cache'))
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replaceAll('listen 80;', `listen 127.0.0.1:${plainPort};`)
    .replaceAll('listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`)
    .replaceAll('hearings.example.kz', 'localhost');
  writeFileSync(join(folder, 'site.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; events { worker_connections 4096; }\n` +
      `http { access_log off; ${temporary} include ${folder}/site.conf; }\n`,
  );
  execFileSync(nginx, ['-t', '-q', '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'pipe',
  });
  const child = spawn(nginx, ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const kill = () => child.kill('SIGTERM');
  process.on('exit', kill);
  await waitFor(
    'nginx listens',
    () =>
      new Promise((yes, no) => {
        const socket = connect(port, '127.0.0.1', () => (socket.destroy(), yes(true))).on('error', no);
      }),
  );
  return {
    url: `https://localhost:${port}`,
    port,
    plainPort,
    folder,
    log: () => readFileSync(join(folder, 'error.log'), 'utf8'),
    stop: async () => {
      process.off('exit', kill);
      const gone = new Promise((done) => child.on('exit', done));
      kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
