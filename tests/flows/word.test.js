// The third flow: an action becomes a journal event, every screen's view, the picture's caption, and in the end the archive's
// chapters. One whole sitting through the API: two items, three speakers, a wrong click, a recess.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { sampleHearing, startHouse, tyndau, waitFor } from '../lib/house.js';
import { ffprobe, readTimeline, readVtt, tags } from '../lib/media.js';

const run = promisify(execFile);

/** @type {import('../lib/house.js').House} */
let house;
/** What the test itself saw: when an action was accepted, in wall time (milliseconds). */
const seen = [];

before(async () => {
  house = await startHouse();
});
after(() => house?.stop());

const soundTimeline = async () => readTimeline(await house.text(`/media/${house.meeting}/floor/live.m3u8`));

/** Lets the programme go on by this much: waits for its own sound, not for a clock. */
async function go(seconds) {
  const { end } = await soundTimeline();
  await waitFor(`${seconds} s more of programme`, async () => (await soundTimeline()).end >= end + seconds * 1000, {
    timeout: 30_000,
  });
}

/** Acts, and remembers when. Between question and answer lies what the public saw. */
async function act(action, args = {}) {
  const asked = Date.now();
  const answer = await house.act(action, args);
  seen.push({ action, ...args, seq: answer.seq, asked, answered: Date.now() });
  return answer;
}

/** The journal as it is on disk, read by SQLite's own tool. */
async function journal(data = house.data) {
  const { stdout } = await run(
    'sqlite3',
    [
      '-json',
      '-readonly',
      join(data, 'tyndau.db'),
      'SELECT seq, utc_ms, actor, kind, payload FROM events ORDER BY seq',
    ],
    { maxBuffer: 1 << 26 },
  );
  return JSON.parse(stdout).map((event) => ({ ...event, payload: JSON.parse(event.payload) }));
}

/** What the sample hearing calls its items and people, in Kazakh. */
const hearing = JSON.parse(readFileSync(sampleHearing, 'utf8'));
const titleOf = (item) => hearing.agenda.find(({ id }) => id === item).title.kk;
const nameOf = (person) => hearing.people.find(({ id }) => id === person).name.kk;
/** The numbers of the events that gave a person the floor. */
const turnsOf = (events, person) =>
  events.filter((e) => e.kind === 'floor.given' && e.payload.person === person).map(({ seq }) => seq);

test('a sitting is held', async () => {
  await house.login();
  const before = await house.state();
  assert.equal(before.meeting.state, 'announced');
  assert.equal(before.broadcast.state, 'idle');

  await act('broadcast.start');
  await house.waitForParts();
  await act('sitting.open');
  await go(2);
  await act('item.open', { item: 'a1' });
  await act('floor.give', { person: 'p01', limit_s: 60 });
  await go(3);
  await act('floor.extend', { seconds: 30 });
  await act('floor.end');
  await go(1);
  await act('item.open', { item: 'a2' });
  await act('floor.give', { person: 'p09' });
  await act('undo');
  await act('floor.give', { person: 'p08' });
  await go(3);
  await act('recess.start');
  await go(3);
  await act('recess.end');
  await go(1);
  await act('floor.give', { person: 'p09' });
  await go(3);
  await act('floor.end');
  await act('sitting.close');
  await go(1);
  await act('broadcast.stop');
  assert.match(await house.text(`/media/${house.meeting}/floor/live.m3u8`), /#EXT-X-ENDLIST/);

  const state = await house.state();
  assert.equal(state.meeting.state, 'closed');
  assert.equal(state.broadcast.state, 'ended');
  assert.equal(state.floor.person, null);
});

test('every accepted action is in the journal, in order, and media has answered when it took effect', async () => {
  const events = await journal();
  assert.deepEqual(
    events.map((e) => e.seq),
    events.map((_, i) => i + 1),
  );
  const kinds = events.map((e) => e.kind);
  for (const kind of [
    'broadcast.started',
    'sitting.opened',
    'item.opened',
    'floor.given',
    'floor.extended',
    'floor.ended',
    'recess.started',
    'recess.ended',
    'sitting.closed',
    'broadcast.ended',
  ]) {
    assert.ok(kinds.includes(kind) || kinds.includes(kind.replace('ended', 'stopped')), `${kind} in ${kinds}`);
  }
  assert.ok(
    events.some((e) => e.actor === 'media'),
    'media answered',
  );
  assert.ok(
    events.every((e, i) => i === 0 || e.utc_ms >= events[i - 1].utc_ms),
    'in order of time',
  );
});

test('chapters of the page, of the film and of the playlist agree with what was done, to half a second', async () => {
  const timeline = await soundTimeline();
  const start = timeline.segments[0].start;
  const took = (action, args = {}) =>
    seen.filter((a) => a.action === action && Object.entries(args).every(([k, v]) => a[k] === v)).at(-1);
  const events = await journal();
  const turn = (item, person) => {
    const id = `${item}-t${turnsOf(events, person).at(-1)}`;
    return { id, kind: 'turn', title: nameOf(person), act: took('floor.give', { person }) };
  };
  const item = (id) => ({ id, kind: 'item', title: titleOf(id), act: took('item.open', { item: id }) });
  const { seq } = events.find((e) => e.kind === 'recess.started');
  const recess = { id: `recess-${seq}`, kind: 'recess', title: 'Үзіліс', act: took('recess.start') };
  // `from` and `to`: the offset in the recording of the moment between the question and the answer of an action
  const expected = [item('a1'), turn('a1', 'p01'), item('a2'), turn('a2', 'p08'), recess, turn('a2', 'p09')].map(
    ({ act: { asked, answered }, ...chapter }) => ({ ...chapter, from: (asked - start) / 1000, to: (answered - start) / 1000 }),
  );
  const then = ({ from, to }, at) => at > from - 0.5 && at < to + 0.5;

  const chapters = readVtt(await house.text(`/media/${house.meeting}/chapters.vtt?lang=kk`));
  const kinds = new Map((await house.json(`/media/${house.meeting}/chapters.json`)).map(({ id, kind }) => [id, kind]));
  for (const chapter of expected) {
    const told = chapters.find(({ id }) => id === chapter.id);
    assert.ok(told && then(chapter, told.start), `${JSON.stringify(chapter)} in ${JSON.stringify(chapters)}`);
    assert.deepEqual([told.title, kinds.get(chapter.id)], [chapter.title, chapter.kind]);
  }
  for (let i = 1; i < chapters.length; ++i) assert.ok(chapters[i].start >= chapters[i - 1].start);
  assert.deepEqual(chapters.map(({ id }) => id), ['opening', ...expected.map(({ id }) => id)]);

  const { chapters: inFilm } = await ffprobe(house.mediaUrl('recording.mp4?lang=kk'), '-show_chapters');
  for (const { title, start: at } of chapters) {
    assert.ok(
      inFilm.some((c) => c.tags.title === title && Math.abs(Number(c.start_time) - at) < 0.5),
      `the film has ${title} at ${at} s: ${JSON.stringify(inFilm)}`,
    );
  }

  const ranges = tags(await house.text(`/media/${house.meeting}/720p/start.m3u8`), 'EXT-X-DATERANGE');
  const attribute = (range, name) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(range)?.[1];
  for (const chapter of expected) {
    const range = ranges.find((one) => attribute(one, 'ID') === chapter.id);
    assert.ok(range, `a DATERANGE for ${chapter.id} in ${ranges.join('\n')}`);
    assert.ok(then(chapter, (Date.parse(attribute(range, 'START-DATE')) - start) / 1000), range);
    assert.deepEqual([attribute(range, 'CLASS'), attribute(range, 'X-TITLE-KK')], [`kz.tyndau.${chapter.kind}`, chapter.title]);
  }
});

test('the wrong click left no chapter', async () => {
  const chapters = readVtt(await house.text(`/media/${house.meeting}/chapters.vtt?lang=kk`));
  const [wrong, right] = turnsOf(await journal(), 'p09');
  const ids = chapters.map(({ id }) => id);
  assert.ok(!ids.includes(`a2-t${wrong}`) && ids.includes(`a2-t${right}`), `${ids}`);
  assert.equal(chapters.filter(({ title }) => title === nameOf('p09')).length, 1);
});

test('chapters are told in Kazakh, Russian and English', async () => {
  const texts = await Promise.all(
    ['kk', 'ru', 'en'].map((l) => house.text(`/media/${house.meeting}/chapters.vtt?lang=${l}`)),
  );
  for (const text of texts) assert.match(text, /^WEBVTT/);
  assert.notEqual(texts[0], texts[1]);
  assert.equal(readVtt(texts[0]).length, readVtt(texts[1]).length);
});

test('a refusal has a sentence in each language, and changes nothing', async () => {
  const before = await house.state();
  const { status, body } = await house.tryAct('floor.give', { person: 'p01' });
  assert.equal(status, 409);
  assert.ok(body.refusal.code);
  for (const language of ['kk', 'ru', 'en']) assert.ok(body.refusal.text[language].length > 10, language);
  assert.equal((await house.state()).seq, before.seq);
});

test('verify finds the journal whole, and finds one flipped byte', async () => {
  await house.stop({ keep: true });
  const whole = await tyndau(['verify', '--data', house.data]);
  assert.equal(whole.code, 0, whole.stderr + whole.stdout);

  const copy = await mkdtemp(join(tmpdir(), 'tyndau-flipped-'));
  try {
    await cp(join(house.data, 'tyndau.db'), join(copy, 'tyndau.db'));
    const bytes = await readFile(join(copy, 'tyndau.db'));
    const event = /"item":"a2","limit_s":\d+,"person":"p08"/.exec(bytes.toString('latin1'));
    assert.ok(event, 'the event is in the file');
    bytes[event.index + event[0].length - 2] ^= 1; // p08 becomes p09
    await writeFile(join(copy, 'tyndau.db'), bytes);
    const found = await tyndau(['verify', '--data', copy]);
    assert.notEqual(found.code, 0);
    const events = await journal();
    const changed = events.find(
      (e) => JSON.stringify(e.payload).includes('"person":"p08"') && e.kind === 'floor.given',
    );
    const words = `${house.meeting}: BROKEN after ${changed.seq - 1} events, `;
    assert.ok((found.stdout + found.stderr).includes(words), `${found.stdout}${found.stderr} names the link: ${words}`);
    assert.match(found.stdout + found.stderr, new RegExp(`event ${changed.seq}\\b`), 'and the event');
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

test('after a restart everything is as it was', async () => {
  await house.start();
  const state = await house.state();
  assert.equal(state.meeting.state, 'closed');
  assert.equal(state.broadcast.state, 'ended');
  const { format } = await ffprobe(house.mediaUrl('recording.mp4'), '-show_format');
  assert.ok(Number(format.duration) > 15);
});

test('a repeated click acts once, and the same key with another body is refused', async () => {
  const other = await startHouse();
  try {
    await other.login();
    await other.goLive();
    await other.act('sitting.open');
    await other.act('item.open', { item: 'a1' });
    await other.act('floor.give', { person: 'p01' });
    const key = randomUUID();
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map(() => other.act('floor.extend', { seconds: 60 }, { key })),
    );
    assert.equal(first.seq, second.seq);
    assert.equal(first.seq, third.seq);
    const extended = (await journal(other.data)).filter((e) => e.kind === 'floor.extended');
    assert.equal(extended.length, 1);
    const { status } = await other.tryAct('floor.extend', { seconds: 120 }, { key });
    assert.equal(status, 422);
  } finally {
    await other.stop();
  }
});

test('a blocked view answers when something happens, and an open one says the floor and its clock', async () => {
  const other = await startHouse();
  try {
    await other.goLive();
    await other.act('sitting.open');
    const { seq: opened } = await other.act('item.open', { item: 'a1' });
    // What media answers is news too: nothing but what is done here is to end the wait.
    const isAnswer = (e) => e.kind === 'media.applied' && e.payload.of === opened;
    await waitFor('the answer of media', async () => (await journal(other.data)).some(isAnswer));
    const before = await other.state();
    const blocked = async () => Number(/^tyndau_waiting_requests (\d+)$/m.exec(await other.metrics())[1]);
    const others = await blocked(); // the question itself is one
    const waiting = other.state(before.seq);
    await waitFor('the view to be blocked', async () => (await blocked()) === others + 1);
    const { seq } = await other.act('floor.give', { person: 'p01', limit_s: 120 });
    const told = await waiting;
    assert.ok(told.seq >= seq);
    assert.equal(told.item.id, 'a1');
    assert.equal(told.floor.person, 'p01');
    assert.ok(told.floor.remaining_ms > 115_000 && told.floor.remaining_ms <= 120_000, `${told.floor.remaining_ms} ms`);
  } finally {
    await other.stop();
  }
});
