// The estimate of what the line carries, from made-up loads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kUnknownBitsPerSecond, Throughput } from '../../web-assets/lib/throughput.js';

/** Loads parts of `bytes` every 160 ms over a line of `bitsPerSecond`. */
function load(throughput, from, seconds, bytes, bitsPerSecond) {
  // The time begins with the first packet's arrival.
  for (let t = from; t < from + seconds; t += 0.16) throughput.took(t, bytes, ((bytes - 1460) * 8 * 1000) / bitsPerSecond);
}

test('before anything is loaded the estimate is the assumption', () => {
  assert.equal(new Throughput().bitsPerSecond, kUnknownBitsPerSecond);
});

test('a fast line looks fast even when the stream is thin', () => {
  const throughput = new Throughput();
  load(throughput, 1, 10, 4000, 20_000_000);
  assert.ok(throughput.bitsPerSecond > 10_000_000, `${throughput.bitsPerSecond}`);
});

test('a line too slow for the stream is noticed within two seconds, and its recovery within two minutes', () => {
  const throughput = new Throughput();
  load(throughput, 1, 20, 8000, 20_000_000);
  load(throughput, 21, 2, 8000, 300_000);
  assert.ok(throughput.bitsPerSecond < 1_000_000, `${throughput.bitsPerSecond}`);
  load(throughput, 23, 120, 8000, 20_000_000);
  assert.ok(throughput.bitsPerSecond > 5_000_000, `${throughput.bitsPerSecond}`);
});

test('two packets that jitter brought together do not make a slow line look fast', () => {
  const throughput = new Throughput();
  for (let t = 1; t < 30; t += 1.92) {
    throughput.took(t, 15_000, 45); // a keyframe, 4 Mbit/s and jitter
    for (let part = 1; part < 12; part += 1) throughput.took(t + part * 0.16, 2200, part % 2 === 0 ? 0.2 : 18);
  }
  assert.ok(throughput.bitsPerSecond < 3_000_000, `${throughput.bitsPerSecond}`);
});

test('jitter, which each load waits for once, does not make a line look half as wide as it is', () => {
  let state = 7;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const throughput = new Throughput();
  for (let t = 1; t < 60; t += 0.16) {
    const bytes = Math.round(t / 0.16) % 12 === 0 ? 26_000 : 5000 + 9000 * random();
    throughput.took(t, bytes, ((bytes - 1460) * 8) / 4000 + 8 + 24 * random());
  }
  assert.ok(throughput.bitsPerSecond > 3_300_000 && throughput.bitsPerSecond < 4_300_000, `${throughput.bitsPerSecond}`);
});

test('a jittering line that grows thin carries no 720p after two seconds and nothing but the least after five', () => {
  let state = 7;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const throughput = new Throughput();
  for (let t = 1; t < 65; t += 0.16) {
    if (t > 62 && t < 62.16) assert.ok(throughput.bitsPerSecond < 2_000_000, `${throughput.bitsPerSecond}`);
    const bytes = Math.round(t / 0.16) % 12 === 0 ? 26_000 : 5000 + 9000 * random();
    throughput.took(t, bytes, ((bytes - 1460) * 8) / (t < 60 ? 4000 : 400) + 24 * random());
  }
  assert.ok(throughput.bitsPerSecond < 1_000_000, `${throughput.bitsPerSecond}`);
});

test('what cannot be measured counts for nothing', () => {
  const throughput = new Throughput();
  throughput.took(1, 0, 5);
  throughput.took(1, 10_000, NaN);
  throughput.took(1, 1000, 40); // one packet
  assert.equal(throughput.bitsPerSecond, kUnknownBitsPerSecond);
  throughput.took(1, 1_000_000, 0);
  assert.ok(throughput.bitsPerSecond <= 50_000_000);
});
