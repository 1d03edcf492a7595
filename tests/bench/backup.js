// tyndau backup and restore of an hour's recording, beside `cp` of the same files on the same disk.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHouse, tyndau } from '../lib/house.js';
import { lengthen } from './archive.js';
import { aimed, seconds } from './report.js';

const isRoot = process.getuid?.() === 0;

async function timed(body) {
  const began = performance.now();
  await body();
  return (performance.now() - began) / 1000;
}

async function must(...args) {
  const { code, stdout, stderr } = await tyndau(args);
  if (code !== 0) throw new Error(`tyndau ${args.join(' ')}: ${stdout}${stderr}`);
}

const sizeOf = (folder) => Number(execFileSync('du', ['-sb', folder]).toString().split('\t')[0]);

/** Another mount of the same disk: names cannot be shared with it, so that files are copied. As root. */
function withoutLinks(folder) {
  mkdirSync(folder);
  if (!isRoot) return () => {};
  execFileSync('mount', ['--bind', folder, folder]);
  return () => execFileSync('umount', ['-l', folder]);
}

export async function run({ quick }) {
  const hours = quick ? 0.25 : 1;
  const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
  const place = mkdtempSync(join(tmpdir(), 'tyndau-bench-'));
  let unmount = () => {};
  try {
    await house.goLive();
    await house.act('sitting.open');
    await seconds(quick ? 8 : 20);
    await house.act('broadcast.stop');
    await seconds(1);
    await house.stop({ keep: true });
    const recording = join(house.data, 'media', house.meeting);
    for (const track of readdirSync(recording)) {
      if (statSync(join(recording, track)).isDirectory()) lengthen(join(recording, track), hours);
    }
    const bytes = sizeOf(house.data);
    execFileSync('sync');

    const cp = await timed(() => execFileSync('cp', ['-r', house.data, join(place, 'cp')]));
    const synced = cp + (await timed(() => execFileSync('sync', ['-f', join(place, 'cp')])));
    rmSync(join(place, 'cp'), { recursive: true });
    const beside = `cp -r: ${(bytes / 1e6 / cp).toFixed(0)} MB/s, with sync ${(bytes / 1e6 / synced).toFixed(0)}`;

    const disk = join(place, 'disk');
    unmount = withoutLinks(disk);
    const copied = await timed(() => must('backup', '--data', house.data, join(disk, 'b')));
    const again = await timed(() => must('backup', '--data', house.data, join(disk, 'b')));
    const linked = await timed(() => must('backup', '--data', house.data, join(place, 'links')));
    const restored = await timed(() => must('restore', '--data', join(place, 'restored'), join(disk, 'b')));
    const verified = await timed(() => must('verify', '--backup', join(disk, 'b')));
    const rate = (time) => bytes / 1e6 / time;
    const what = `of ${hours} h, ${(bytes / 1e6).toFixed(0)} MB`;
    // Without root the first was made of other names of the same files, as the third.
    const asCopy = isRoot
      ? [
          aimed(`backup ${what}: copied, hashed and synced`, rate(copied), 'MB/s', { beside }),
          aimed('that, as a multiple of cp with sync', copied / synced, 'x', { most: 2 }),
        ]
      : [];
    return [
      ...asCopy,
      aimed('the second backup to the same place', again, 's', { most: 2 }),
      aimed(`backup ${what} to the same disk: hashed, by other names`, rate(linked), 'MB/s', { beside }),
      aimed(`restore ${what}: hashed and synced`, rate(restored), 'MB/s', { beside }),
      aimed(`verify ${what}`, rate(verified), 'MB/s'),
    ];
  } finally {
    unmount();
    rmSync(place, { recursive: true, force: true });
    await house.stop();
    for (const folder of house.owned) rmSync(folder, { recursive: true, force: true });
  }
}
