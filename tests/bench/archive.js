// The end of the broadcast -> the finished playlists; and the film of a day: how soon its first byte comes from a cold and a warm
// disk, and its download beside `cp` of the same file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHouse, waitFor } from '../lib/house.js';
import { cpuSeconds } from '../lib/process.js';
import { aimed, quantile, seconds } from './report.js';

/** Makes one recorded track `hours` long by writing its segments again and again with later decode times. */
export function lengthen(folder, hours) {
  const lines = readFileSync(join(folder, 'index'), 'utf8').split('\n').filter(Boolean);
  const [, , started, timescale] = lines.find((line) => line.startsWith('run ')).split(' ');
  const parts = lines.filter((line) => line.startsWith('part ')).map((line) => line.split(' '));
  const whole = parts
    .filter(([, , part]) => part === '0')
    .map(([, segment]) => Number(segment))
    .filter((segment) => parts.some((p) => Number(p[1]) === segment && p[8] === '1' && p[2] === '11'));
  const [first, count] = [whole[0], whole.length];
  const segmentTicks = Math.round(1.92 * Number(timescale));
  const name = (segment) => `${String(segment).padStart(6, '0')}.m4s`;
  const last = Math.max(...parts.map((p) => Number(p[1])));
  for (const p of parts) if (!whole.includes(Number(p[1]))) rmSync(join(folder, name(p[1])), { force: true });

  let index = `${lines.find((line) => line.startsWith('run '))}\n`;
  const total = Math.ceil((hours * 3600) / 1.92);
  let shift = 0;
  for (let i = 0; i < total; ++i) {
    const from = whole[i % count];
    const to = first + i;
    shift = (to - from) * segmentTicks;
    if (to > last || from !== to) {
      const bytes = readFileSync(join(folder, name(from)));
      for (let at = bytes.indexOf('tfdt'); at >= 0; at = bytes.indexOf('tfdt', at + 4)) {
        if (bytes[at + 4] === 1) bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 8) + BigInt(shift), at + 8);
        else bytes.writeUInt32BE(bytes.readUInt32BE(at + 8) + shift, at + 8);
      }
      writeFileSync(join(folder, name(to)), bytes);
    }
    for (const p of parts.filter((q) => Number(q[1]) === from)) {
      index += `part ${to} ${p[2]} ${p[3]} ${p[4]} ${Number(p[5]) + shift} ${p[6]} ${p[7]} ${p[8]} .\n`;
    }
  }
  const end = new Date(Date.parse(started) + (first + total) * 1920);
  writeFileSync(join(folder, 'index'), `${index}end ${end.toISOString()} .\n`);
}

const size = (folder) =>
  readdirSync(folder).reduce((sum, name) => {
    const { size: bytes } = statSync(join(folder, name));
    return sum + bytes;
  }, 0);

const isRoot = process.getuid() === 0;

/** What the kernel keeps of files is written and forgotten, as after a night. */
function forgetFiles() {
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

/** Seconds from the question to the first byte of the film itself. */
const firstByte = (url) => Number(execFileSync('curl', ['-sS', '-f', '-r', '0-0', '-o', '/dev/null', '-w', '%{time_starttransfer}', url]));

export async function run({ quick }) {
  const rows = [];
  const took = [];
  let house;
  for (let i = 0; i < (quick ? 2 : 5); ++i) {
    house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
    await house.goLive();
    await house.act('sitting.open');
    await seconds(quick ? 8 : 20);
    const { playlists } = await house.playlists();
    const asked = performance.now();
    await house.act('broadcast.stop');
    await waitFor(
      'ENDLIST',
      async () => {
        const texts = await Promise.all(playlists.map((path) => house.text(path)));
        return texts.every((text) => text.includes('#EXT-X-ENDLIST'));
      },
      { interval: 2, timeout: 10_000 },
    );
    took.push(performance.now() - asked);
    if (i + 1 < (quick ? 2 : 5)) await house.stop();
  }
  rows.push(
    aimed('broadcast.stop -> finished playlists of all tracks, worst', Math.max(...took) / 1000, 's', { most: 0.5 }),
  );
  rows.push(aimed('broadcast.stop -> finished playlists of all tracks, median', quantile(took, 0.5) / 1000, 's'));

  // A council's longest day; what is downloaded of it is an hour's worth.
  const hours = quick ? 0.25 : 8;
  const copy = mkdtempSync(join(tmpdir(), 'tyndau-bench-'));
  try {
    await house.stop({ keep: true });
    const recording = join(house.data, 'media', house.meeting);
    const tracks = readdirSync(recording).filter((name) => statSync(join(recording, name)).isDirectory());
    const best = tracks.includes('720p') ? '720p' : tracks[0];
    for (const track of [best, 'floor']) lengthen(join(recording, track), hours);
    const bytes = size(join(recording, best)) + size(join(recording, 'floor'));

    // The process begins anew each time, as it knows a film that it made before. Cold: what the kernel kept of the disk is gone.
    for (const disk of isRoot ? ['cold', 'warm'] : ['warm']) {
      const firstBytes = [];
      for (let i = 0; i < (quick ? 2 : 3); ++i) {
        if (disk === 'cold') forgetFiles();
        await house.start();
        firstBytes.push(firstByte(house.mediaUrl('recording.mp4')));
        await house.stop({ keep: true });
      }
      rows.push(aimed(`film of ${hours} h, ${disk} disk: asked for -> first byte, median`, quantile(firstBytes, 0.5), 's', { most: disk === 'cold' ? 10 : 2, beside: `at most ${Math.max(...firstBytes).toFixed(2)} s of ${firstBytes.length}; ${(bytes / 1e9).toFixed(1)} GB` }));
    }

    await house.start();
    firstByte(house.mediaUrl('recording.mp4'));
    const wanted = Math.min(bytes, 1e9);
    const fetch = (...to) => execFileSync('curl', ['-sS', '-r', `0-${wanted - 1}`, '-o', ...to, house.mediaUrl('recording.mp4')]);
    fetch('/dev/null'); // the disk is warm for both
    const cpu = cpuSeconds(house.session.pid);
    let began = performance.now();
    fetch(join(copy, 'film.mp4'));
    const fetched = (performance.now() - began) / 1000;
    const used = cpuSeconds(house.session.pid) - cpu;
    began = performance.now();
    execFileSync('cp', [join(copy, 'film.mp4'), join(copy, 'again.mp4')]);
    const copied = (performance.now() - began) / 1000;
    rows.push(
      aimed(`the first ${(wanted / 1e9).toFixed(2)} GB of it downloaded to a file, as a multiple of cp`, fetched / copied, 'x', {
        beside: `${fetched.toFixed(2)} s, cp of the same file ${copied.toFixed(2)} s`,
      }),
    );
    rows.push(aimed('session CPU of that download', used / (wanted / 1e9), 'CPU s/GB'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
    await house.stop();
    for (const folder of house.owned) rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
