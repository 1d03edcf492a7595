// Somebody sets the system's clock while the meeting is on air: back, forward, with either process started anew after it. The
// recording, its chapters and its film tell one time all the same.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bin, startHouse, waitFor } from '../lib/house.js';
import { decode, ffprobe, readTimeline, readVtt } from '../lib/media.js';

const hour = 3_600_000;
const chaptersOf = async (house) => readVtt(await house.text(`/media/${house.meeting}/chapters.vtt?lang=ru`));
const listed = async (house) => readTimeline(await house.text(`/media/${house.meeting}/floor/start.m3u8`)).segments.reduce((sum, { seconds }) => sum + seconds, 0);

async function onAir(name, body) {
  const file = join(tmpdir(), `tyndau-clock-${process.pid}-${name}`);
  /** @param {number} ms */
  const setBy = (ms) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(ms));
    return writeFile(file, bytes, { flag: 'r+' });
  };
  await writeFile(file, Buffer.alloc(8));
  const stepped = ['env', `LD_PRELOAD=${join(bin, 'step-clock.so')}`, `STEP_CLOCK=${file}`];
  const house = await startHouse({ as: { media: stepped, session: stepped } });
  try {
    await house.holdSitting();
    await body(house, setBy);
  } finally {
    await house.stop();
    await rm(file);
  }
}

/** A turn of two seconds of recording. */
async function turn(house, person) {
  await house.act('floor.give', { person });
  const begun = await listed(house);
  await waitFor(`${person} is recorded`, async () => (await listed(house)) > begun + 2, { timeout: 15_000 });
  await house.act('floor.end');
}

/** Ends the broadcast: the film is there and whole, and the turns lie in it one after the other, each about as long as it was. */
async function isWhole(house, turns) {
  await house.act('broadcast.stop');
  await waitFor('the film', async () => (await house.fetch(`/media/${house.meeting}/recording.mp4`, { method: 'HEAD' })).status === 200, { timeout: 15_000 });
  assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
  const { format } = await ffprobe(house.mediaUrl('recording.mp4'), '-show_format');
  assert.ok(Math.abs(Number(format.duration) - (await listed(house))) < 0.3, `${format.duration} s of film`);
  const chapters = await chaptersOf(house);
  const spoken = chapters.filter(({ title }) => turns.some((name) => title.includes(name)));
  assert.deepEqual(spoken.map(({ title }) => turns.find((name) => title.includes(name))), turns, JSON.stringify(chapters));
  for (const [i, one] of spoken.entries()) {
    assert.ok(one.end - one.start > 1.5 && one.end - one.start < 12, `${one.title} takes ${one.end - one.start} s`);
    if (i > 0) assert.ok(one.start >= spoken[i - 1].end - 0.05, `${one.title} begins before the one before has ended`);
  }
  assert.ok(chapters.at(-1).end > Number(format.duration) - 2, `the item ends at ${chapters.at(-1).end} of ${format.duration}`);
}

test('set back by ten minutes while live: the film is there, and the broadcast can be started again', () =>
  onAir('back', async (house, setBy) => {
    await turn(house, 'p01');
    await setBy(-600_000);
    await waitFor('the alarm', () => house.alarm('clock_jumped'));
    await turn(house, 'p02');
    await isWhole(house, ['Сынаков', 'Макетова']);
    await house.goLive();
    await turn(house, 'p01');
    await isWhole(house, ['Сынаков', 'Макетова', 'Сынаков']);
  }));

test('set back, and media started anew: the turns after it are in the chapters and in the film', () =>
  onAir('media', async (house, setBy) => {
    await turn(house, 'p01');
    await setBy(-hour);
    const before = await listed(house);
    await house.killMedia();
    await waitFor('it records again', async () => (await listed(house)) > before + 1, { timeout: 15_000 });
    await turn(house, 'p02');
    await isWhole(house, ['Сынаков', 'Макетова']);
  }));

test('set forward, and session started anew: the item goes on to the end', () =>
  onAir('forward', async (house, setBy) => {
    await turn(house, 'p01');
    await setBy(hour);
    await house.killSession();
    await turn(house, 'p02');
    await isWhole(house, ['Сынаков', 'Макетова']);
  }));
