// Two remote participants, one speaking Kazakh and one Russian, from their links to the recording: they wait, are admitted, raise
// their hands and get the floor in turn. What the public got is then read back from the recorded segments: whose picture, whose
// voice, whose name, and when.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { makeDevices } from '../lib/devices.js';
import { closeGuests, inviteGuest } from '../lib/guest.js';
import { startHouse, waitFor } from '../lib/house.js';
import { readVtt } from '../lib/media.js';
import { colourAt, cut, ffmpeg, hue, loudest, pictures, sound, steady } from '../lib/programme.js';

const run = promisify(execFile);

/** Both of the sample hearing; names as both languages write them. */
const kazakh = { person: 'p04', name: /Т[әа]ж[іи]рибеева/, colour: 'red', tone: 5200, language: 'kk' };
const russian = { person: 'p13', name: /Черновиков/, colour: 'blue', tone: 6400, language: 'ru' };
const everybody = [kazakh, russian];
const other = (who) => (who === kazakh ? russian : kazakh);

let house, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tyndau-guests-'));
  // What is looked at and no more: with two browsers that send, a machine of two processors is at its end, and its sound has gaps.
  const small = { name: '360p', width: 640, height: 360, bitrate_kbps: 500 }, large = { name: '720p', width: 1280, height: 720, bitrate_kbps: 2000 };
  house = await startHouse({ config: { programme: { rendition: [large, small] } } });
  await house.holdSitting();
  kazakh.devices = await makeDevices(folder, { name: 'kazakh', colour: 'red', tone: kazakh.tone, says: { voice: 'kk', text: 'Біздің ауылда ауызсу жоқ. Құдық суы тұзды, балалар ауырады. Құбыр қашан тартылады?' } });
  russian.devices = await makeDevices(folder, { name: 'russian', colour: 'blue', tone: russian.tone, says: { voice: 'ru', text: 'У нас в селе третий год ремонтируют водопровод. Когда он заработает?' } });
});
after(async () => {
  await closeGuests();
  await house?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const queue = async () => (await house.state()).queue.map((one) => `${one.person} ${one.state}`);

test('they come in by their links and wait', async () => {
  for (const who of everybody) {
    // Raw: the browser takes a steady tone for noise, and the tones are what is measured.
    who.guest = await inviteGuest(house, who.person, who.devices, { language: who.language, raw: true });
    await who.guest.enter();
    await who.guest.seesProgramme();
  }
  assert.match(await house.metrics(), /^tyndau_guests\{stage="lobby"\} 2$/m);
  const [from, to] = [Date.now(), Date.now() + 1000];
  const heard = await sound(house, from, to);
  for (const { tone } of everybody) assert.ok(loudest(heard, tone) < -60, `nobody in the lobby is heard: ${loudest(heard, tone)} dB`);
});

test('admitted, they raise their hands and stand in the queue in that order', async () => {
  for (const { guest, person } of everybody) {
    await house.act('guest.admit', { person });
    await guest.stageIs('seat');
  }
  await russian.guest.press('hand-question');
  await waitFor('the first hand', async () => (await queue()).length === 1);
  await kazakh.guest.press('hand');
  await waitFor('the second hand', async () => (await queue()).length === 2);
  assert.deepEqual(await queue(), ['p13 queued', 'p04 queued']);
});

/** Gives the floor, and waits until the other one has heard enough of it. */
async function hold(who) {
  const asked = Date.now();
  await who.guest.speak(house);
  const listener = other(who);
  await waitFor('the other guest to hear him', async () => (await listener.guest.hears([who.tone], 0.8))[0] > -60);
  const [[{ loudest: own }], [{ steady: others, loudest: othersLoudest }, { loudest: ownOfOther }]] = await Promise.all([
    who.guest.listen([who.tone], 2.5),
    listener.guest.listen([who.tone, listener.tone], 2.5),
  ]);
  who.turn = { asked, from: Date.now() - 2400, to: Date.now() };
  assert.ok(others > -60 && othersLoudest >= others, `the other hears him: ${others} dB, ${othersLoudest} dB`);
  assert.ok(own < others - 20 && own < -65, `his own return is without him: ${own} dB beside ${others} dB`);
  assert.ok(ownOfOther < -65, `who has not the floor is not heard: ${ownOfOther} dB`);
}

test('the floor is given to one and then to the other, and nothing else is pressed', async () => {
  await hold(russian);
  assert.deepEqual(await queue(), ['p04 queued']);
  await hold(kazakh);
  assert.deepEqual(await queue(), []);
  await house.act('floor.end');
  const ended = Date.now();
  const after = await sound(house, ended + 800, ended + 1500);
  for (const { tone } of everybody) assert.ok(loudest(after, tone) < -60, `the microphones are closed: ${loudest(after, tone)} dB`);
});

for (const who of everybody) {
  test(`the recording shows and lets hear ${who.person} in his turn, and no other guest`, async (t) => {
    const { from, to } = who.turn;
    const seen = await pictures(house, from, to);
    assert.ok(seen.length >= 50, `${seen.length} pictures`);
    for (const { at, rgb } of seen) assert.equal(hue(colourAt(rgb, 0.3, 0.25)), who.colour, `at ${at - from} ms: ${JSON.stringify(colourAt(rgb, 0.3, 0.25))}`);
    const heard = await sound(house, from, to);
    assert.ok(steady(heard, who.tone) > -45 && loudest(heard, who.tone) > -45, `${steady(heard, who.tone)} dB, ${loudest(heard, who.tone)} dB`);
    assert.ok(loudest(heard, other(who).tone) < steady(heard, who.tone) - 30, `the other: ${loudest(heard, other(who).tone)} dB`);
    // As loud as the hall, which is -28 to -16 LUFS at most (media/programme/loudness.h); of a tone K weighting makes up to 4 dB more.
    const loud = 10 * Math.log10(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
    t.diagnostic(`levelled to ${loud.toFixed(1)} dBFS`);
    assert.ok(loud > -32 && loud < -14, `levelled to ${loud} dBFS`);
  });

  test(`the caption under the picture of ${who.person} is his name`, async () => {
    const { start, bytes } = await cut(house, '720p', who.turn.from, who.turn.to);
    const picture = join(folder, `${who.person}.png`);
    const at = (Math.max(0, who.turn.from - start) + 1000) / 1000;
    await writeFile(picture, await ffmpeg(bytes, ['-vf', `trim=start=${at},crop=iw:ih*0.14:0:ih*0.71,negate`, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png']));
    const { stdout } = await run('tesseract', [picture, '-', '-l', 'kaz+rus', '--psm', '6']);
    assert.match(stdout, who.name);
    assert.doesNotMatch(stdout, other(who).name);
  });
}

test('the chapters of the finished recording carry their names at the times of their turns', async () => {
  await house.act('broadcast.stop');
  const first = await cut(house, '360p', 0, Date.now());
  for (const language of ['kk', 'ru']) {
    const chapters = readVtt(await waitFor('chapters', () => house.text(`/media/${house.meeting}/chapters.vtt?lang=${language}`)));
    const turns = everybody.map((who) => chapters.find((one) => who.name.test(one.title)));
    assert.ok(turns.every(Boolean), JSON.stringify(chapters));
    for (const [i, who] of everybody.entries()) {
      const late = turns[i].start * 1000 + first.start - who.turn.asked;
      assert.ok(late > -200 && late < 1500, `the chapter begins ${late} ms after the floor was given`);
    }
  }
});
