// The page's one line, of every state: the worst first, and true.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestMoment } from '../../web-assets/lib/witness.js';
import { statusOf } from '../../web-assets/viewer/status.js';

const view = (state, broadcast = 'live', until = null) => ({ meeting: { state }, broadcast: { state: broadcast }, recess: { until } });
const watching = {
  stage: 'live',
  view: view('open'),
  answers: true,
  mode: 'live',
  trouble: '',
  pace: 'edge',
  paused: false,
  soundOnly: false,
  startsInS: 0,
};
const said = (seen) => statusOf({ ...watching, ...seen }).key;

test('a picture that moves at the edge is live, and nothing else is called so', () => {
  assert.equal(said({}), 'viewer_at_live');
  for (const trouble of ['loading', 'waiting', 'stands', 'signal', 'server', 'offline', 'blocked', 'unsupported']) assert.notEqual(said({ trouble }), 'viewer_at_live', trouble);
  for (const seen of [{ paused: true }, { mode: 'start' }, { pace: 'calm' }, { view: view('closed') }, { view: view('recess') }]) {
    assert.notEqual(said(seen), 'viewer_at_live', JSON.stringify(seen));
  }
});

test('trouble goes before a pause, a pause before the sitting, the sitting before the pace', () => {
  const all = { trouble: 'waiting', paused: true, view: view('recess'), pace: 'calm' };
  assert.equal(said(all), 'viewer_slow');
  assert.equal(said({ ...all, trouble: '' }), 'viewer_paused');
  assert.equal(said({ ...all, trouble: '', paused: false }), 'viewer_recess');
  assert.equal(said({ pace: 'calm' }), 'viewer_calm');
});

test('the culprit is named: the line, the server, the house', () => {
  assert.equal(said({ trouble: 'waiting' }), 'viewer_slow');
  assert.equal(said({ trouble: 'signal' }), 'viewer_no_signal');
  assert.equal(said({ trouble: 'server' }), 'viewer_no_server');
  assert.equal(said({ trouble: 'offline', answers: false }), 'viewer_offline');
  assert.equal(said({ trouble: 'stands', answers: false }), 'viewer_no_server');
});

test('a server that does not answer is no news to whom the picture moves', () => {
  assert.equal(said({ answers: false }), 'viewer_at_live');
  assert.equal(said({ answers: false, stage: 'recording', mode: 'recording' }), 'viewer_ended');
  assert.equal(said({ answers: false, stage: 'announced', mode: 'none' }), 'viewer_no_server');
});

test('the sound alone is offered with the slow line and nowhere else', () => {
  const offers = (seen) => statusOf({ ...watching, ...seen }).sound === true;
  assert.ok(offers({ trouble: 'waiting' }) && offers({ pace: 'calm' }));
  for (const seen of [{}, { trouble: 'signal' }, { trouble: 'server' }, { pace: 'calm', soundOnly: true }, { trouble: 'waiting', soundOnly: true }]) {
    assert.equal(offers(seen), false, JSON.stringify(seen));
  }
});

test('a sitting that is closed will not go on; one in recess says until when', () => {
  assert.equal(said({ view: view('closed', 'holding') }), 'viewer_closed_live');
  assert.equal(said({ view: view('open', 'holding') }), 'viewer_holding');
  assert.equal(said({ view: view('announced', 'holding') }), 'viewer_starts_soon');
  assert.equal(said({ view: view('recess', 'live', '2026-11-29T10:24:00Z') }), 'viewer_recess_until');
});

test('before the day its date, on the day the time that is left, then "soon"', () => {
  const announced = { stage: 'announced', mode: 'none', view: view('announced', 'idle') };
  assert.equal(said({ ...announced, startsInS: 90_000 }), 'viewer_starts_at');
  assert.equal(said({ ...announced, startsInS: 3600 }), 'viewer_starts_in');
  assert.equal(said({ ...announced, startsInS: -5 }), 'viewer_starts_soon');
  assert.equal(said({ ...announced, view: view('closed', 'idle') }), 'viewer_closed_no_broadcast');
});

test('the newest moment of a playlist is the end of its last part', () => {
  const start = '2026-11-29T10:00:00.000Z';
  const whole = `#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:${start}\n#EXTINF:1.92000,\n000001.m4s\n`;
  assert.equal(newestMoment(whole), Date.parse(start) + 1920);
  const growing = `${whole}#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:01.920Z\n#EXT-X-PART:DURATION=0.16000,URI="000002.0.m4s"\n#EXT-X-PART:DURATION=0.16000,URI="000002.1.m4s"\n`;
  assert.equal(newestMoment(growing), Date.parse(start) + 2240);
  assert.equal(newestMoment('#EXTM3U\n'), null);
});
