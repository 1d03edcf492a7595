// Remote participants on bad lines: packets lost and late, a line that is gone for ten seconds, another network in the middle of a
// turn, a firewall that lets nothing through but TCP 443.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { makeDevices } from '../lib/devices.js';
import { closeGuests, seatGuest } from '../lib/guest.js';
import { root, startHouse, waitFor } from '../lib/house.js';
import { Network, relayAddress } from '../lib/network.js';
import { colourAt, hue, longestFreeze, pictures, sound, strengthOver } from '../lib/programme.js';
import { startUdpLine } from '../lib/udp_line.js';

/** Lines that are open: an assertion that fails must not leave one, or this file never ends. */
const lines = new Set();
function udpLine(options) {
  const line = startUdpLine(options);
  lines.add(line);
  return line;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const tone = 1250;
const secret = randomBytes(16).toString('hex');

let house, folder, network, device;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tyndau-lines-'));
  const turn = `turn:${relayAddress}:443?transport=tcp`;
  house = await startHouse({ config: { web: { listen: '0.0.0.0' }, webrtc: { turn, turn_secret: secret } } });
  await house.holdSitting();
  device = await makeDevices(folder, { name: 'red', colour: 'red', tone });
  network = new Network(house.port);
});
after(async () => {
  await closeGuests();
  network?.close();
  await house?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function onAir(person, options) {
  const guest = await seatGuest(house, person, device, options);
  await guest.speak(house);
  return guest;
}
/** Whatever a test has begun ends with it, also where it failed. */
afterEach(async () => {
  network.firewall(null);
  network.take(1);
  await house.tryAct('floor.end');
  await house.tryAct('guest.remove', { person: 'p04' });
  await closeGuests();
  for (const line of lines) line.stop();
  lines.clear();
});
const isShown = (all) => all.every(({ rgb }) => hue(colourAt(rgb, 0.3, 0.25)) === 'red');
/** Waits until the public sees him. */
const becomesShown = () =>
  waitFor('his picture', async () => {
    const now = Date.now();
    return isShown(await pictures(house, now - 3000, now - 2500));
  });
/** What the browser believes that the line carries, kbit/s; null while there is no connection to say it of. It begins with 300. */
const believes = async (guest) => (await guest.page.evaluate(() => window.tyndauGuest.line().sample))?.available_kbps ?? null;

test('with 5 % of the packets lost each way and 150 ms there and back, the voice goes on and the picture recovers', async () => {
  const bad = udpLine({ loss: 0.05, delayMs: 75 });
  const guest = await onAir('p04', { script: bad.script });
  // The browser finds out what the line carries.
  await waitFor('the line to be known', async () => ![null, 300].includes(await believes(guest)));
  await becomesShown();
  const from = Date.now(), to = from + 12_000;
  const all = await pictures(house, from, to);
  const voice = strengthOver(await sound(house, from, to), tone, from);
  const loud = voice.filter(({ db }) => db > -50).length;
  const longest = longestFreeze(all);
  console.log(`voice in ${loud} of ${voice.length} windows of 100 ms; longest freeze ${longest} ms; ${JSON.stringify(await guest.page.evaluate(() => window.tyndauGuest.line()))}`);
  assert.ok(loud >= 0.98 * voice.length, `the voice is there in ${loud} of ${voice.length} windows of 100 ms`);
  assert.ok(isShown(all), 'his picture stays on the air');
  assert.ok(longest < 2000, `his picture stood still for ${longest} ms`);
  assert.equal((await house.state()).floor.person, 'p04');
  await guest.seesProgramme();
});

/** The page measures a line anew that is believed to carry less. */
const kThinKbps = 150;

test('a jam while he waits is forgotten before his turn', async () => {
  const jammed = udpLine({ delayMs: 10 });
  const guest = await seatGuest(house, 'p04', device, { script: jammed.script });
  const isThin = (kbps) => kbps !== null && kbps <= kThinKbps;
  await waitFor('the browser to believe in the line', async () => (await believes(guest)) > kThinKbps);
  const { seq } = await house.state();
  for (let i = 0; i < 100 && !isThin(await believes(guest)); i += 1) {
    jammed.line.delayMs += 12;
    await pause(60);
  }
  assert.ok(isThin(await believes(guest)), 'a jam it is');
  jammed.line.delayMs = 10;
  const over = Date.now();
  await waitFor('the line to be measured anew', async () => (await believes(guest)) > kThinKbps, { timeout: 60_000 });
  console.log(`measured anew ${Date.now() - over} ms after the jam`);
  assert.equal((await house.state()).seq, seq, 'his seat knew nothing of it');
  await guest.speak(house);
  await becomesShown();
  const now = Date.now();
  assert.ok(isShown(await pictures(house, now, now + 2000)), 'he has a face in his turn');
  assert.equal(await guest.page.evaluate(() => window.tyndauGuest.line().paused), false);
});

test('a line that is gone for ten seconds comes back by itself, with the turn', async (t) => {
  const guest = await onAir('p04', { through: network });
  network.firewall('');
  const gone = Date.now();
  const turn = await waitFor('the turn to be suspended', async () => (await house.state()).queue.find((one) => one.person === 'p04' && one.state === 'suspended'));
  t.diagnostic(`suspended after ${Date.now() - gone} ms`);
  await guest.page.waitForFunction(() => window.tyndauGuest.line().lostAt !== null);
  await pause(gone + 10_000 - Date.now());
  network.firewall(null);
  const back = Date.now();
  await guest.isOnAir();
  t.diagnostic(`on the air again ${Date.now() - back} ms after the line came back`);
  await guest.seesProgramme();
  const { floor } = await house.state();
  assert.ok(floor.remaining_ms <= turn.remaining_ms && floor.remaining_ms > turn.remaining_ms - 5000, 'with the time that was left');
});

test('another network in the middle of a turn: he is back by himself, by a connection in the new one', async (t) => {
  const guest = await onAir('p04', { through: network });
  await guest.page.evaluate(() => (window.before = window.tyndauGuest.connection()));
  const changed = Date.now();
  network.take(2);
  await guest.page.waitForFunction(() => window.tyndauGuest.connection() !== window.before && window.tyndauGuest.connection()?.connectionState === 'connected', null, { polling: 50, timeout: 20_000 });
  await guest.isOnAir();
  t.diagnostic(`in another network after ${Date.now() - changed} ms`);
  await guest.seesProgramme();
  const now = Date.now();
  assert.ok(isShown(await pictures(house, now + 500, now + 1000)));
});

/** Whether something takes TCP connections there. */
const answers = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port }, () => socket.end(() => resolve(true)));
    socket.on('error', () => resolve(false));
  });

test('behind a firewall that lets only TCP 443 out he takes part through the relay', async () => {
  const conf = (await readFile(join(root, 'config/coturn/turnserver.conf'), 'utf8'))
    .replaceAll('192.0.2.10', relayAddress)
    .replaceAll('192.0.2.20', relayAddress)
    .replace('static-auth-secret=CHANGE-ME', `static-auth-secret=${secret}`)
    .replace('tls-listening-port=443', 'tls-listening-port=5349')
    .replace('listening-port=3478', 'listening-port=443')
    .replace(/^(cert|pkey)=.*$/gm, '');
  await writeFile(join(folder, 'turnserver.conf'), `${conf}\nno-tls\nno-dtls\npidfile=${folder}/turn.pid\nuserdb=${folder}/turn.db\n`);
  const relay = spawn('turnserver', ['-c', join(folder, 'turnserver.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [relay.stdout, relay.stderr]) stream.on('data', (text) => (log += text));
  try {
    await waitFor('the relay to listen', () => answers(relayAddress, 443)).catch((error) => {
      throw new Error(`${error.message}\n${log}`);
    });
    network.firewall(`tcp dport { 443, ${house.port} } accept\ntcp sport { 443, ${house.port} } accept`);
    const guest = await onAir('p04', { through: network });
    const kind = await guest.page.evaluate(async () => {
      const all = [...(await window.tyndauGuest.connection().getStats()).values()];
      const pair = all.find((one) => one.type === 'candidate-pair' && one.nominated && one.state !== 'failed');
      const local = all.find((one) => one.id === pair.localCandidateId);
      return [local.candidateType, local.relayProtocol];
    });
    assert.deepEqual(kind, ['relay', 'tcp']);
    const now = Date.now();
    assert.ok(isShown(await pictures(house, now + 1500, now + 2500)));
  } catch (error) {
    throw new Error(`${error.message}\n${log}`, { cause: error });
  } finally {
    const ended = new Promise((done) => relay.once('exit', done));
    relay.kill();
    await ended;
  }
});
