// The two processes as the two users that the installation makes: what each may read, and how an installation of before
// there were two comes to it. Needs root, as an installation does.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bin, root, share, startHouse, tyndau, waitFor } from '../lib/house.js';
import { decode, readTimeline } from '../lib/media.js';

const needsRoot = { skip: process.getuid?.() !== 0 && 'not root: no other user can be had' };
const places = [];
after(() => places.forEach((place) => rmSync(place, { recursive: true, force: true })));

const tmpfiles = (place) =>
  execFileSync('systemd-tmpfiles', [`--root=${place}`, '--create', join(root, 'systemd/tyndau.tmpfiles')], {
    stdio: 'pipe',
  });

/** What tyndau-session.service does as root before it starts. */
function startOfSession({ place, session, group }) {
  const unit = readFileSync(join(root, 'systemd/tyndau-session.service'), 'utf8');
  const words = /^ExecStartPre=\+-(.*)$/m.exec(unit)?.[1].split(' ') ?? assert.fail('no ExecStartPre');
  const owner = words.indexOf('tyndau-session:tyndau');
  words[owner] = `${session}:${group}`;
  const paths = words.slice(owner + 1).map((path) => join(place, path));
  spawnSync(words[0], [...words.slice(1, owner + 1), ...paths], { stdio: 'inherit' });
}

/** What tyndau-media.service has systemd do at its start: StateDirectory= and RuntimeDirectory=. */
function startOfMedia({ data, runtime, media, group }) {
  for (const [folder, mode] of [
    [join(data, 'media'), '2750'],
    [runtime, '0750'],
  ]) {
    execFileSync('install', ['-d', '-m', mode, folder]);
    execFileSync('chown', ['-R', `${media}:${group}`, folder]);
  }
}

/** A root with the users and folders of an installation, and the words to be one of them. */
function install() {
  const place = mkdtempSync(join(tmpdir(), 'tyndau-users-'));
  places.push(place);
  chmodSync(place, 0o755);
  mkdirSync(join(place, 'etc/tyndau'), { recursive: true });
  // Who cloned into a folder of their own built what no other user can reach.
  for (const name of ['tyndau-media', 'tyndau-session']) cpSync(join(bin, name), join(place, 'usr/bin', name));
  cpSync(share, join(place, 'usr/share/tyndau'), { recursive: true });
  mkdirSync(join(place, 'var/lib'), { recursive: true });
  writeFileSync(join(place, 'etc/tyndau/tyndau.toml'), '');
  writeFileSync(join(place, 'etc/tyndau/turn_secret'), 'north');
  execFileSync('systemd-sysusers', [`--root=${place}`, join(root, 'systemd/tyndau.sysusers')], { stdio: 'pipe' });
  tmpfiles(place);
  const rows = (file) =>
    readFileSync(join(place, file), 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  const user = (name) => Number(rows('etc/passwd').find(([n]) => n === name)?.[2]);
  const groups = rows('etc/group').filter(([, , , members]) => members?.split(',').includes('tyndau-media'));
  const group = Number(rows('etc/group').find(([n]) => n === 'tyndau')?.[2]);
  const become = (id, more = []) => {
    const all = [group, ...more].join(',');
    return ['setpriv', `--reuid=${id}`, `--regid=${group}`, `--groups=${all}`];
  };
  const media = user('tyndau-media');
  const session = user('tyndau-session');
  return {
    place,
    prefix: join(place, 'usr'),
    media,
    session,
    group,
    become,
    // As PrivateUsers= does: nobody but oneself has a name, and the groups of the devices go on to be one's own.
    asMedia: [...become(media, groups.map(([, , id]) => Number(id))), 'unshare', '--user', '--map-current-user'],
    asSession: become(session),
    data: join(place, 'var/lib/tyndau'),
    runtime: join(place, 'run/tyndau'),
  };
}

/** Whether the command succeeds when it is run like that. */
const can = (as, ...command) => spawnSync(as[0], [...as.slice(1), ...command], { stdio: 'pipe' }).status === 0;

async function meetingOf(house) {
  house.meeting = (await house.json('/api/v1/meetings')).meetings[0].id;
}

const grows = async (house) => {
  const end = async () => readTimeline(await house.text(`/media/${house.meeting}/floor/live.m3u8`)).end;
  const before = await end();
  await waitFor('more', async () => (await end()) > before + 2500);
};

test('a hearing goes on air as two users, and media cannot read what is not its own', needsRoot, async () => {
  const its = install();
  const house = await startHouse({ ...its, as: { media: its.asMedia, session: its.asSession }, start: false });
  try {
    // `tyndau import` as root has not locked the service out.
    const database = join(its.data, 'tyndau.db');
    assert.deepEqual([statSync(database).uid, statSync(database).mode & 0o777], [its.session, 0o600]);
    startOfMedia(its);
    await house.start();
    await meetingOf(house);
    await house.holdSitting();
    await house.act('source.set', { uri: 'rtsp://user:geheim@127.0.0.1:9/1' });
    await grows(house);
    assert.equal(house.media.restarts + house.session.restarts, 0);

    const own = join(its.data, 'media', house.meeting, '720p/index');
    assert.ok(can(its.asMedia, 'cat', own) && can(its.asSession, 'cat', own), 'both read the recordings');
    for (const name of ['tyndau.db', 'tyndau.db-wal', 'tyndau.db-shm']) {
      assert.ok(can(its.asSession, 'cat', join(its.data, name)), name);
      assert.ok(!can(its.asMedia, 'cat', join(its.data, name)), `media reads ${name}`);
    }
    assert.ok(!can(its.asMedia, 'touch', join(its.data, 'tyndau.db-journal')), 'media puts a file beside the journal');
    assert.ok(!can(its.asMedia, 'mv', database, join(its.data, 'media/x')), 'media takes the journal away');
    assert.ok(!can(its.asSession, 'touch', own), 'session writes to the recordings');
    const etc = join(its.place, 'etc/tyndau');
    for (const as of [its.asMedia, its.asSession]) {
      assert.ok(can(as, 'cat', join(etc, 'tyndau.toml')));
      assert.ok(!can(as, 'cat', join(etc, 'turn_secret')), 'the secret is for root alone');
    }
    const stranger = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    for (const path of [own, database, join(etc, 'tyndau.toml'), join(its.runtime, 'preview.jpg')]) {
      assert.ok(!can(stranger, 'cat', path), `a stranger reads ${path}`);
    }
    assert.ok(!can(stranger, 'ls', its.data) && !can(stranger, 'ls', its.runtime));

    await house.act('broadcast.stop');
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);

    // A backup and its return, as root: both get back what is theirs.
    await house.stop({ keep: true });
    const backups = join(its.place, 'backups');
    assert.equal((await tyndau(['backup', '--data', its.data, backups])).code, 0);
    assert.ok(!can(its.asMedia, 'ls', backups));
    rmSync(join(its.data, 'media'), { recursive: true });
    for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, { force: true });
    const { code, stderr } = await tyndau(['restore', '--data', its.data, backups]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([statSync(database).uid, statSync(database).mode & 0o777], [its.session, 0o600]);
    startOfMedia(its);
    await house.start();
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
  } finally {
    await house.stop();
  }
});

test('an installation with one user is mended while it is on air, and goes on as two', needsRoot, async () => {
  const its = install();
  const before = 60_123; // any other
  const asBefore = its.become(before);
  mkdirSync(its.runtime, { recursive: true });
  const house = await startHouse({ ...its, as: { media: asBefore, session: asBefore }, start: false });
  try {
    execFileSync('chown', ['-R', `${before}:${its.group}`, its.data, its.runtime]);
    chmodSync(join(its.data, 'tyndau.db'), 0o640);
    chmodSync(its.runtime, 0o750);
    await house.start();
    await meetingOf(house);
    await house.holdSitting();
    await grows(house);
    // A new version is installed; what runs is of before, and is on air.
    tmpfiles(its.place);
    startOfSession(its);
    await grows(house);
    await house.act('floor.give', { person: 'p01' });
    assert.equal(house.media.restarts + house.session.restarts, 0);

    // A session that crashes now comes back as the new user, beside the media of before.
    house.session.as = its.asSession;
    await house.killSession();
    assert.equal((await house.state()).floor.person, 'p01');
    await waitFor('media is there', async () => !(await house.alarm('media_lost')));
    for (const name of ['tyndau.db', 'tyndau.db-wal', 'tyndau.db-shm']) {
      assert.ok(!can(its.asMedia, 'cat', join(its.data, name)), name);
    }
    await house.act('floor.end');

    await house.media.stop();
    startOfMedia(its);
    house.media.as = its.asMedia;
    house.media.start();
    await waitFor('on air again', async () => {
      const text = await house.text(`/media/${house.meeting}/720p/live.m3u8`);
      return readTimeline(text).discontinuities === 1;
    });
    await grows(house);
    await house.act('broadcast.stop');
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
    const { code, stdout } = await tyndau(['verify', '--data', its.data]);
    assert.equal(code, 0, stdout);
  } finally {
    await house.stop();
  }
});
