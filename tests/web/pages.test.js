// Every page in every language: no violation that axe-core can see, nothing from elsewhere, nothing wider than a phone, and
// useful without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHouse } from '../lib/house.js';
import { assertNoSidewaysScroll, languages, openPage, phone, violations, wide } from './browser.js';
import { launch } from '../lib/browser.js';

let house, browser;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Looks at one page as wide and as narrow as people do. */
async function look(path, { cookies = [], ready = 'main', status = 200 } = {}) {
  for (const viewport of [wide, phone]) {
    const { context, page, wrong } = await openPage(browser, house, { viewport });
    if (cookies.length > 0) await context.addCookies(cookies);
    const response = await page.goto(path);
    assert.equal(response.status(), status, path);
    await page.waitForSelector(ready);
    await page.evaluate(() => document.fonts.ready);
    assert.deepEqual(await violations(page), [], `${path} at ${viewport.width}`);
    await assertNoSidewaysScroll(page);
    assert.deepEqual(wrong, [], path);
    await context.close();
  }
}

async function loginCookies() {
  await house.login();
  return house.cookie.split('; ').map((pair) => {
    const [name, ...value] = pair.split('=');
    return { name, value: value.join('='), url: house.url };
  });
}

const meetingPath = (language) => `/${language}/meetings/${house.meeting}`;

for (const language of languages) {
  test(`home, an announced meeting, login and 404 in ${language}`, async () => {
    await look(`/${language}/`);
    await look(meetingPath(language));
    await look(`/desk/login?lang=${language}`);
    await look(`/${language}/nowhere`, { status: 404 });
  });

  test(`the desk in ${language}`, async () => {
    await look(`/desk?lang=${language}`, { cookies: await loginCookies(), ready: '.rooms' });
  });
}

test('the start of the site goes to the language of the browser, Kazakh otherwise', async () => {
  const ask = async (accept, cookie = '') => {
    const response = await fetch(house.url, { redirect: 'manual', headers: { 'accept-language': accept, cookie } });
    assert.equal(response.status, 302);
    return response.headers.get('location');
  };
  assert.equal(await ask('ru-RU,ru;q=0.9,en;q=0.5'), '/ru/');
  assert.equal(await ask('de,fr;q=0.5'), '/kk/');
  assert.equal(await ask('en-GB'), '/en/');
  assert.equal(await ask('en', 'lang=ru'), '/ru/', 'what the reader chose comes first');
});

test('a page names its language and the same page in the others', async () => {
  const { context, page } = await openPage(browser, house);
  await page.goto(meetingPath('ru'));
  assert.equal(await page.getAttribute('html', 'lang'), 'ru');
  const others = await page.$$eval('link[rel=alternate]', (links) => links.map((link) => link.hreflang));
  assert.deepEqual(others, languages);
  assert.match(await page.getAttribute('meta[property="og:title"]', 'content'), /питьевой водой/);
  await page.click('nav.languages a[lang=kk]');
  await page.waitForURL(`**${meetingPath('kk')}`);
  assert.equal(await page.getAttribute('html', 'lang'), 'kk');
  await context.close();
});

test('Kazakh letters come from our own font', async () => {
  const { context, page } = await openPage(browser, house);
  await page.goto('/kk/');
  await page.evaluate(() => document.fonts.ready);
  // What drew each glyph, by the browser's own account (document.fonts.check() is true of a letter that no face has).
  const client = await context.newCDPSession(page);
  await client.send('DOM.enable');
  await client.send('CSS.enable');
  await page.evaluate((letters) => {
    document.body.replaceChildren(Object.assign(document.createElement('p'), { id: 'letters', textContent: letters }));
  }, 'әғқңөұүһіӘҒҚҢӨҰҮҺІ');
  await page.evaluate(() => document.fonts.ready);
  const { root } = await client.send('DOM.getDocument');
  const { nodeId } = await client.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#letters' });
  const { fonts } = await client.send('CSS.getPlatformFontsForNode', { nodeId });
  assert.deepEqual(
    fonts.map(({ familyName, isCustomFont, glyphCount }) => ({ ours: /^Inter/.test(familyName) && isCustomFont, glyphCount })),
    [{ ours: true, glyphCount: 18 }],
    JSON.stringify(fonts),
  );
  const loaded = await page.evaluate(() =>
    performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.woff2')).map((one) => one.name),
  );
  assert.ok(loaded.some((name) => name.includes('cyrillic-ext')));
  await context.close();
});

test('without JavaScript there are title, time, agenda and announcement', async () => {
  const { context, page } = await openPage(browser, house, { javaScriptEnabled: false });
  await page.goto(meetingPath('kk'));
  assert.match(await page.textContent('h1'), /ауызсумен/);
  assert.match(await page.textContent('time'), /сағат 15:00/);
  assert.equal(await page.locator('.item').count(), 5);
  assert.match(await page.textContent('.announcement'), /ХАБАРЛАНДЫРУ/);
  assert.equal(await page.isVisible('video[data-video]'), false, 'an empty player is not shown');
  await context.close();
});

test('scripts and styles may be kept for ever at the address that names their content', async () => {
  const html = await house.text('/kk/');
  const path = /href="(\/assets\/[0-9a-f]{16}\/lib\/base\.css)"/.exec(html)[1];
  const kept = await house.fetch(path, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(kept.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(await kept.text(), /--ground/);
  const plain = await house.fetch('/assets/lib/base.css');
  assert.equal(plain.headers.get('cache-control'), 'no-cache');
  const again = await house.fetch('/assets/lib/base.css', { headers: { 'if-none-match': plain.headers.get('etag') } });
  assert.equal(again.status, 304);
  for (const path of ['/assets/lib/none.js', '/assets/templates/base.tpl', '/assets/locales/kk.json', '/assets/']) {
    assert.equal((await house.fetch(path)).status, 404, path);
  }
});

test('every page forbids what is inline or from elsewhere', async () => {
  for (const path of ['/kk/', meetingPath('ru'), '/desk/login', '/kk/nowhere']) {
    const policy = (await house.fetch(path)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'self'/, path);
    assert.match(policy, /require-trusted-types-for 'script'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
  }
  assert.match((await house.fetch('/desk/login')).headers.get('content-security-policy'), /frame-ancestors 'none'/);
});
