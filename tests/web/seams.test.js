// What is mended of hls.js where media began anew, with the hls.js that the page has.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { crossSeams } from '../../web-assets/lib/seams.js';

globalThis.self ??= globalThis;
const Hls = createRequire(import.meta.url)('hls.js');

/** Segment 6 is the last of a run, of which the init segment is there; segment 7, of which there are parts only, begins the next. */
function seam() {
  const init = (/** @type {string} */ relurl, /** @type {Uint8Array|null} */ data) => ({ sn: 'initSegment', relurl, data });
  const old = init('init-4.mp4', new Uint8Array(8)), next = init('init-5.mp4', null);
  const segment = (sn, start, initSegment) => ({ sn, start, duration: 1.92, end: start + 1.92, cc: sn - 2, initSegment });
  const hint = segment(7, 3.84, next);
  return {
    next,
    details: {
      live: false,
      fragments: [segment(5, 0, old), segment(6, 1.92, old)],
      fragmentHint: hint,
      partList: [{ start: 3.84, end: 4, duration: 0.16, fragment: hint, index: 0 }],
      startSN: 5,
      endSN: 6,
      fragmentEnd: 3.84,
      partEnd: 4,
    },
  };
}

/** What is asked for at `position`, seconds, by the picture's and by the sound's controller. */
function asked(details, position, mend) {
  const hls = new Hls();
  if (mend) crossSeams(hls);
  const all = [hls.streamController, hls.audioStreamController].map((controller) => controller.getNextFragment(position, details));
  hls.destroy();
  return all;
}

// What hls.js makes of it alone is said too: when it no longer does, there is nothing to mend.
test('the init segment of the next run is asked for while the run before still plays', () => {
  const { details, next } = seam();
  const last = details.fragments[1];
  assert.deepEqual(asked(details, 3.8, false), [last, last]);
  assert.deepEqual(asked(details, 3.8, true), [next, next]);
  next.data = new Uint8Array(8);
  assert.deepEqual(asked(details, 3.8, true), [last, last]);
});

test('far from a seam, and in a film without parts, nothing is changed', () => {
  const { details } = seam();
  assert.deepEqual(asked(details, 1, true), [details.fragments[0], details.fragments[0]]);
  const film = { ...details, partList: null, fragmentHint: undefined };
  assert.deepEqual(asked(film, 3.8, true), [film.fragments[1], film.fragments[1]]);
});
