// An encoder that is no browser, by WHIP: as a district's room and as the hall.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Encoder, killEncoders } from '../lib/encoder.js';
import { startHouse, waitFor } from '../lib/house.js';
import { colourAt, hue, pictures, sound, steady } from '../lib/programme.js';

const person = 'p11';
const tone = 2500;

let house;
before(async () => {
  house = await startHouse();
  await house.holdSitting();
});
after(async () => {
  killEncoders();
  await house?.stop();
});

/** Waits until the public sees only this. */
const becomes = (colour) =>
  waitFor(`a ${colour} picture`, async () => {
    const now = Date.now();
    return (await pictures(house, now - 800, now)).every(({ rgb }) => hue(colourAt(rgb, 0.3, 0.25)) === colour);
  });
async function assertHeard(hz = tone) {
  const from = Date.now() + 200;
  const heard = steady(await sound(house, from, from + 1000), hz);
  assert.ok(heard > -45, `${heard} dB`);
}
const peers = async () => Number(/^tyndau_peers (\d+)$/m.exec(await house.metrics())?.[1]);

test('a room with an encoder gets the floor, is seen and heard, and leaves', async () => {
  const { token } = (await house.act('guest.invite', { person })).result;
  const encoder = await Encoder.start({ url: house.url, token }, 'red', tone);
  await house.act('guest.admit', { person });
  await house.act('floor.give', { person });
  await becomes('red');
  await assertHeard();
  assert.equal(await encoder.stop(), '200');
  await waitFor('it to be gone', async () => (await peers()) === 0);
  await waitFor('its turn to wait', async () => (await house.state()).queue[0]?.state === 'suspended');
});

test('the hall comes from an encoder, and from the one that takes its place', async () => {
  const { token } = (await house.act('source.invite')).result;
  const start = (colour, hertz) => Encoder.start({ url: house.url, token }, colour, hertz);
  const first = await start('blue', tone);
  await waitFor('its picture', async () => /^tyndau_peers 1$/m.test(await house.metrics()));
  await house.act('source.set', { uri: `whip:${house.meeting}` });
  await becomes('blue');
  await assertHeard();
  await assert.rejects(start('lime', tone), /409 .*encoder_connected/);
  first.kill();
  await waitFor('the place to be free', () => start('lime', tone + 500).catch((error) => assert.match(error.message, /^409/)), { interval: 500, timeout: 30_000 });
  await becomes('green');
  await assertHeard(tone + 500);
});
