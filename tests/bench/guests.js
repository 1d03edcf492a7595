// Remote participants: how soon one is in, how far he is from the hall and from the citizens, what seats cost, what he hears of
// himself, and how soon he is back after a break of the line. Seats are measured beside Debian's Janus with the same publishers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../lib/browser.js';
import { installClockCamera, tick } from '../lib/clock_camera.js';
import { makeDevices } from '../lib/devices.js';
import { closeGuests, inviteGuest, seatGuest } from '../lib/guest.js';
import { startHouse, waitFor } from '../lib/house.js';
import { installJanusClient, room, startJanus } from '../lib/janus.js';
import { installPaintedClock } from '../lib/painted_clock.js';
import { cpuSeconds, threads } from '../lib/process.js';
import { colourAt, hue, pictures, sound, strengthOver, worstGap } from '../lib/programme.js';
import { startUdpLine } from '../lib/udp_line.js';
import { installWhip } from '../lib/whip.js';
import { look } from './latency.js';
import { aimed, quantile, seconds } from './report.js';

const people = ['p01', 'p02', 'p03', 'p04', 'p05', 'p06', 'p08', 'p09'];

/** The page from the press of "join" to the first picture of the programme, again and again. */
async function joins(house, device, times) {
  const took = [];
  const guest = await inviteGuest(house, 'p04', device);
  const address = guest.page.url();
  await guest.page.addInitScript(() => {
    window.firstPicture = () =>
      new Promise((resolve) => {
        addEventListener('click', (event) => {
          if (!event.target.closest('[data-act=join]')) return;
          const clicked = performance.now();
          const find = () => {
            const video = document.querySelector('.screen video');
            if (video) video.requestVideoFrameCallback((now) => resolve(now - clicked));
            else requestAnimationFrame(find);
          };
          find();
        }, true);
      });
  });
  for (let i = 0; i < times; i += 1) {
    await guest.page.evaluate(() => sessionStorage.clear());
    await guest.page.goto(address);
    await guest.press('agree');
    // As somebody who reads what the check says of the line.
    await guest.page.waitForFunction(() => document.querySelector('.self video')?.videoWidth > 0 && document.querySelector('.verdict[data-grade]'));
    const first = guest.page.evaluate(() => window.firstPicture());
    await guest.press('join');
    took.push(await first);
    await guest.press('leave');
    await guest.page.click('#leave [data-yes]');
    await guest.stageIs('left');
  }
  await closeGuests();
  return [
    aimed('guest: click on "join" to first picture, p50', quantile(took, 0.5) / 1000, 's', { most: 0.3 }),
    aimed('guest: the same, p95', quantile(took, 0.95) / 1000, 's', { most: 0.6 }),
  ];
}

/** Times of ticks in a stretch of sound, ms into a second. */
async function ticks(house, from, to) {
  const all = strengthOver(await sound(house, from, to), tick.hz, from, 5);
  return all.filter(({ db }, i) => db > -40 && i >= 20 && all.slice(i - 20, i).every((before) => before.db <= -40)).map(({ at }) => at % 1000);
}

/** How old a guest's picture and voice are: in the programme, at another guest, at a citizen. */
async function distances(house, device, browser, length) {
  const script = async (page) => {
    await page.addInitScript(installPaintedClock);
  };
  const speaker = await seatGuest(house, 'p04', device, {
    raw: false,
    script: async (page) => {
      await page.addInitScript(installClockCamera);
    },
  });
  const listener = await seatGuest(house, 'p12', device, { script });
  const shown = (count) =>
    listener.page.evaluate(async (pictures) => {
      const video = document.querySelector('.screen video'), ages = [];
      for (let i = 0; ages.length < pictures && i < pictures * 3; i += 1) {
        const at = await new Promise((done) => video.requestVideoFrameCallback((_, meta) => done(meta.expectedDisplayTime)));
        const painted = window.paintedClock(video);
        if (i > 25 && painted) ages.push(performance.timeOrigin + at - painted);
      }
      return ages;
    }, count);
  const behindHall = await shown(length * 20);
  await speaker.speak(house);
  await seconds(5); // the browser finds out what the line carries
  const from = Date.now();
  const throughProgramme = await shown(length * 20);
  const to = Date.now();
  await listener.browser.close(); // a citizen has a machine of his own: here he has at least the half of one
  const citizen = await look(browser, (page) => page.goto(`${house.url}/kk/meetings/${house.meeting}`), length + 20, 20);
  const inProgramme = (await pictures(house, from, to)).filter(({ clock }) => clock !== null).map(({ at, clock }) => at - clock);
  const voice = await ticks(house, from, to);
  await house.act('floor.end');
  await closeGuests();
  return [
    aimed('programme to a guest: hall to his screen, p50', quantile(behindHall, 0.5) / 1000, 's', { most: 0.3 }),
    aimed('the same, p95', quantile(behindHall, 0.95) / 1000, 's'),
    aimed('guest to programme: his picture, p50', quantile(inProgramme, 0.5) / 1000, 's'),
    aimed('guest to programme: his voice, p50', quantile(voice, 0.5) / 1000, 's'),
    aimed('guest to another guest by the return feed: picture, p50', quantile(throughProgramme, 0.5) / 1000, 's'),
    aimed('guest to HLS viewer: picture, p50', citizen.p50, 's', { most: 1.5 }),
    aimed('the same, p95', citizen.p95, 's'),
  ];
}

/** What he hears of himself, beside what another hears of him. */
async function ownVoice(house, device) {
  const [speaker, listener] = [await seatGuest(house, 'p04', device), await seatGuest(house, 'p12', device)];
  await speaker.speak(house);
  await seconds(2);
  const [[{ loudest: own }], [others]] = await Promise.all([speaker.listen([6000], 6), listener.hears([6000], 6)]);
  await house.act('floor.end');
  await closeGuests();
  return [aimed('own voice in the own return feed, below what others hear', others - own, 'dB', { least: 40, beside: `heard by another guest at ${others.toFixed(0)} dBFS` })];
}

/** Whether the block in the guest's picture, which fills the middle of the programme, is elsewhere. @param {Buffer} a @param {Buffer} b 64 by 36 */
function moved(a, b) {
  for (let at = 3 * 64 * 8; at < 3 * 64 * 24; at += 3) {
    if (Math.abs(a[at] - b[at]) + Math.abs(a[at + 1] - b[at + 1]) + Math.abs(a[at + 2] - b[at + 2]) > 120) return true;
  }
  return false;
}

/** From the moment a line that carried nothing for 3 s carries again, until he is in the programme and the programme with him. */
async function recovery(house, device, times) {
  const line = startUdpLine({ delayMs: 20 });
  const guest = await seatGuest(house, 'p04', device, { script: line.script });
  await guest.speak(house);
  const [seen, sees] = [[], []];
  for (let i = 0; i < times; i += 1) {
    await seconds(3);
    line.line.loss = 1;
    await seconds(3);
    line.line.loss = 0;
    const back = Date.now();
    const shown = guest.page.evaluate(() => new Promise((done) => document.querySelector('.screen video').requestVideoFrameCallback(() => done(Date.now()))));
    await guest.isOnAir();
    sees.push((await shown) - back);
    const all = await pictures(house, back, Date.now() + 2000);
    // The picture that stood was their last one, dimmed: they are back with the first that moves.
    const isGuest = ({ rgb }) => hue(colourAt(rgb, 0.3, 0.25)) === 'red';
    const first = all.findIndex((one, n) => n > 0 && isGuest(one) && isGuest(all[n - 1]) && moved(all[n - 1].rgb, one.rgb));
    seen.push(first < 0 ? NaN : all[first].at - back);
  }
  await house.act('floor.end');
  await closeGuests();
  line.stop();
  return [
    aimed('after 3 s without a packet: he is in the programme again, p50', quantile(seen, 0.5) / 1000, 's', { beside: `at most ${(Math.max(...seen) / 1000).toFixed(2)} s` }),
    aimed('the same: the programme moves on his screen, p50', quantile(sees, 0.5) / 1000, 's'),
  ];
}

/** From the death of the media process until three guests are connected anew, in their seats, and one of them still has the floor. */
async function mediaKilled(house, device, times) {
  const guests = [];
  for (const person of ['p04', 'p12', 'p08']) guests.push(await seatGuest(house, person, device));
  await guests[1].speak(house);
  const took = [];
  for (let i = 0; i < times; i += 1) {
    for (const { page } of guests) await page.evaluate(() => (window.before = window.tyndauGuest.connection()));
    const killed = Date.now();
    await house.killMedia();
    await Promise.all(
      guests.map(({ page }) =>
        page.waitForFunction(() => {
          const now = window.tyndauGuest.connection();
          return now !== window.before && now?.connectionState === 'connected' && window.tyndauGuest.stage() === 'seat' && window.tyndauGuest.line().lostAt === null;
        }, null, { polling: 50 }),
      ),
    );
    took.push(Date.now() - killed);
    await guests[1].isOnAir();
    await seconds(3);
  }
  await house.act('floor.end');
  await closeGuests();
  return [aimed('media killed: three guests are back in their seats, p50', quantile(took, 0.5) / 1000, 's', { most: 5, beside: `at most ${(Math.max(...took) / 1000).toFixed(2)} s; three browsers beside it on this machine` })];
}

/** What 0, 1, 4 and 8 senders of 360p cost, all in one picture and all heard; then Janus with the same. */
async function seats(house, browser, length) {
  const rows = [];
  const context = await browser.newContext({ baseURL: house.url, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(installWhip);
  await page.addInitScript(installJanusClient);
  await page.goto('/kk/');
  const load = async (pid) => {
    const [began, used] = [performance.now(), cpuSeconds(pid)];
    await seconds(length);
    return ((cpuSeconds(pid) - used) / (performance.now() - began)) * 100_000;
  };
  const ours = {};
  let sending = 0;
  for (const count of [0, 1, 4, 8]) {
    for (; sending < count; sending += 1) {
      const person = people[sending];
      const { token } = (await house.act('guest.invite', { person })).result;
      await page.evaluate(async (bearer) => (window.senders ??= []).push(await window.send(bearer, { video: 'VP8' })), token);
      await house.act('guest.admit', { person });
    }
    await house.act('layout.set', { layout: 'hall' });
    await seconds(4);
    const from = Date.now();
    await seconds(length);
    const gap = worstGap(await pictures(house, from, Date.now()));
    if (count > 0) await house.act('layout.set', { layout: 'grid', persons: people.slice(0, count) });
    await seconds(2);
    ours[count] = await load(house.media.pid);
    rows.push(aimed(`media process, ${count} guests sending 360p, all in the picture`, ours[count], '% of a core', { beside: `${threads(house.media.pid)} threads` }));
    rows.push(aimed(`the same, ${count} guests: worst gap between pictures of the hall`, gap, 'ms', { most: 80 }));
  }
  rows.push(aimed('per seat, of 8', (ours[8] - ours[0]) / 8, '% of a core'));
  await page.evaluate(async () => {
    await Promise.all(window.senders.map((sender) => window.unsend(sender)));
  });
  const janus = await startJanus();
  try {
    await page.evaluate(
      async ([url, number, count]) => {
        const { video, audio } = window.drawnDevices();
        for (let i = 0; i < count; i += 1) {
          await window.publish(url, number, [audio, video]);
          await window.mix(url, number, [audio]);
        }
      },
      [janus.url, room, 8],
    );
    await seconds(4);
    const theirs = await load(janus.pid);
    rows.push(aimed('per seat beside Janus', (ours[8] - ours[0]) / theirs, 'x', { beside: `Janus with the same 8 publishers: ${theirs.toFixed(1)} % of a core; it takes the pictures in as they are (no decoding, no programme, no recording) and mixes the voices; tyndau decodes, levels, composes and encodes` }));
  } finally {
    await janus.stop();
    await context.close();
  }
  return rows;
}

export async function run({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'tyndau-bench-guests-'));
  const browser = await launch();
  const rows = [];
  /** Each on a house of its own, so that none finds what another left. */
  const on = async (measure) => {
    const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
    try {
      await house.holdSitting();
      rows.push(...(await measure(house)));
    } finally {
      await closeGuests();
      await house.stop();
    }
  };
  try {
    const device = await makeDevices(folder, { name: 'red', colour: 'red', tone: 6000 });
    await on((house) => joins(house, device, quick ? 5 : 30));
    await on((house) => distances(house, device, browser, quick ? 10 : 40));
    await on((house) => ownVoice(house, device));
    await on((house) => recovery(house, device, quick ? 2 : 8));
    await on((house) => mediaKilled(house, device, quick ? 2 : 8));
    await on((house) => seats(house, browser, quick ? 6 : 20));
    return rows;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
