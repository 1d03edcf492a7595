// kill -9 of either process while live.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHouse, tyndau, waitFor } from '../lib/house.js';
import { decode, ffprobe, readTimeline } from '../lib/media.js';

const tracks = ['720p', '360p', 'floor'];

async function onAir(body) {
  const house = await startHouse();
  try {
    await house.goLive();
    await house.act('sitting.open');
    await house.act('item.open', { item: 'a1' });
    await house.act('floor.give', { person: 'p01' });
    await body(house);
  } finally {
    await house.stop();
  }
}

const playlist = (house, track, view = 'live') => house.text(`/media/${house.meeting}/${track}/${view}.m3u8`);
const timeline = async (house, track, view) => readTimeline(await playlist(house, track, view));

async function grown(house, seconds) {
  const { end } = await timeline(house, 'floor');
  await waitFor(`${seconds} s more`, async () => (await timeline(house, 'floor')).end >= end + seconds * 1000, {
    timeout: 30_000,
  });
}

/** A track's index as it is on disk (media/link/INDEX.md). */
const indexOf = (house, track) => readFileSync(join(house.data, 'media', house.meeting, track, 'index'), 'utf8');
const bytesOf = async (house, track, uri) =>
  Buffer.from(await (await house.fetch(`/media/${house.meeting}/${track}/${uri}`)).arrayBuffer());

test('media is killed: back by itself, with a discontinuity, and at most the part in hand is missing', (t) =>
  onAir(async (house) => {
    await grown(house, 6);
    const before = Object.fromEntries(await Promise.all(tracks.map(async (t) => [t, await timeline(house, t)])));
    const whole = before['720p'].segments.at(-1);
    const copy = await bytesOf(house, '720p', whole.uri);

    const killed = Date.now();
    await house.killMedia();
    await waitFor('the alarm', () => house.alarm('media_lost'), { interval: 10 });
    // Back: sound and pictures of a time after the kill can be fetched.
    const back = await waitFor(
      'new parts',
      async () => {
        const all = await Promise.all(tracks.map((t) => timeline(house, t)));
        return all.every((t) => t.end > killed + 200 && t.discontinuities === 1) && Date.now();
      },
    );
    t.diagnostic(`back after ${back - killed} ms`);
    assert.ok(!(await house.alarm('media_lost')), 'the alarm is cleared');

    await grown(house, 4);
    for (const track of tracks) {
      const now = await timeline(house, track, 'start');
      const hole = now.segments.findIndex(
        (s, i) => i > 0 && s.start - (now.segments[i - 1].start + now.segments[i - 1].seconds * 1000) > 100,
      );
      assert.ok(hole > 0, `${track} has one seam`);
      const last = now.segments[hole - 1];
      const kept = last.start + last.seconds * 1000;
      assert.ok(kept >= before[track].end - 1, `${track}: what had been told of is there`);
      assert.ok(killed - kept < 1000, `${track}: ${killed - kept} ms before the kill are missing`);
      t.diagnostic(`${track}: the gap is ${now.segments[hole].start - kept} ms`);
    }
    assert.ok(copy.equals(await bytesOf(house, '720p', whole.uri)), 'a finished segment is untouched');

    const view = await house.state();
    assert.equal(view.broadcast.state, 'live');
    assert.equal(view.floor.person, 'p01');

    await house.act('broadcast.stop');
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
    const { format } = await ffprobe(house.mediaUrl('recording.mp4'), '-show_format');
    const { segments } = await timeline(house, 'floor');
    const listed = segments.reduce((sum, s) => sum + s.seconds, 0);
    assert.ok(Math.abs(Number(format.duration) - listed) < 0.3, `${format.duration} s of film, ${listed} s listed`);
  }));

test('media is killed five times in a row: it comes back every time, and the film still plays', () =>
  onAir(async (house) => {
    for (let i = 1; i <= 5; ++i) {
      const killed = Date.now();
      await house.killMedia();
      await waitFor(`life ${i + 1}`, async () => (await timeline(house, '720p')).end > killed + 400);
    }
    await grown(house, 2);
    await house.act('broadcast.stop');
    const { discontinuities } = await timeline(house, '720p');
    assert.equal(discontinuities, 5);
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
  }));

test('session is killed: the recording has no gap, and no acknowledged action is lost', () =>
  onAir(async (house) => {
    await grown(house, 3);
    // Clicks without pause, each repeated with its key until it is acknowledged, as the desk does.
    const acknowledged = [];
    let clicking = true;
    const clicks = (async () => {
      while (clicking) {
        const key = randomUUID();
        const answer = await waitFor(
          'an answer',
          async () => {
            const { status, body } = await house.tryAct('floor.extend', { seconds: 1 }, { key });
            return status === 200 && body;
          },
          { timeout: 20_000 },
        );
        acknowledged.push(answer.seq);
      }
    })();
    for (let i = 0; i < 3; ++i) {
      const count = acknowledged.length;
      await waitFor('some clicks', () => acknowledged.length > count + 20);
      await house.killSession();
    }
    clicking = false;
    await clicks;

    assert.equal(new Set(acknowledged).size, acknowledged.length, 'no click acted twice');
    const state = await house.state();
    assert.ok(state.seq >= Math.max(...acknowledged));
    assert.equal(state.broadcast.state, 'live');
    assert.equal(state.floor.person, 'p01');

    await grown(house, 2);
    await house.act('broadcast.stop');
    for (const track of tracks) {
      const { segments, discontinuities } = await timeline(house, track);
      assert.equal(discontinuities, 0, track);
      for (let i = 1; i < segments.length; ++i) {
        const gap = segments[i].start - segments[i - 1].start - segments[i - 1].seconds * 1000;
        assert.ok(Math.abs(gap) < 2, `${track} ${segments[i].uri}: ${gap} ms`);
      }
    }
    assert.equal(house.media.restarts, 0);
    await house.stop({ keep: true });
    const { code, stdout, stderr } = await tyndau(['verify', '--data', house.data]);
    assert.equal(code, 0, stdout + stderr);
    const listed = acknowledged.length;
    assert.ok(listed > 60, `${listed} clicks`);
  }));

test('both are killed at once: on air again with everything that was indexed', () =>
  onAir(async (house) => {
    await grown(house, 3);
    const { end } = await timeline(house, '720p');
    const killed = Date.now();
    await Promise.all([house.media.kill(), house.session.kill()]);
    await house.ready();
    await waitFor('new parts', async () => (await timeline(house, '720p')).end > killed + 400);
    const all = await timeline(house, '720p', 'start');
    assert.ok(
      all.segments.some((s) => s.start + s.seconds * 1000 >= end - 1 && s.start < killed),
      'nothing told of is lost',
    );
    assert.equal((await house.state()).floor.person, 'p01');
  }));

test('a crash between the end of the broadcast and the end of the recording is finished at the next start', () =>
  onAir(async (house) => {
    await grown(house, 2);
    // Media is there and hears nothing, so that the recording cannot end before it dies.
    house.media.child.kill('SIGSTOP');
    await house.act('broadcast.stop');
    for (const track of tracks) assert.doesNotMatch(indexOf(house, track), /^end /m, 'the recording has not ended');
    await Promise.all([house.media.stop('SIGKILL'), house.session.stop('SIGKILL')]);
    await house.start();
    assert.equal((await house.state()).broadcast.state, 'ended');
    await waitFor('ENDLIST', async () => (await timeline(house, '720p')).ended, { timeout: 10_000 });
    for (const track of tracks) assert.match(indexOf(house, track), /^end /m, track);
    assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
  }));

test('a clean stop and start puts the hearing on air again', () =>
  onAir(async (house) => {
    const exits = await house.stop({ keep: true });
    assert.deepEqual([exits.media.code, exits.session.code], [0, 0]);
    const stopped = Date.now();
    await house.start();
    await waitFor('new parts', async () => (await timeline(house, '720p')).end > stopped);
    assert.equal((await house.state()).broadcast.state, 'live');
  }));
