// A disk that is short, and one that fills up while live: a small file system in memory stands in for it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bin, freePort, share, startHouse, toToml, tyndau, waitFor } from '../lib/house.js';
import { decode, readTimeline } from '../lib/media.js';

/** A mounted file system of this size, given to `body`, unmounted at the end. */
async function withDisk(mebibytes, body) {
  const place = mkdtempSync(join(tmpdir(), 'tyndau-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tyndau-test', place]);
  try {
    await body(place);
  } finally {
    execFileSync('umount', ['-l', place]);
    rmSync(place, { recursive: true, force: true });
  }
}

const freeBytes = (place) => {
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
};

/** Takes all the room but `keep` bytes. */
function fill(place, keep = 0) {
  const bytes = Math.max(0, freeBytes(place) - keep);
  const file = join(place, 'filler');
  if (bytes > 0) execFileSync('sh', ['-c', `head -c ${bytes} /dev/zero >> '${file}' || true`], { stdio: 'ignore' });
  return file;
}

const timeline = async (house, track, view = 'live') =>
  readTimeline(await house.text(`/media/${house.meeting}/${track}/${view}.m3u8`));

test('going on air is refused with the reason when space is short', () =>
  withDisk(64, async (place) => {
    const house = await startHouse({ data: place, config: { data: { reserve_hours: 4 } } });
    try {
      const { status, body } = await house.tryAct('broadcast.start');
      assert.equal(status, 409);
      assert.equal(body.refusal.code, 'disk_space');
      for (const language of ['kk', 'ru', 'en']) assert.match(body.refusal.text[language], /\d/, language);
      assert.equal((await house.state()).broadcast.state, 'idle');
      assert.equal((await house.fetch(`/media/${house.meeting}/index.m3u8`)).status, 404);
    } finally {
      await house.stop();
    }
  }));

test('the disk fills up while live: the stream goes on, the desk alarms, nothing before is damaged', () =>
  withDisk(256, async (place) => {
    const house = await startHouse({ data: place, config: { data: { reserve_hours: 0.01 } } });
    try {
      await house.goLive();
      await house.act('sitting.open');
      await waitFor('two segments', async () => (await timeline(house, '720p')).segments.length >= 2);
      const old = (await timeline(house, '720p', 'start')).segments[0].uri;
      const hash = async () =>
        createHash('sha256')
          .update(Buffer.from(await (await house.fetch(`/media/${house.meeting}/720p/${old}`)).arrayBuffer()))
          .digest('hex');
      const intact = await hash();

      const filler = fill(place);
      await waitFor('the alarm', () => house.alarm('disk_full'), { timeout: 10_000 });
      const { end } = await timeline(house, '720p');
      await waitFor('8 s more, from memory', async () => (await timeline(house, '720p')).end > end + 8000, {
        timeout: 20_000,
      });
      const edge = (await timeline(house, '720p')).parts.at(-1);
      const newest = await house.fetch(`/media/${house.meeting}/720p/${edge.uri}`);
      assert.equal(newest.status, 200);
      assert.ok((await newest.arrayBuffer()).byteLength > 0);
      assert.equal(await hash(), intact);
      assert.equal(house.media.restarts, 0);
      assert.equal(house.session.restarts, 0);

      // An action is either in the journal or answered with an error; it is never half there.
      const { seq } = await house.state();
      const { status } = await house.tryAct('item.open', { item: 'a1' });
      const after = await house.state();
      if (status === 200) assert.equal(after.item.id, 'a1');
      else {
        assert.ok(status >= 500, `${status}`);
        assert.equal(after.item.id, null);
        assert.ok(after.seq === seq);
      }

      truncateSync(filler, 0);
      await waitFor('the alarm is cleared', async () => !(await house.alarm('disk_full')), { timeout: 15_000 });
      const resumed = (await timeline(house, '720p')).end;
      await waitFor('4 s more', async () => (await timeline(house, '720p')).end > resumed + 4000, { timeout: 15_000 });
      await house.act('broadcast.stop');
      const { segments } = await timeline(house, '720p');
      for (let i = 1; i < segments.length; ++i) {
        const gap = segments[i].start - segments[i - 1].start - segments[i - 1].seconds * 1000;
        assert.ok(Math.abs(gap) < 2, `${segments[i].uri}: ${gap} ms`);
      }
      assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
      await house.stop({ keep: true });
      const { code, stdout, stderr } = await tyndau(['verify', '--data', place]);
      assert.equal(code, 0, stdout + stderr);
    } finally {
      await house.stop();
    }
  }));

test('memory is full too: the desk says that parts are being lost, and both processes live on', () =>
  withDisk(256, async (place) => {
    // Noise, so that much data a second soon fills the memory.
    const noise = join(place, 'noise.mp4');
    const graph = 'testsrc2=size=1280x720:rate=25,noise=alls=80:allf=t';
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', graph, '-t', '2', '-preset', 'ultrafast', noise]);
    const rendition = { name: '720p', width: 1280, height: 720, bitrate_kbps: 20_000 };
    const config = {
      data: { reserve_hours: 0.001, memory_mebibytes: 8 },
      programme: { source: `file:${noise}`, rendition: [rendition] },
    };
    const house = await startHouse({ data: place, config });
    try {
      await house.goLive();
      await house.act('sitting.open'); // until then there is a card, which needs no room
      await waitFor('a segment', async () => (await timeline(house, '720p')).segments.length >= 1);
      const filler = fill(place);
      await waitFor('the alarm', () => house.alarm('disk_lost'), { timeout: 60_000 });
      assert.equal(house.media.restarts, 0);
      assert.ok(existsSync(filler));
      truncateSync(filler, 0);
      await waitFor('all clear', async () => !(await house.alarm('disk_lost')) && !(await house.alarm('disk_full')), {
        timeout: 15_000,
      });
      const { end } = await timeline(house, '720p');
      await waitFor('it goes on', async () => (await timeline(house, '720p')).end > end + 3000, { timeout: 15_000 });
      await house.act('broadcast.stop');
      assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
    } finally {
      await house.stop();
    }
  }));

const needsRoot = { skip: process.getuid?.() !== 0 && 'not root: no other user can be had' };
test('a data directory that cannot be written ends session with a sentence that names it', needsRoot, async () => {
  const place = mkdtempSync(join(tmpdir(), 'tyndau-unwritable-'));
  chmodSync(place, 0o755);
  // As nobody, who can read what root has made here and write nothing of it. A build in a folder of root's own they do not reach.
  const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  mkdirSync(join(place, 'usr/bin'), { recursive: true });
  cpSync(join(bin, 'tyndau-session'), join(place, 'usr/bin/tyndau-session'));
  cpSync(share, join(place, 'usr/share/tyndau'), { recursive: true });
  mkdirSync(join(place, 'data'));
  const data = { directory: join(place, 'data'), runtime_directory: join(place, 'run') };
  writeFileSync(join(place, 'tyndau.toml'), toToml({ data, web: { port: await freePort() } }));
  try {
    const session = [join(place, 'usr/bin/tyndau-session'), '--config', join(place, 'tyndau.toml'), '--assets', join(place, 'usr/share/tyndau')];
    const { status, stderr } = spawnSync(as[0], [...as.slice(1), ...session], { encoding: 'utf8', timeout: 10_000 });
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`${data.directory}.*Permission denied`));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('verify of a data directory that is a file says so by its name', async () => {
  const place = mkdtempSync(join(tmpdir(), 'tyndau-file-'));
  try {
    writeFileSync(join(place, 'not-a-directory'), '');
    const { code, stderr } = await tyndau(['verify', '--data', join(place, 'not-a-directory')]);
    assert.notEqual(code, 0);
    assert.match(stderr, /not-a-directory/);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
