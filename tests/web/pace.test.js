// At the edge or calmly: the rule alone, against lines that are made up. Time is handed in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals, calmRate, carried, kLeastNeed, LineMeter, PaceRule } from '../../web-assets/lib/pace.js';

const thin = 400_000, wide = 4_000_000;
const moves = { stands: 0, arriving: true, line: thin };

/** The second at which the rule changes its mind, or null. */
function changes(rule, from, seconds, seen) {
  for (let t = from; t < from + seconds; t += 0.1) if (rule.tick(t, seen)) return t;
  return null;
}

test('a page that came over a thin line begins calmly, over a wide one or from the cache at the edge', () => {
  for (const [line, pace] of [[thin, 'calm'], [800_000, 'calm'], [wide, 'edge'], [null, 'edge']]) {
    const rule = new PaceRule();
    rule.begin(0, line);
    assert.equal(rule.pace, pace, `${line}`);
  }
});

test('two stalls in twenty seconds are too many, one is not, nor two far apart', () => {
  const rule = new PaceRule();
  rule.begin(0, null);
  rule.stalled(5);
  assert.equal(changes(rule, 5, 20, moves), null);
  rule.stalled(40);
  assert.equal(changes(rule, 40, 1, moves), null, 'the first is forgotten');
  rule.stalled(40.3);
  assert.equal(changes(rule, 40.3, 1, moves), null, 'one break of the line is one stall');
  rule.stalled(50);
  assert.equal(changes(rule, 50, 1, moves), 50);
  assert.equal(rule.pace, 'calm');
});

test('a house that sends nothing makes no line thin', () => {
  const rule = new PaceRule();
  rule.begin(0, null);
  rule.stalled(5);
  rule.excused();
  rule.stalled(12);
  assert.equal(changes(rule, 12, 10, moves), null);
  assert.equal(changes(rule, 30, 30, { stands: 20, arriving: false, line: null }), null);
});

test('a picture that stands for long while bytes arrive is a line that cannot', () => {
  const rule = new PaceRule();
  rule.begin(0, null);
  assert.equal(changes(rule, 4, 3, { stands: 2.5, arriving: true, line: null }), null);
  assert.equal(changes(rule, 7, 1, { stands: 3.2, arriving: true, line: null }), 7);
});

test('the edge is tried when the line has twice what it costs, later each time that failed', () => {
  const rule = new PaceRule();
  rule.begin(0, thin);
  assert.equal(changes(rule, 0, 600, moves), null, 'a thin line stays calm for ever');
  const fails = (t) => {
    rule.stalled(t + 2);
    rule.stalled(t + 5);
    return changes(rule, t + 5, 1, moves);
  };
  const waits = [];
  let t = 600;
  for (let i = 0; i < 4; i += 1) {
    const tried = changes(rule, t, 1000, { ...moves, line: wide });
    waits.push(Math.round(tried - t));
    t = fails(tried);
  }
  assert.deepEqual(waits, [0, 40, 80, 160]);
  const back = changes(rule, t, 1000, { ...moves, line: wide });
  assert.equal(changes(rule, back, 100, { ...moves, line: wide }), null, 'there it stays');
});

test('the line is all bytes over the time in which any was on its way', () => {
  const meter = new LineMeter();
  assert.equal(meter.carries, null);
  // Picture and sound beside each other on 400 kbit/s: 66 kB in 1.32 s.
  for (let at = 0; at < 10_000; at += 1920) {
    meter.loaded(at, at + 1320, 50_000);
    meter.loaded(at, at + 640, 16_000);
  }
  assert.ok(Math.abs(meter.carries - thin) < 10_000, `${meter.carries}`);
  assert.equal(carried([{ from: 0, to: 100, bytes: 2000 }]), null, 'a small file says nothing');
});

test('bytes arrive before a load is complete', () => {
  const arrivals = new Arrivals();
  const stats = { loaded: 0, loading: { start: 1, end: 0 }, aborted: false };
  arrivals.loading('main', stats);
  assert.equal(arrivals.underWay, true);
  assert.equal(arrivals.at(100), -Infinity);
  stats.loaded = 1460;
  assert.equal(arrivals.at(200), 200);
  assert.equal(arrivals.at(900), 200);
  stats.loading.end = 1;
  assert.equal(arrivals.underWay, false);
});

test('what is asked for again is owed since it was first asked for, until it comes', () => {
  const arrivals = new Arrivals();
  assert.equal(arrivals.owedSince, Infinity);
  arrivals.asked('level', 100);
  arrivals.asked('main', 300);
  arrivals.asked('level', 1800);
  assert.equal(arrivals.owedSince, 100);
  arrivals.answered('level');
  assert.equal(arrivals.owedSince, 300);
  arrivals.answered('main');
  assert.equal(arrivals.owedSince, Infinity);
});

test('calm goes a little faster when it has fallen behind and has something in hand', () => {
  assert.equal(calmRate(10, 8), 1);
  assert.equal(calmRate(13, 8), 1.05);
  assert.equal(calmRate(13, 2), 1);
  assert.ok(kLeastNeed < thin);
});
