// The end of the broadcast -> the finished playlist; and the film of one hour, beside `cp` of the same bytes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  const hours = quick ? 0.25 : 1;
  const copy = mkdtempSync(join(tmpdir(), 'tyndau-bench-'));
  try {
    await house.stop({ keep: true });
    const recording = join(house.data, 'media', house.meeting);
    const tracks = readdirSync(recording).filter((name) => statSync(join(recording, name)).isDirectory());
    for (const track of tracks) lengthen(join(recording, track), hours);
    const best = tracks.includes('720p') ? '720p' : tracks[0];
    const bytes = size(join(recording, best)) + size(join(recording, 'floor'));

    await house.start();
    let began = performance.now();
    await waitFor(
      'the film',
      async () => (await fetch(house.mediaUrl('recording.mp4'), { method: 'HEAD' })).status === 200,
      { interval: 2, timeout: 60_000 },
    );
    const prepared = (performance.now() - began) / 1000;
    rows.push(aimed(`film of ${hours} h: asked for -> first byte`, prepared, 's'));

    const cpu = cpuSeconds(house.session.pid);
    began = performance.now();
    execFileSync('curl', ['-sS', '-o', join(copy, 'film.mp4'), house.mediaUrl('recording.mp4')]);
    const fetched = (performance.now() - began) / 1000;
    const used = cpuSeconds(house.session.pid) - cpu;
    rmSync(join(copy, 'film.mp4'));
    began = performance.now();
    execFileSync('sh', [
      '-c',
      `cat ${join(recording, best)}/*.m4s ${join(recording, 'floor')}/*.m4s > ${join(copy, 'one')}`,
    ]);
    copyFileSync(join(copy, 'one'), join(copy, 'warm'));
    rmSync(join(copy, 'warm'));
    began = performance.now();
    execFileSync('cp', [join(copy, 'one'), join(copy, 'two')]);
    const copied = (performance.now() - began) / 1000;
    const beside = `cp of the same ${(bytes / 1e6).toFixed(0)} MB: ${copied.toFixed(2)} s`;
    rows.push(
      aimed(`film of ${hours} h: prepared, as a multiple of cp (nothing is copied)`, prepared / copied, 'x', {
        most: 2,
        beside,
      }),
    );
    rows.push(aimed(`film of ${hours} h: prepared and downloaded to a file`, prepared + fetched, 's', { beside }));
    rows.push(aimed('session CPU of that download', used / (bytes / 1e9), 'CPU s/GB'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
    await house.stop();
    for (const folder of house.owned) rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
