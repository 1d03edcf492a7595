// Backups of a house that works: under clicks, killed, of a full disk; and what comes back.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { bin, startHouse, tyndau, waitFor } from '../lib/house.js';
import { decode, readTimeline } from '../lib/media.js';

let house;
let place;
let backups;
let clicking = true;
let clicks;
let acknowledged = 0;
let plain;

const wholeOnes = () => (existsSync(backups) ? readdirSync(backups).filter((name) => !name.startsWith('.')) : []);
const backUp = async (...more) => {
  const { code, stdout, stderr } = await tyndau(['backup', '--config', house.configFile, backups, ...more]);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
};
const verified = async (...args) => tyndau(['verify', ...args]);

before(async () => {
  house = await startHouse();
  place = mkdtempSync(join(dirname(house.data), 'tyndau-backup-'));
  backups = join(place, 'backups');
  await house.holdSitting();
  await house.act('floor.give', { person: 'p01' });
  // What was done before there was this command: the file alone, of a session that runs.
  plain = join(place, 'plain');
  mkdirSync(plain);
  cpSync(join(house.data, 'tyndau.db'), join(plain, 'tyndau.db'));
  clicks = (async () => {
    while (clicking) acknowledged = (await house.act('floor.extend', { seconds: 1 })).seq;
  })();
  await waitFor('three segments', async () => {
    const text = await house.text(`/media/${house.meeting}/720p/live.m3u8`);
    return readTimeline(text).segments.length >= 3;
  });
});

after(async () => {
  clicking = false;
  await clicks?.catch(() => {});
  await house?.stop();
  if (place) rmSync(place, { recursive: true, force: true });
});

test('a backup under clicks has all that was acknowledged before it began, and holds nobody up', async () => {
  await waitFor('clicks', () => acknowledged > 100);
  const sure = acknowledged;
  const making = backUp();
  await waitFor('it to be under way', () => existsSync(join(backups, '.unfinished')), { interval: 1 });
  const begun = acknowledged;
  const said = await making;
  const meanwhile = acknowledged - begun;
  assert.ok(meanwhile > 0, `${meanwhile} clicks were acknowledged while it was made`);
  const [made] = wholeOnes();
  assert.match(said, new RegExp(`^${join(backups, made)}: 1 meetings, \\d+ events, \\d+ files, `));
  const { code, stdout } = await verified('--backup', backups);
  assert.equal(code, 0, stdout);
  const events = Number(/^\S+: (\d+) events, head [0-9a-f]{64}$/m.exec(stdout)?.[1]);
  assert.ok(events >= sure, `${events} events, ${sure} were acknowledged`);
  assert.equal(statSync(join(backups, made, 'tyndau.db')).mode & 0o777, 0o600);
  assert.equal(house.session.restarts + house.media.restarts, 0);

  const alone = await verified('--data', plain);
  assert.equal(alone.code, 0, 'by itself it looks whole');
  const older = await verified('--data', plain, '--against', backups, '--quick');
  assert.equal(older.code, 1, alone.stdout + older.stdout + older.stderr);
  const words = `^${house.meeting}: OLDER than the backup of .*: \\d+ of its ${events} events$`;
  assert.match(older.stdout, new RegExp(words, 'm'));
});

test('the second one reads only what is new', async () => {
  const said = await backUp();
  const [, before, linked] = /^(\d+) files as before, (\d+) by another name, \d+ copied/m.exec(said) ?? assert.fail(said);
  assert.ok(Number(before) >= 9, said);
  const [first, second] = wholeOnes();
  const path = `media/${house.meeting}/720p/000001.m4s`;
  assert.equal(statSync(join(backups, first, path)).ino, statSync(join(backups, second, path)).ino);
  assert.ok(Number(linked) < 100);
  const { code, stdout } = await verified('--config', house.configFile, '--against', backups);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /all of it is here, and \d+ events since/);
});

test('a backup that is killed at any moment leaves the older ones, whole', async (t) => {
  const started = performance.now();
  await backUp();
  const took = performance.now() - started;
  let kills = 0;
  for (let i = 0; i < 12; ++i) {
    const older = wholeOnes();
    const child = spawn(join(bin, 'tyndau'), ['backup', '--config', house.configFile, backups], { stdio: 'ignore' });
    const ended = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
    setTimeout(() => child.kill('SIGKILL'), (took * (i + 0.5)) / 12);
    const { signal } = await ended;
    const now = wholeOnes();
    if (signal) {
      kills += 1;
      assert.ok(now.length - older.length <= 1);
      assert.deepEqual(now.slice(0, older.length), older);
    }
    for (const name of now.slice(-2)) {
      const { code, stdout, stderr } = await verified('--backup', join(backups, name));
      assert.equal(code, 0, `killed ${i}: ${stdout}${stderr}`);
    }
  }
  t.diagnostic(`${kills} of 12 were killed before they were done`);
  assert.ok(kills > 0, 'none was killed before it was done');
  await backUp('--keep', '2');
  assert.equal(wholeOnes().length, 2);
  assert.ok(!existsSync(join(backups, '.unfinished')));
});

test('what is restored is the meeting: journal, film and login, and it can go on', async () => {
  clicking = false;
  await clicks;
  await house.act('floor.end');
  await house.act('broadcast.stop');
  await waitFor('the end', async () =>
    (await house.text(`/media/${house.meeting}/720p/live.m3u8`)).includes('#EXT-X-ENDLIST'),
  );
  await backUp();
  const before = await house.state();
  const vtt = await house.text(`/media/${house.meeting}/chapters.vtt?lang=kk`);
  await house.stop({ keep: true });

  const over = await tyndau(['restore', '--data', house.data, backups]);
  assert.equal(over.code, 1, over.stdout);
  assert.match(over.stderr, /there is data already: .*Nothing is written over/);

  rmSync(join(house.data, 'media'), { recursive: true });
  for (const name of readdirSync(house.data)) if (name.startsWith('tyndau.db')) rmSync(join(house.data, name));
  const back = await tyndau(['restore', '--data', house.data, backups]);
  assert.equal(back.code, 0, back.stderr);
  const { code, stdout, stderr } = await verified('--data', house.data, '--against', backups);
  assert.equal(code, 0, stdout + stderr);

  await house.start();
  const now = await house.state();
  assert.equal(now.seq, before.seq);
  assert.equal(now.broadcast.state, 'ended');
  assert.equal(await house.text(`/media/${house.meeting}/chapters.vtt?lang=kk`), vtt);
  assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
  await house.login();
  await house.act('broadcast.start');
  await waitFor('on air again', async () => (await house.state()).broadcast.state === 'live');
});

const needsRoot = { skip: process.getuid?.() !== 0 && 'not root: no small disk can be mounted' };
test('a disk that is too small is said before anything is written, and older backups stay', needsRoot, async () => {
  const small = join(place, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', small]);
  try {
    const data = join(place, 'data');
    mkdirSync(data);
    assert.equal((await tyndau(['restore', '--data', data, backups])).code, 0);
    const first = await tyndau(['backup', '--data', data, join(small, 'b')]);
    assert.equal(first.code, 0, first.stderr);
    // A finished segment of 70 MB more.
    const track = join(data, 'media/another/floor');
    mkdirSync(track, { recursive: true });
    const bytes = 70 << 20;
    writeFileSync(join(track, '000000.m4s'), Buffer.alloc(bytes, 7));
    const run = 'run 1 2026-12-10T10:00:30.250Z 32000 1 mp4a.40.2 0 0 .';
    writeFileSync(join(track, 'index'), `${run}\npart 0 0 0 ${bytes} 0 61440 1 1 .\n`);
    const second = await tyndau(['backup', '--data', data, join(small, 'b')]);
    assert.equal(second.code, 2, second.stdout);
    assert.match(second.stderr, /has \d+ MB free, and \d+ MB are needed/);
    const { code, stdout } = await verified('--backup', join(small, 'b'));
    assert.equal(code, 0, stdout);
  } finally {
    execFileSync('umount', ['-l', small]);
  }
});

test('the manifest can be checked without tyndau', async () => {
  const newest = join(backups, wholeOnes().at(-1));
  const lines = readFileSync(join(newest, 'manifest'), 'utf8').split('\n');
  const sums = lines.filter((line) => line.startsWith('file ')).map((line) => line.split(' '));
  const list = join(place, 'sums');
  writeFileSync(list, sums.map(([, hash, , , path]) => `BLAKE2b-256 (${path}) = ${hash}\n`).join(''));
  execFileSync('b2sum', ['--check', '--quiet', '--strict', list], { cwd: newest });
});
