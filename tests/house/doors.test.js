// Who may enter which room: the includes, and the link lines that make them possible.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code, files, includes, roomOf, rooms } from './source.js';

const plan = rooms();
const sources = [...files('media', /\.(cpp|h)$/), ...files('session', /\.(cpp|h)$/)];
const ours = (include) => /^(media|session)\//.test(include);

/** Every room that can be entered from `room`, through its doors and theirs. */
function reachable(room, seen = new Set()) {
  for (const door of plan.get(room)?.doors ?? []) {
    if (!seen.has(door)) reachable(door, seen.add(door));
  }
  return seen;
}

/** Files with an include from outside that only `allowed` may have. */
function strangers(pattern, allowed) {
  return sources.filter((path) => !allowed(path) && includes(path).angled.some((name) => pattern.test(name)));
}

/** Rooms that have a library on their link line and may not. */
function strangersOnLinkLines(library, allowed) {
  return [...plan]
    .filter(([room, { libraries }]) => libraries.includes(library) && !allowed(room))
    .map(([room]) => room);
}

test('every folder with C++ in it is a room with a link line, or one of the two entrances', () => {
  const folders = new Set(sources.map(roomOf));
  assert.deepEqual(
    [...folders].filter((folder) => !plan.has(folder) && !['media', 'session'].includes(folder)),
    [],
  );
});

test('rooms have one level: no folder inside a room', () => {
  assert.deepEqual(
    sources.filter((path) => path.split('/').length > 3),
    [],
  );
});

test('every include of ours stands on the link line of its room', () => {
  const wrong = [];
  for (const path of sources) {
    const room = roomOf(path);
    if (!plan.has(room)) continue;
    const open = reachable(room).add(room);
    for (const include of includes(path).quoted.filter(ours)) {
      if (!open.has(roomOf(include))) wrong.push(`${path} includes ${include}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('includes of ours are written from the root', () => {
  const wrong = sources.flatMap((path) =>
    includes(path)
      .quoted.filter((i) => !ours(i))
      .map((i) => `${path}: ${i}`),
  );
  assert.deepEqual(wrong, []);
});

test('media enters nothing of session', () => {
  const wrong = files('media', /\.(cpp|h)$/).filter((path) =>
    includes(path).quoted.some((i) => i.startsWith('session/')),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    [...plan].filter(([r, { doors }]) => r.startsWith('media/') && doors.some((d) => !d.startsWith('media/'))),
    [],
  );
});

test('session enters base and link of media, and no other room of it', () => {
  const allowed = new Set(['media/base', 'media/link']);
  const wrong = [];
  for (const path of files('session', /\.(cpp|h)$/)) {
    for (const include of includes(path).quoted) {
      if (include.startsWith('media/') && !allowed.has(roomOf(include))) wrong.push(`${path} includes ${include}`);
    }
  }
  for (const [room, { doors }] of plan) {
    if (!room.startsWith('session/')) continue;
    for (const door of doors) if (door.startsWith('media/') && !allowed.has(door)) wrong.push(`${room} -> ${door}`);
  }
  assert.deepEqual(wrong, []);
});

test('no room enters web', () => {
  const wrong = sources.filter(
    (path) =>
      !['session/web', 'session'].includes(roomOf(path)) &&
      includes(path).quoted.some((i) => i.startsWith('session/web/')),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    [...plan].filter(([, { doors }]) => doors.includes('session/web')),
    [],
  );
});

test('only journal and store speak SQLite', () => {
  const allowed = (room) => room === 'session/journal' || room === 'session/store';
  assert.deepEqual(
    strangers(/^(SQLiteCpp\/|sqlite3)/, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('SQLiteCpp', allowed), []);
});

test('only outlets and archive speak FFmpeg', () => {
  const allowed = (room) => room === 'media/outlets' || room === 'session/archive';
  assert.deepEqual(
    strangers(/^lib(avformat|avcodec|avutil|swscale|swresample)\//, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('PkgConfig::AVFORMAT', allowed), []);
});

test('only meeting, where lines are cleaned, and pages speak ICU', () => {
  const allowed = (room) => room === 'session/meeting' || room === 'session/pages';
  assert.deepEqual(
    strangers(/^unicode\//, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('PkgConfig::ICU', allowed), []);
});

test('only http speaks libwebsockets', () => {
  const allowed = (room) => room === 'session/http';
  assert.deepEqual(
    strangers(/^libwebsockets/, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('PkgConfig::LWS', allowed), []);
});

test('the loop is known to the rooms that wait on it, and to the entrance', () => {
  const allowed = (room) =>
    ['session/http', 'session/access', 'session/web', 'session/studio', 'session/secretariat', 'session/archive', 'session'].includes(room);
  assert.deepEqual(
    strangers(/^uv\.h$/, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('PkgConfig::UV', allowed), []);
});

test('only media speaks GStreamer, and base and link do not', () => {
  const allowed = (room) => room.startsWith('media') && room !== 'media/base' && room !== 'media/link';
  assert.deepEqual(
    strangers(/^(gst\/|glib)/, (path) => allowed(roomOf(path))),
    [],
  );
  assert.deepEqual(strangersOnLinkLines('PkgConfig::GST', allowed), []);
});

test('references of GStreamer objects are counted in media/gst alone', () => {
  const counting =
    /\b(gst_object_(un)?ref(_sink)?|gst_(buffer|sample|caps|mini_object)_(un)?ref|g_object_(un)?ref)\s*\(/;
  const wrong = files('media', /\.(cpp|h)$/).filter(
    (path) => roomOf(path) !== 'media/gst' && counting.test(code(path)),
  );
  assert.deepEqual(wrong, []);
});

const isPure = (path) =>
  /^session\/(meeting|projections)\//.test(path) ||
  /^session\/live\/(playlist|track)[a-z_]*\./.test(path) ||
  /^media\/programme\/scene\./.test(path);

test('the pure rooms know no device, no network, no database', () => {
  const forbidden =
    /^(gst\/|glib|libwebsockets|libav|libsw|SQLiteCpp|sqlite3|uv\.h|sys\/|unistd|fcntl|fstream|filesystem|thread|mutex)/;
  const wrong = [];
  for (const path of sources.filter(isPure)) {
    for (const include of includes(path).angled)
      if (forbidden.test(include)) wrong.push(`${path} includes <${include}>`);
  }
  assert.deepEqual(wrong, []);
});

test('the pure rooms read no clock that they were not handed', () => {
  const clock = /\b(utc_now|clock::now|gettimeofday|clock_gettime|time\s*\(\s*(nullptr|NULL|0)\s*\))/;
  assert.deepEqual(
    sources.filter(isPure).filter((path) => clock.test(code(path))),
    [],
  );
});
