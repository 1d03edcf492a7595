// When a guest's picture rests for his voice, how his line is called, and what is asked of the answer: without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDtx } from '../../web-assets/guest/connection.js';
import { Doubt, PictureRule } from '../../web-assets/guest/line.js';
import { gradeOf } from '../../web-assets/lib/line.js';

const good = { available_kbps: 900, loss_percent: 0 };
const poor = { available_kbps: 90, loss_percent: 0 };
const lossy = { available_kbps: 900, loss_percent: 20 };

/** Tells the rule one sample each second (with the picture that is wanted) and gives the seconds at which it changed its mind. */
function changes(samples) {
  const rule = new PictureRule();
  const at = [];
  let paused = false;
  for (const [second, sample] of samples.entries()) {
    if (rule.decide(sample, second * 1000, sample.picture) !== paused) at.push(second);
    paused = rule.paused;
  }
  return at;
}
const seconds = (n, sample) => Array.from({ length: n }, () => sample);

test('a short trouble does not pause the picture, a lasting one does', () => {
  assert.deepEqual(changes([...seconds(3, good), ...seconds(3, poor), ...seconds(10, good)]), []);
  assert.deepEqual(changes([...seconds(3, good), ...seconds(6, poor)]), [6]);
  assert.deepEqual(changes([...seconds(3, good), ...seconds(6, lossy)]), [6]);
});

test('it comes back when the line is calm, and waits longer each time that fails', () => {
  assert.deepEqual(changes([...seconds(4, poor), ...seconds(30, good)]), [3, 13]);
  assert.deepEqual(changes(seconds(130, poor)), [3, 13, 36, 56, 79, 119], 'ten seconds, twenty, forty; each trial is given twenty to grow');
  assert.deepEqual(changes(seconds(30, lossy)), [3], 'while the voice is lost on its way nothing is tried');
});

test('a picture that went on for long is trusted again', () => {
  assert.deepEqual(changes([...seconds(4, poor), ...seconds(60, good), ...seconds(4, poor), ...seconds(11, good)]), [3, 13, 67, 77]);
});

test('what a browser believes of a line that it sends little on is not held against him', () => {
  const small = (kbps) => ({ available_kbps: kbps, loss_percent: 0, picture: 'low' });
  assert.deepEqual(changes(seconds(60, small(45))), [], 'a small picture fits');
  assert.deepEqual(changes([...seconds(4, small(30)), ...seconds(30, small(45))]), [3, 13], 'not below that');
  const growing = [45, 50, 54, 59, 64, 70, 76, 82, 89, 96, 104, 113, 123, 133, 145, 157, 170].map((kbps) => ({ available_kbps: kbps, loss_percent: 0 }));
  assert.deepEqual(changes([...seconds(5, small(45)), ...growing, ...seconds(9, good)]), [], 'with the floor it grows');
  assert.deepEqual(changes([...seconds(5, small(45)), ...seconds(30, poor)]), [28], 'or it does not');
});

test('a line that is believed thin is measured anew while he waits, seldomer each time that changes nothing', () => {
  const doubt = new Doubt();
  const asked = (from, n, kbps, picture = 'low') => Array.from({ length: n }, (_, i) => from + i).filter((at) => doubt.due({ available_kbps: kbps }, at * 1000, picture));
  assert.deepEqual(asked(0, 90, 45), [10, 31, 72], 'ten seconds, twenty, forty');
  assert.deepEqual(asked(90, 60, 900), []);
  assert.deepEqual(asked(150, 12, 45), [160], 'trusted again');
  assert.deepEqual(asked(170, 60, 45, 'full'), [], 'never in his turn');
  assert.deepEqual(asked(230, 60, null), []);
});

test('a line that nothing was measured of has no name; the worst number names it', () => {
  const none = { uplink_kbps: null, rtt_ms: null, loss_percent: null };
  assert.equal(gradeOf(none), null);
  assert.equal(gradeOf({ uplink_kbps: 900, rtt_ms: 60, loss_percent: 0.5 }), 'good');
  assert.equal(gradeOf({ ...none, uplink_kbps: 200 }), 'weak');
  assert.equal(gradeOf({ uplink_kbps: 900, rtt_ms: 500, loss_percent: 0 }), 'weak');
  assert.equal(gradeOf({ uplink_kbps: 900, rtt_ms: 60, loss_percent: 12 }), 'bad');
  assert.equal(gradeOf({ ...none, uplink_kbps: 60 }), 'bad');
});

test('our voice may pause while we are silent: DTX is added to the answer once, and nothing else is touched', () => {
  const answer = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n';
  assert.equal(withDtx(answer), answer.replace('useinbandfec=1', 'useinbandfec=1;usedtx=1'));
  assert.equal(withDtx(withDtx(answer)), withDtx(answer));
  const bare = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n';
  assert.equal(withDtx(bare), `${bare}a=fmtp:96 useinbandfec=1;usedtx=1\r\n`);
  const silent = 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 VP8/90000\r\n';
  assert.equal(withDtx(silent), silent);
});
