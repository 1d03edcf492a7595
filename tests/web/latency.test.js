// The controller alone, against lines that are made up: time is handed in.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { LatencyController } from '../../web-assets/lib/latency.js';

/**
 * Plays `seconds` over a line, as Chromium does: what its sound output holds is out of reach. `late(i)` is how late part i
 * arrives after it is complete (parts of 160 ms).
 * @param {(i: number) => number} late
 */
function play(late, seconds, { start = 1, controller = new LatencyController(), from = 0 } = {}) {
  const step = 0.02, part = 0.16, held = 0.15;
  let position = from - start, dry = false;
  let rate = 1, newest = -Infinity, next = Math.floor(from / part), stalls = 0;
  const waiting = [];
  const course = [];
  if (from === 0) controller.started(0);
  for (let t = from; t < from + seconds; t += step) {
    while (next * part <= t) {
      // In order: a part that is late holds up those behind it.
      const at = Math.max(next * part + late(next), waiting.at(-1)?.at ?? -Infinity);
      waiting.push({ end: next * part, at });
      next += 1;
    }
    while (waiting.length > 0 && waiting[0].at <= t) {
      const { end } = waiting.shift();
      newest = end;
      controller.arrived(t, t - end, part);
    }
    if (position + step * rate <= newest - held) {
      position += step * rate;
      dry = false;
    } else if (newest > -Infinity && t - from > 1) {
      if (!dry) {
        stalls += 1;
        controller.stalled(t);
      }
      dry = true;
    }
    if (Math.round(t / step) % 5 === 0) {
      const told = controller.tick(t, t - position, Math.max(0, newest - position));
      rate = told.rate;
      position += told.seek;
      course.push({ t, latency: t - position, target: controller.target, rate });
    }
  }
  return { controller, course, stalls, last: course.at(-1) };
}

/** The same "random" numbers in every run. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

test('an unknown line is started about a second behind', () => {
  const { course } = play(() => 0.08, 2);
  assert.ok(course[0].target > 0.9 && course[0].target <= 1.1, `${course[0].target}`);
});

test('a line that holds is tightened below half a second within twenty seconds, without a stall', () => {
  const { course, stalls } = play(() => 0.08, 60);
  assert.equal(stalls, 0);
  for (const { t, latency } of course) if (t > 20) assert.ok(latency < 0.5, `${latency} at ${t}`);
});

test('a jittering line is given room before it stalls', () => {
  const random = dice(7);
  const jitter = () => 0.08 + 0.04 * random() + (random() < 0.02 ? 0.3 + 0.2 * random() : 0);
  const { course, stalls, last } = play(jitter, 300);
  const early = play(() => 0.08, 30).last.target;
  assert.ok(last.target > early + 0.2, `${last.target} beside ${early}`);
  assert.equal(stalls, 0);
  assert.ok(course.every(({ target }) => target <= 3));
});

test('what arrives late because the quality is being changed is not laid to the line', () => {
  const change = Math.floor(5 / 0.16);
  const late = (/** @type {number} */ i) => (i >= change && i < change + 6 ? 0.9 : 0.08);
  const told = play(() => 0.08, 4.9);
  told.controller.switched(5);
  const { last } = play(late, 5, { controller: told.controller, from: 4.9, start: 1 });
  const blamed = play(late, 9.9).last;
  assert.ok(last.target < 0.8, `${last.target}`);
  assert.ok(blamed.target > last.target + 0.3, `${blamed.target} beside ${last.target}`);
});

test('a single hiccup gives room at once and is forgotten within a minute', () => {
  const { course } = play((i) => (i === 200 ? 0.6 : 0.08), 110);
  const at = (time) => course.find(({ t }) => t >= time).target;
  assert.ok(at(36) > at(31) + 0.3, `${at(36)} after ${at(31)}`);
  assert.ok(at(105) < 0.5, `${at(105)}`);
});

test('a broken line is not taken for jitter', () => {
  // Nothing for five seconds, then all at once, then as before.
  const { last } = play((i) => (i * 0.16 > 30 && i * 0.16 < 35 ? 35.2 - i * 0.16 : 0.08), 120);
  assert.ok(last.target < 0.7, `${last.target}`);
});

test('one spike is given room for a while, a line that spikes again for minutes', () => {
  const target = (/** @type {number[]} */ spikes) => play((i) => (spikes.includes(i) ? 0.4 : 0.08), 120).last.target;
  const once = target([200]);
  const twice = target([200, 300]);
  assert.ok(once < 0.5, `${once}`);
  assert.ok(twice > once + 0.2, `${twice} beside ${once}`);
});

test('a stall loosens, and is forgiven slowly', () => {
  const { controller } = play(() => 0.08, 40);
  const before = controller.target;
  controller.stalled(40);
  controller.tick(40.1, 0.42, 0.2);
  assert.ok(controller.target >= before + 0.15, `${controller.target} after ${before}`);
  const { last } = play(() => 0.08, 60, { controller, from: 41, start: 0.6 });
  assert.ok(last.target < before + 0.05, `${last.target}`);
});

test('the rate stays within what ears forgive', () => {
  const random = dice(3);
  const { course } = play(() => 0.05 + 0.5 * random() * random(), 120, { start: 3 });
  for (const { rate } of course) assert.ok(rate >= 0.95 && rate <= 1.08, `${rate}`);
});

/**
 * How late each part of a stream comes over the line of tests/lib/relay.js, by its own law: packets of 1460 bytes at `bitsPerSecond`, each
 * held for up to `jitterMs`, in order, a lost one 80 ms longer and all behind it too. `size(i)`: bytes of part i.
 */
function overALine(seed, { jitterMs = 40, loss = 0.01, bitsPerSecond = 4e6 }, size, parts) {
  const random = dice(seed);
  let free = 0, last = 0;
  return Array.from({ length: parts }, (_, i) => {
    const complete = i * 160;
    for (let sent = 0; sent < size(i); sent += 1460) {
      free = Math.max(free, complete) + (1460 * 8 * 1000) / bitsPerSecond;
      const held = random() * jitterMs + (random() < loss ? 80 : 0);
      last = Math.max(last, free + held);
    }
    return 0.08 + (last - complete) / 1000;
  });
}
/** Bytes of a part of picture and sound: a keyframe begins each twelfth. */
const sizes = { '360p': (i) => (i % 12 === 0 ? 26_000 : 10_500), '720p': (i) => (i % 12 === 0 ? 95_000 : 38_000) };

for (const [quality, size] of Object.entries(sizes)) {
  test(`over twenty bad lines of 4 Mbit/s, 40 ms of jitter and 1 % loss ${quality} never stands, p95 below 1.2 s`, () => {
    const seen = Array.from({ length: 20 }, (_, seed) => {
      const late = overALine(seed + 1, {}, size, 60 / 0.16 + 12);
      const { course, stalls } = play((i) => late[i], 60);
      const latencies = course.filter(({ t }) => t > 10).map(({ latency }) => latency).sort((a, b) => a - b);
      return { stalls, p95: latencies[Math.floor(latencies.length * 0.95)] };
    });
    const told = seen.map(({ stalls, p95 }) => `${stalls}/${p95.toFixed(2)}`).join(' ');
    assert.equal(seen.filter(({ stalls }) => stalls > 0).length, 0, told);
    assert.ok(seen.every(({ p95 }) => p95 <= 1.2), told);
  });
}

/**
 * Plays what `ARRIVALS=... scripts/bench bad_line` has recorded: [when a part of picture or sound came, how late it was] in ms. A moment
 * can be played when both have come; of some the page was given the whole segment, and they were recorded once. How the page begins
 * (what lay there from before, the first change of quality) is left out: it is played from the fourth second on, a second behind.
 * @param {number[][]} arrivals
 */
function again(arrivals) {
  const step = 0.02, part = 0.16, held = 0.15, controller = new LatencyController();
  const parts = arrivals.filter(([at]) => at > arrivals[0][0] + 4000).map(([at, late]) => ({ at: at / 1000, late: late / 1000, end: (at - late) / 1000 }));
  const number = ({ end }) => Math.round((end - parts[0].end) / part);
  /** When each moment could be played. @type {Map<number, {end: number, at: number}>} */
  const moments = new Map();
  const seen = new Map();
  for (const one of parts) {
    const times = (seen.get(number(one)) ?? 0) + 1;
    seen.set(number(one), times);
    if (times <= 2) moments.set(number(one), { end: one.end, at: one.at });
  }
  const playable = [...moments.entries()].sort(([a], [b]) => a - b).map(([, moment]) => moment);
  const begun = parts[0].at, over = parts.at(-1).at;
  let newest = NaN, position = NaN, rate = 1, dry = false;
  const stalls = [], latencies = [];
  for (let t = begun; t < over; t += step) {
    for (; parts.length > 0 && parts[0].at <= t; parts.shift()) controller.arrived(t, parts[0].late, part);
    for (; playable.length > 0 && playable[0].at <= t; playable.shift()) newest = playable[0].end;
    if (Number.isNaN(newest)) continue;
    if (Number.isNaN(position)) {
      if (t - newest > 0.5) continue;
      position = t - 1;
      controller.started(t);
    }
    if (position + step * rate <= newest - held) {
      position += step * rate;
      dry = false;
    } else {
      if (!dry) {
        stalls.push(t - begun);
        controller.stalled(t);
      }
      dry = true;
    }
    if (Math.round((t - begun) / step) % 5 !== 0) continue;
    const told = controller.tick(t, t - position, Math.max(0, newest - position));
    rate = told.rate;
    position += told.seek;
    if (t - begun > 10) latencies.push(t - position);
  }
  latencies.sort((a, b) => a - b);
  return { stalls, p95: latencies[Math.floor(latencies.length * 0.95)] };
}

const recorded = new URL('arrivals/', import.meta.url);
const lines = readdirSync(recorded).filter((name) => name.endsWith('.json'));
test('there are lines as they were recorded', () => assert.ok(lines.length >= 4, `${lines}`));
for (const file of lines) {
  test(`a line as it was recorded (${file}) is watched without a stall, at most 1.2 s behind`, (t) => {
    const { stalls, p95 } = again(JSON.parse(readFileSync(new URL(file, recorded), 'utf8')));
    t.diagnostic(`p95 ${p95.toFixed(2)} s`);
    assert.deepEqual(stalls, []);
    assert.ok(p95 <= 1.2, `${p95} s`);
  });
}
