// A remote participant as the tests see him: the real page in a Chromium of his own, with a camera and a microphone that can be
// told apart from everybody else's.
import { launch } from './browser.js';
import { deviceFlags } from './devices.js';
import { waitFor } from './house.js';

/** Browsers that are open. @type {Set<import('playwright-core').Browser>} */
const open = new Set();
/** Closes those of guests whom a failed test left behind. */
export async function closeGuests() {
  for (const browser of open) await browser.close();
}

/**
 * How strong tones are in what a page's video plays, dB of full scale, over `seconds`. `steady`: of what is heard; speech passes, so
 * the quieter part counts. `loudest`: of what must not be heard, not even for a moment; -Infinity where there is none. The hiss of
 * an "s" is as strong beside it, which a tone is not.
 * @param {import('playwright-core').Page} page @param {string} video its selector @param {number[]} tones Hz
 * @returns {Promise<{steady: number, loudest: number}[]>}
 */
export function listen(page, video, tones, seconds = 2) {
  return page.evaluate(
    async ([selector, wanted, length]) => {
      const context = new AudioContext();
      await context.resume();
      const source = context.createMediaStreamSource(document.querySelector(selector).srcObject);
      const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
      source.connect(analyser);
      const bins = new Float32Array(analyser.frequencyBinCount), heard = wanted.map(() => []);
      const until = performance.now() + length * 1000;
      while (performance.now() < until) {
        await new Promise((done) => setTimeout(done, 350));
        analyser.getFloatFrequencyData(bins);
        wanted.forEach((hz, i) => {
          const bin = Math.round((hz * 16384) / context.sampleRate);
          const strongest = (from, to) => Math.max(...bins.slice(bin + from, bin + to + 1));
          const db = strongest(-2, 2), beside = Math.max(strongest(-34, -14), strongest(14, 34)); // 40 to 100 Hz beside it
          heard[i].push({ db, tone: db > beside + 10 });
        });
      }
      await context.close();
      return heard.map((all) => ({
        steady: all.map(({ db }) => db).sort((a, b) => a - b)[Math.floor(all.length / 4)],
        loudest: Math.max(...all.filter(({ tone }) => tone).map(({ db }) => db)),
      }));
    },
    [video, tones, seconds],
  );
}

/** How strong steady tones are there. @see listen */
export async function hears(page, video, tones, seconds = 2) {
  return (await listen(page, video, tones, seconds)).map(({ steady }) => steady);
}

export class Guest {
  /** @param {any} parts */
  constructor(parts) {
    /** @type {import('playwright-core').Browser} */
    this.browser = parts.browser;
    /** @type {import('playwright-core').Page} */
    this.page = parts.page;
    this.person = parts.person;
    this.invitation = parts.invitation;
    /** What the page has complained of. @type {string[]} */
    this.wrong = parts.wrong;
  }

  /** Where the page is: "notice", "check", "lobby", "seat", ... */
  stage() {
    return this.page.evaluate(() => window.tyndauGuest.stage());
  }
  stageIs(stage, timeout = 15_000) {
    return this.page.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, stage, { timeout });
  }
  async press(name) {
    try {
      await this.page.click(`html:not([data-dialog-closes]) [data-act="${name}"]`);
    } catch (error) {
      const shown = await this.page.evaluate(() => `${window.tyndauGuest?.stage()}, socket ${window.tyndauGuest?.socket()}: ${document.body.innerText}`);
      throw new Error(`"${name}" cannot be pressed: ${shown.slice(0, 500)}; ${this.wrong.join('; ')}`, { cause: error });
    }
  }

  /** From the notice to the lobby. */
  async enter() {
    await this.press('agree');
    await this.stageIs('check');
    await this.press('join');
    await this.stageIs('lobby');
  }

  /** Whether the programme moves on his screen. */
  async seesProgramme(timeout = 15_000) {
    await this.page.waitForFunction(() => document.querySelector('.screen video')?.videoWidth > 0, null, { timeout });
    const frames = () => this.page.evaluate(() => document.querySelector('.screen video').getVideoPlaybackQuality().totalVideoFrames);
    const from = await frames();
    await waitFor('the programme to move', async () => (await frames()) > from + 5, { timeout });
  }

  /** @see listen @param {number[]} tones Hz */
  listen(tones, seconds = 2) {
    return listen(this.page, '.screen video', tones, seconds);
  }
  /** @see hears @param {number[]} tones Hz */
  hears(tones, seconds = 2) {
    return hears(this.page, '.screen video', tones, seconds);
  }

  /** Gives him the floor, and waits until his page says that he is on the air. @param {import('./house.js').House} house */
  async speak(house) {
    await house.act('floor.give', { person: this.person });
    await this.isOnAir();
  }
  isOnAir(timeout = 30_000) {
    return this.page.waitForSelector('.frame[data-on-air]', { state: 'attached', timeout });
  }

  close() {
    return this.browser.close();
  }
  /** As a crash or the power button does it. */
  async kill() {
    const gone = new Promise((done) => this.browser.once('disconnected', done));
    const session = await this.browser.newBrowserCDPSession();
    session.send('Browser.crash').catch(() => {}); // it does not live to answer
    await gone;
  }
}

/**
 * Invites a person and opens the link in a Chromium of his own, as far as the notice.
 * @param {import('./house.js').House} house
 * @param {string} person
 * @param {import('./devices.js').Devices} devices
 * @param {{language?: string, raw?: boolean, url?: string, flags?: string[], through?: import('./network.js').Network,
 *   script?: (page: import('playwright-core').Page) => Promise<void>, viewport?: {width: number, height: number}}} [options]
 *   raw: the microphone as it is, without the browser's noise suppression and levelling, which take a tone for noise;
 *   url: an invitation that exists already; flags: more of Chromium's; through: the network that Chromium is in (network.js);
 *   script: what is done with the page before it opens the link; viewport: small unless said, for what is painted costs most of a
 *   browser without a GPU, and several share a machine with the house that is tested
 */
export async function inviteGuest(house, person, devices, options = {}) {
  const { language = 'kk', raw = false, flags = [], through, script, viewport = { width: 800, height: 600 } } = options;
  const invitation = options.url ? { url: options.url } : (await house.act('guest.invite', { person })).result;
  const browser = await launch([...deviceFlags(devices), ...flags, ...(through ? [`--unsafely-treat-insecure-origin-as-secure=${through.origin}`] : [])], through?.chromium);
  open.add(browser);
  browser.on('disconnected', () => open.delete(browser));
  const context = await browser.newContext({ viewport, permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  if (raw) {
    await page.addInitScript(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) =>
        real(wanted.audio ? { ...wanted, audio: { ...(wanted.audio === true ? {} : wanted.audio), echoCancellation: false, noiseSuppression: false, autoGainControl: false } } : wanted);
    });
  }
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('requestfailed', (request) => wrong.push(`${new URL(request.url()).pathname.split('/').pop()}: ${request.failure()?.errorText}`));
  await script?.(page);
  const address = new URL(through ? through.origin + new URL(invitation.url).pathname : invitation.url);
  address.searchParams.set('lang', language);
  await page.goto(address.href);
  return new Guest({ browser, page, person, invitation, wrong });
}

/** A guest in his seat; the same arguments. @param {any} options */
export async function seatGuest(house, person, devices, options = {}) {
  const guest = await inviteGuest(house, person, devices, { raw: true, ...options });
  await guest.enter();
  await guest.seesProgramme(20_000);
  await house.act('guest.admit', { person });
  await guest.stageIs('seat');
  return guest;
}
