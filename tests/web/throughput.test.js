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

test('what cannot be measured counts for nothing', () => {
  const throughput = new Throughput();
  throughput.took(1, 0, 5);
  throughput.took(1, 10_000, NaN);
  throughput.took(1, 1000, 40); // one packet
  assert.equal(throughput.bitsPerSecond, kUnknownBitsPerSecond);
  throughput.took(1, 1_000_000, 0);
  assert.ok(throughput.bitsPerSecond <= 50_000_000);
});
