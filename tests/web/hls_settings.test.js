// What is set right in hls.js' reading of a playlist, with the hls.js that the page has: a version that reads otherwise must not pass
// unnoticed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { exactReports } from '../../web-assets/lib/hls_settings.js';

globalThis.self ??= globalThis;
const Hls = createRequire(import.meta.url)('hls.js');

/** What hls.js asks of the other quality: [segment, part]. Our own list ends with part `own` of segment `sn`, whole segments with `endSN`. */
function asked({ sn, own, endSN = sn - 1, report, mend }) {
  const details = {
    url: 'http://house/media/m/720p/live.m3u8',
    renditionReports: [{ URI: '../360p/live.m3u8', 'LAST-MSN': String(report[0]), 'LAST-PART': String(report[1]) }],
    lastPartSn: sn,
    lastPartIndex: own,
    endSN,
    age: 0.05,
    partTarget: 0.16,
    targetduration: 2,
  };
  if (mend) exactReports(details);
  const hls = new Hls();
  const { msn, part } = hls.levelController.switchParams('http://house/media/m/360p/live.m3u8', details);
  hls.destroy();
  return [msn, part];
}

test('of a quality that is in the middle of a segment the newest part is asked for', () => {
  for (const mend of [false, true]) assert.deepEqual(asked({ sn: 30, own: 4, report: [30, 5], mend }), [30, 5]);
});

// What hls.js makes of it alone is said too: when it no longer does, there is nothing to mend.
test('where a segment ends the first part of the next one is asked for: the part after the last', () => {
  const ended = { sn: 29, own: 11, endSN: 29 };
  assert.deepEqual(asked({ ...ended, report: [29, 11], mend: false }), [29, 11]);
  assert.deepEqual(asked({ ...ended, report: [30, 0], mend: false }), [30, 11]);
  for (const report of [[29, 10], [29, 11], [30, 0]]) assert.deepEqual(asked({ ...ended, report, mend: true }), [29, 12]);
});

test('of a quality that is ahead and has just begun a segment nothing is asked for that is still to come', () => {
  const behind = { sn: 29, own: 10, report: [30, 0] };
  assert.deepEqual(asked({ ...behind, mend: false }), [30, 10]);
  assert.deepEqual(asked({ ...behind, mend: true }), [29, 10]);
});
