// A citizen in front of the meeting's page, with the real house behind it: announced, live, rewound, broken, recorded, at one
// address and without a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHouse, waitFor } from '../lib/house.js';
import { advances, assertNoSidewaysScroll, languages, openPage, phone, stats, violations, wide } from './browser.js';
import { launch } from '../lib/browser.js';

let house, browser, watching;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  watching = await openPage(browser, house);
  await watching.page.goto(`/kk/meetings/${house.meeting}`);
  // A page that is loaded again loses this.
  await watching.page.evaluate(() => (window.neverReloaded = true));
  // "You are watching live" over a picture that stands is a lie; a second and a half of it is not noticed.
  await watching.page.evaluate(() => {
    const lies = (window.lies = []);
    let last = -1, moved = performance.now();
    setInterval(() => {
      const { video } = window.tyndauPlayer;
      if (video.currentTime !== last) moved = performance.now();
      last = video.currentTime;
      const words = document.querySelector('[data-stage-words]').textContent;
      if (words === 'Тікелей эфирді көріп отырсыз' && performance.now() - moved > 1600) lies.push(`${Math.round(performance.now() - moved)} ms`);
    }, 100);
  });
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const words = (selector) => watching.page.textContent(selector);

/** The page in every language, wide and narrow: nothing that axe-core can find. */
async function lookEverywhere() {
  for (const language of languages) {
    for (const viewport of [wide, phone]) {
      const { context, page, wrong } = await openPage(browser, house, { viewport });
      await page.goto(`/${language}/meetings/${house.meeting}`);
      await page.waitForFunction(() => document.querySelector('a[data-seek]') !== null);
      assert.deepEqual(await violations(page), [], `${language} at ${viewport.width}`);
      await assertNoSidewaysScroll(page);
      assert.deepEqual(wrong, []);
      await context.close();
    }
  }
}

test('before the broadcast the page says when it begins', async () => {
  assert.match(await words('[data-stage-line]'), /Жарияланды/);
  assert.equal(await watching.page.isVisible('video'), false);
});

test('the broadcast begins in the open page', async () => {
  await house.act('broadcast.start');
  await advances(watching.page, 1);
  await house.act('sitting.open');
  await house.act('item.open', { item: 'a1' });
  await house.act('floor.give', { person: 'p01' });
  const { page } = watching;
  await page.waitForSelector('[data-item=a1][data-state=open]');
  await page.waitForFunction(() => document.querySelector('.now-person')?.textContent?.includes('Мысалбек Сынақов'));
  assert.match(await words('.now-clock'), /^(10:00|9:5\d)/);
});

test('live is watched less than three seconds behind, and the time goes on', async () => {
  const { page } = watching;
  await page.waitForFunction(() => {
    const { latency, mode } = window.tyndauPlayer.stats();
    return mode === 'live' && latency !== null && latency < 3;
  });
  await advances(page, 3);
  assert.ok((await stats(page)).latency < 3);
});

test('a good line gets the best quality by itself', async () => {
  await watching.page.waitForFunction(() => window.tyndauPlayer.stats().height === 720);
  // hls.js asks our measurement by a method that is not in its types: a version that calls it otherwise must not pass unnoticed.
  const replaced = await watching.page.evaluate(() => typeof window.Hls.DefaultConfig.abrController.prototype.getBwEstimate);
  assert.equal(replaced, 'function');
});

test('a page that is opened in the second in which a turn begins plays', async () => {
  await house.act('floor.end');
  await house.act('floor.give', { person: 'p08' });
  const { context, page, wrong } = await openPage(browser, house);
  await page.goto(`/kk/meetings/${house.meeting}`);
  await advances(page, 2);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('the live page is right in every language and size', lookEverywhere);

test('from the start and back to live', async () => {
  const { page } = watching;
  await page.click('[data-from-start]');
  await page.waitForFunction(() => window.tyndauPlayer.stats().mode === 'start' && window.tyndauPlayer.video.currentTime > 0.5);
  assert.ok((await stats(page)).time < 20, 'it is the beginning');
  await page.waitForFunction(() => /\d:\d\d/.test(document.querySelector('.where')?.textContent ?? ''));
  await page.click('[data-to-live]');
  await page.waitForFunction(() => {
    const { mode, latency } = window.tyndauPlayer.stats();
    return mode === 'live' && latency !== null && latency < 3;
  });
  await advances(page, 0.5);
});

test('sound only, and the picture again', async () => {
  const { page } = watching;
  await page.click('[data-sound-only]');
  await page.waitForFunction(() => {
    const { soundOnly, height, time } = window.tyndauPlayer.stats();
    return soundOnly && height === 0 && time > 0;
  });
  assert.equal(await page.getAttribute('[data-sound-only][aria-pressed]', 'aria-pressed'), 'true');
  const from = (await stats(page)).time;
  await page.waitForFunction((start) => window.tyndauPlayer.stats().time > start + 1, from);
  await page.click('button[data-sound-only]');
  await page.waitForFunction(() => window.tyndauPlayer.stats().height > 0);
  await advances(page, 0.5);
});

test('a recess is said in words', async () => {
  const { page } = watching;
  await house.act('recess.start');
  await page.waitForFunction(() => /Үзіліс/.test(document.querySelector('[data-stage-words]')?.textContent ?? ''));
  await house.act('recess.end');
  await page.waitForFunction(() => !/Үзіліс/.test(document.querySelector('[data-stage-words]')?.textContent ?? ''));
});

test('a killed media process stops the picture only for a while', async () => {
  await house.killMedia();
  await house.ready();
  await advances(watching.page, 5, 30_000);
  assert.ok((await stats(watching.page)).latency < 5);
  assert.equal(await watching.page.evaluate(() => window.neverReloaded), true);
});

test('a pause is called a pause', async () => {
  const { page } = watching;
  await page.evaluate(() => window.tyndauPlayer.video.pause());
  await page.waitForFunction(() => document.querySelector('[data-stage-words]').textContent === 'Сіз кідірттіңіз');
  await page.evaluate(() => window.tyndauPlayer.video.play());
  await page.waitForFunction(() => document.querySelector('[data-stage-words]').textContent === 'Тікелей эфирді көріп отырсыз');
});

test('a media process that stays dead is a break over there, not the line of whoever watches', async () => {
  const { page } = watching;
  await house.media.stop('SIGKILL');
  await page.waitForFunction(() => window.tyndauPlayer.trouble !== '', undefined, { timeout: 15_000 });
  await page.evaluate(() => {
    const told = document.querySelector('[data-stage-words]');
    window.said = [told.textContent];
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => window.said.push(told.textContent)).observe(told, changes);
  });
  // It stays what is said, however long it lasts.
  await page.waitForFunction(() => Date.now() - window.tyndauPlayer.troubleSince > 6000);
  const said = await page.evaluate(() => window.said);
  assert.match(said.at(-1), /^Техникалық үзіліс трансляция жағында/);
  assert.ok(!said.some((words) => /Интернетіңіз баяу|Сервермен байланыс жоқ|көріп отырсыз/.test(words)), said.join('; '));
  assert.equal(await page.isVisible('[data-offer-sound]'), false);
  assert.equal(await page.isVisible('[data-stage-tag]'), false, '"live" over a picture that stands');
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/break-kk-wide.png` });
  house.media.start();
  await house.ready();
  await advances(page, 2, 30_000);
  await page.waitForFunction(() => document.querySelector('[data-stage-words]').textContent === 'Тікелей эфирді көріп отырсыз');
});

test('a dead server is said within two seconds of the picture standing, and the page comes back by itself', async (t) => {
  const { page } = watching;
  await page.evaluate(() => {
    const { video } = window.tyndauPlayer, told = document.querySelector('[data-screen-words]');
    let last = video.currentTime, moved = performance.now();
    const look = setInterval(() => {
      if (video.currentTime !== last) [last, moved] = [video.currentTime, performance.now()];
      if (told.textContent === '') return;
      window.standing = { stood: last, said: told.textContent, after: performance.now() - moved };
      clearInterval(look);
    }, 20);
  });
  await house.session.stop('SIGKILL');
  await page.waitForFunction(() => window.standing !== undefined, undefined, { timeout: 15_000 });
  const { stood, said, after: waited } = await page.evaluate(() => window.standing);
  t.diagnostic(`said ${Math.round(waited)} ms after the picture moved last`);
  assert.ok(waited < 2000, `said ${waited} ms after the picture moved last`);
  assert.match(said, /Сервермен байланыс жоқ|Техникалық үзіліс|Деректер күтілуде/);
  assert.equal((await stats(page)).time, stood, 'it says so only while nothing moves');
  await page.waitForFunction(() => /Сервермен байланыс жоқ/.test(document.querySelector('[data-screen-words]').textContent));
  house.session.start();
  await house.ready();
  await page.waitForFunction(() => window.tyndauPlayer.trouble === '' && !window.tyndauPlayer.video.paused, undefined, { timeout: 20_000 });
  await advances(page, 2);
});

test('the end makes the same page the recording, without a reload', async () => {
  const { page } = watching;
  await house.act('item.open', { item: 'a2' });
  await house.act('floor.give', { person: 'p08' });
  // What is opened now must be long enough to be looked for in the recording.
  await waitFor('the second report is recorded', async () => {
    const chapters = await house.json(`/media/${house.meeting}/chapters.json`);
    const item = chapters.find((chapter) => chapter.item === 'a2' && chapter.kind === 'turn');
    return item && (item.end_s === null || item.end_s - item.start_s > 3);
  });
  await house.act('sitting.close');
  await page.waitForFunction(() => /^Отырыс аяқталды/.test(document.querySelector('[data-stage-words]').textContent));
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/closed-kk-wide.png` });
  await house.act('broadcast.stop');
  await page.waitForFunction(() => window.tyndauPlayer.stats().mode === 'recording' && window.tyndauPlayer.video.duration > 5);
  assert.match(await words('[data-stage-line]'), /Жазба/);
  assert.equal(await page.isVisible('[data-download]'), true);
  assert.equal(await page.evaluate(() => window.neverReloaded), true);
});

test('agenda items and turns are chapters: a press seeks', async () => {
  const { page } = watching;
  const chapters = await house.json(`/media/${house.meeting}/chapters.json`);
  const turn = chapters.find((chapter) => chapter.item === 'a2' && chapter.kind === 'turn');
  await page.click(`[data-chapter="${turn.id}"] a[data-seek]`);
  await advances(page, 0.5);
  const { time } = await stats(page);
  assert.ok(time >= turn.start_s && time < turn.start_s + 5, `${time} for ${turn.start_s}`);
  await page.waitForSelector(`[data-chapter="${turn.id}"] a[aria-current]`);
  assert.match(await words('.now-person'), /Тестбай Үлгіжанов/);
  assert.match(page.url(), new RegExp(`t=${Math.floor(turn.start_s)}$`));
});

test('a link to a moment starts there', async () => {
  for (const moment of ['?t=6', '#t=6']) {
    const { context, page } = await openPage(browser, house);
    await page.goto(`/ru/meetings/${house.meeting}${moment}`);
    await page.waitForFunction(() => window.tyndauPlayer.video.currentTime >= 6 && window.tyndauPlayer.video.readyState >= 2);
    assert.ok((await stats(page)).time < 9, moment);
    await context.close();
  }
});

test('the link to a moment can be copied', async () => {
  const { context, page } = await openPage(browser, house, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(`/ru/meetings/${house.meeting}`);
  await page.click('[data-item=a2] .item-head .copy');
  await page.waitForFunction(() => document.querySelector('[data-copied]')?.textContent === 'Ссылка скопирована');
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`/ru/meetings/${house.meeting}\\?t=\\d+$`));
  await context.close();
});

test('the recording is right in every language and size', lookEverywhere);

test('without JavaScript the recording is a film to watch and to download, and its chapters are links', async () => {
  const { context, page } = await openPage(browser, house, { javaScriptEnabled: false });
  await page.goto(`/kk/meetings/${house.meeting}?t=6`);
  assert.equal(await page.getAttribute('video.no-script-film', 'src'), `/media/${house.meeting}/recording.mp4?lang=kk#t=6`);
  assert.equal(await page.isVisible('[data-download]'), true);
  assert.ok((await page.locator('.turn').count()) >= 2);
  const turn = page.locator('.turn a.moment').last();
  const moment = new URL(await turn.evaluate((link) => link.href)).searchParams.get('t');
  assert.ok(Number(moment) > 0, `the last turn begins after ${moment} s`);
  await turn.click();
  await page.waitForURL(`**/kk/meetings/${house.meeting}?t=${moment}`);
  assert.equal(await page.getAttribute('video.no-script-film', 'src'), `/media/${house.meeting}/recording.mp4?lang=kk#t=${moment}`);
  await context.close();
});

test('nothing was asked of another house, and nothing broke', async () => {
  assert.deepEqual(await watching.page.evaluate(() => window.lies), []);
  assert.deepEqual(watching.wrong, []);
});
