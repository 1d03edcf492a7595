// How the tests look at a page, and the rules that every page must keep.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const languages = ['kk', 'ru', 'en'];
export const wide = { width: 1366, height: 768 };
export const phone = { width: 390, height: 844 };

/**
 * A page that remembers what must not happen: a request to another house, an exception, a breach of the policy.
 * @param {import('playwright-core').Browser} browser
 * @param {import('../lib/house.js').House} house
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function openPage(browser, house, options = {}) {
  const context = await browser.newContext({ viewport: wide, baseURL: house.url, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.host !== new URL(house.url).host) wrong.push(`asked ${url}`);
  });
  page.on('pageerror', (error) => wrong.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) wrong.push(message.text());
  });
  return { context, page, wrong };
}

/** A desk of its own that is signed in. */
export async function openDesk(browser, house, language = 'ru', viewport = wide) {
  const opened = await openPage(browser, house, { viewport });
  await opened.page.goto(`/desk/login?lang=${language}`);
  await opened.page.fill('#name', house.account.name);
  await opened.page.fill('#password', house.account.password);
  await opened.page.keyboard.press('Enter');
  await opened.page.waitForSelector('.rooms');
  await opened.page.goto(`/desk?meeting=${house.meeting}&lang=${language}`);
  await opened.page.waitForSelector('.rooms');
  return opened;
}

/** What axe-core finds, one line each. Its own script is let past the page's policy and nothing else is. */
export async function violations(page) {
  // A colour on its way from one to another is neither: who wants no motion sees none on its way, and what has begun comes to its
  // end first.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const session = await page.context().newCDPSession(page);
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `${axe}; Promise.allSettled(document.getAnimations().map((animation) => animation.finished)).then(() => axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(
      found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', ')))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  await page.emulateMedia({ reducedMotion: null });
  assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
  return JSON.parse(result.value);
}

/** Waits until nothing on the page is wider than the window, and says what is when that does not come true. */
export async function assertNoSidewaysScroll(page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(excess <= 0, `the page is ${excess} px wider than the window`);
}

/** The page's player. */
export const stats = (page) => page.evaluate(() => window.tyndauPlayer.stats());

/** Waits until the video has moved by `seconds` from where it is. */
export async function advances(page, seconds, timeout = 20_000) {
  const from = await page.evaluate(() => window.tyndauPlayer.video.currentTime);
  await page.waitForFunction(
    ([start, length]) => {
      const { video } = window.tyndauPlayer;
      return video.readyState >= 2 && video.videoWidth > 0 && video.currentTime - start >= length;
    },
    [from, seconds],
    { timeout },
  );
}
