// Times as people read them: to the second and in one wording on buttons, in the journal and on the air; with the day where that is
// not today; and on paper.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { aboutText, durationText, wordsOf } from '../../web-assets/lib/words.js';
import { launch, settled } from '../lib/browser.js';
import { root, sampleHearing, startHouse } from '../lib/house.js';
import { languages, openPage } from './browser.js';

let house, browser, file;
before(async () => {
  // A council whose extensions are of a minute and a half.
  const hearing = JSON.parse(await readFile(sampleHearing, 'utf8'));
  hearing.time_rules.extension_step_s = 90;
  hearing.agenda[0].speakers[0].limit_s = 330;
  file = join(tmpdir(), `tyndau-words-${process.pid}.json`);
  await writeFile(file, JSON.stringify(hearing));
  [house, browser] = await Promise.all([startHouse({ hearing: file }), launch()]);
  await house.login();
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await rm(file, { force: true });
});

const localeWords = async (language) => wordsOf(JSON.parse(await readFile(join(root, `web-assets/locales/${language}.json`), 'utf8')));

// The same table as in tests/session/projections/dates_test.cpp.
test('durations are written as the server writes them', async () => {
  const [kk, ru, en] = await Promise.all(languages.map(localeWords));
  assert.equal(durationText(kk, 3959), '1 сағ 05 мин 59 сек');
  assert.equal(durationText(en, 3609), '1 h 00 min 09 s');
  assert.equal(durationText(ru, 3900), '1 ч 05 мин');
  assert.equal(durationText(en, 26 * 3600), '26 h 00 min');
  assert.equal(durationText(ru, 300.999), '5 мин');
  assert.equal(durationText(kk, 90), '1 мин 30 сек');
  assert.equal(durationText(ru, 90), '1 мин 30 с');
  assert.equal(durationText(en, 61), '1 min 01 s');
  assert.equal(durationText(kk, 59.999), '59 сек');
  assert.equal(durationText(en, 0), '0 s');
  assert.equal(durationText(en, -90), '−1 min 30 s');
  assert.equal(durationText(en, -0.001), '0 s');
});

test('what is only expected is written to the half minute, later to the minute, and never too short', async () => {
  const ru = await localeWords('ru');
  assert.equal(aboutText(ru, 90), '1 мин 30 с');
  assert.equal(aboutText(ru, 61), '1 мин 30 с');
  assert.equal(aboutText(ru, 20), '30 с');
  assert.equal(aboutText(ru, 300), '5 мин');
  assert.equal(aboutText(ru, 301), '6 мин');
});

async function openDesk(language) {
  const opened = await openPage(browser, house);
  const [name, value] = house.cookie.split('=');
  await opened.context.addCookies([{ name, value, url: house.url }]);
  await opened.page.goto(`/desk?meeting=${house.meeting}&lang=${language}`);
  await opened.page.waitForSelector('.rooms');
  return opened;
}

test('the button gives as much time as it says, and the journal says the same', async () => {
  await house.act('sitting.open');
  await house.act('item.open', { item: 'a1' });
  await house.act('floor.give', { person: 'p01' });
  const expected = { kk: '+1 мин 30 сек', ru: '+1 мин 30 с', en: '+1 min 30 s' };
  const limits = { kk: '5 мин 30 сек', ru: '5 мин 30 с', en: '5 min 30 s' };
  for (const language of languages) {
    const { context, page } = await openDesk(language);
    assert.equal((await page.textContent('[data-act="floor.extend"]')).trim(), expected[language]);
    assert.ok((await page.textContent('.floor-clock')).includes(limits[language]), 'the limit, too');
    const { limit_s: limit } = (await house.state()).floor;
    await page.click(settled('floor.extend'));
    await page.waitForFunction((text) => document.querySelector('.journal .line-text')?.textContent?.includes(text), expected[language]);
    assert.equal((await house.state()).floor.limit_s, limit + 90);
    await page.click(settled('undo'));
    await page.waitForSelector('.line[data-undone]');
    await page.waitForFunction((text) => document.querySelector('.floor-clock')?.textContent?.includes(text), limits[language]);
    await context.close();
  }
  await house.act('floor.end');
});

test('a recess until tomorrow says the day, on the page with and without JavaScript', async () => {
  await house.act('broadcast.start');
  const until = new Date(Date.now() + 24 * 3600_000);
  await house.act('recess.start', { until: until.toISOString() });
  const { recess } = await house.state();
  for (const language of languages) {
    assert.match(recess.until_words[language], /20\d\d.*\d\d:\d\d/);
    for (const javaScriptEnabled of [true, false]) {
      const { context, page } = await openPage(browser, house, { javaScriptEnabled });
      await page.goto(`/${language}/meetings/${house.meeting}`);
      await page.getByText(recess.until_words[language]).first().waitFor();
      await context.close();
    }
  }
  await house.act('recess.end');
});

test('paper is white, whatever the screen is', async () => {
  const { context, page } = await openPage(browser, house, { colorScheme: 'dark' });
  for (const path of [`/ru/meetings/${house.meeting}`, '/ru/']) {
    await page.goto(path);
    const looks = () => page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return { color, backgroundColor, scheme: getComputedStyle(document.documentElement).colorScheme };
    });
    const dark = await looks();
    assert.equal(dark.backgroundColor, 'rgb(14, 19, 25)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const paper = await looks();
    assert.deepEqual(paper, { color: 'rgb(19, 26, 34)', backgroundColor: 'rgb(255, 255, 255)', scheme: 'light' });
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  }
  await context.close();
});
