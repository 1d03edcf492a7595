// Signing up to speak: the form on the meeting's page, the page that waits, and the secretary's list, in every language, on a
// phone and at the desk.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { startHouse } from '../lib/house.js';
import { assertNoSidewaysScroll, languages, openDesk, openPage, phone, violations, wide } from './browser.js';
import { launch, settled } from '../lib/browser.js';

let house, browser;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  await house.act('registration.open');
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const meetingPath = (language) => `/${language}/meetings/${house.meeting}`;
const registrations = async () => (await house.json(`/api/v1/meetings/${house.meeting}/registrations`)).registrations;
/** Everybody comes from one address here; an hour later it may sign up ten people again. */
const restart = async () => {
  await house.session.kill();
  await house.ready();
};

async function look(page) {
  for (const viewport of [phone, wide]) {
    await page.setViewportSize(viewport);
    await page.evaluate(() => document.fonts.ready);
    assert.deepEqual(await violations(page), [], `at ${viewport.width}`);
    await assertNoSidewaysScroll(page);
  }
}

/** Presses the form's button and waits for the page that says what is wrong. */
async function sentBack(page) {
  await page.evaluate(() => (window.before = true));
  await page.click('.sign-up button');
  await page.waitForFunction(() => !window.before && document.querySelector('.wrong'));
}

for (const language of languages) {
  test(`before anybody has signed up, the desk's heading and its switch fit beside each other, in ${language}`, async () => {
    const { context, page } = await openDesk(browser, house, language);
    for (const turn of ['registration.close', 'registration.open']) {
      await house.act(turn);
      await page.waitForFunction((now) => document.querySelector('[data-act=sign-up]')?.textContent?.trim() === now, {
        kk: { 'registration.close': 'Жазылуды ашу', 'registration.open': 'Жазылуды жабу' },
        ru: { 'registration.close': 'Открыть приём заявок', 'registration.open': 'Закрыть приём заявок' },
        en: { 'registration.close': 'Open sign-up', 'registration.open': 'Close sign-up' },
      }[language][turn]);
      for (const viewport of [wide, { width: 1100, height: 768 }, phone]) {
        await page.setViewportSize(viewport);
        const [said, button] = await Promise.all(['.turned', '[data-act=sign-up]'].map((part) => page.locator(`.signups-head ${part}`).boundingBox()));
        assert.ok(said.x + said.width <= button.x, `${turn} at ${viewport.width}`);
        assert.ok(said.height <= 48);
      }
    }
    await context.close();
  });
}

for (const language of languages) {
  test(`the form, a mistake in it, and the page that waits, in ${language}`, async () => {
    const { context, page, wrong } = await openPage(browser, house, { viewport: phone });
    await page.goto(meetingPath(language));
    await page.click('[data-to-sign-up]');
    assert.match(await page.textContent('.sign-up .notice'), { kk: /жазып алынады.*елді мекеніңіз көпшілікке көрсетіледі және отырыстың жарияланған жазбасында/, ru: /записывается.*населённый пункт будут показаны всем и останутся в опубликованной записи/, en: /recorded.*position or settlement are shown publicly and stay in the published record/ }[language]);
    await look(page);
    await page.setViewportSize(phone);
    // Fingers are as wide on every part of the form.
    for (const part of await page.$$('.sign-up input, .sign-up select, .sign-up button')) assert.ok((await part.boundingBox()).height >= 44);
    // In the page's own words and language, and not in those of the browser.
    await sentBack(page);
    assert.match(await page.textContent('.wrong'), { kk: /Аты-жөніңізді жазыңыз/, ru: /Напишите имя/, en: /Write your name/ }[language]);
    await page.fill('[name=name]', '12345');
    await page.fill('[name=position]', 'Үлгі ауылы');
    await page.selectOption('[name=item]', 'a3');
    await sentBack(page);
    assert.match(await page.textContent('.wrong'), { kk: /Аты-жөніңізді жазыңыз/, ru: /Напишите имя/, en: /Write your name/ }[language]);
    assert.equal(await page.inputValue('[name=name]'), '12345', 'what was typed is kept');
    assert.equal(await page.inputValue('[name=position]'), 'Үлгі ауылы');
    assert.equal(await page.inputValue('[name=item]'), 'a3');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'name', 'and the place of the mistake is where one writes');
    await look(page);
    await page.fill('[name=name]', `Айша ${language}`);
    await page.click('.sign-up button');
    await page.waitForURL(/\/join\/[\w-]{22}\?lang=/);
    assert.match(await page.textContent('h1'), { kk: /Өтініміңіз жіберілді/, ru: /Заявка отправлена/, en: /Your request was sent/ }[language]);
    assert.equal(await page.inputValue('[data-link]'), page.url().replace(/\?.*/, ''));
    await page.click('[data-copy]');
    await page.waitForFunction(() => document.querySelector('[data-said]')?.textContent !== '');
    await look(page);
    await page.click(`nav.languages a[lang=${language === 'kk' ? 'ru' : 'kk'}]`);
    await page.waitForFunction((now) => document.documentElement.lang !== now, language);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

for (const language of languages) {
  test(`who thinks better of it withdraws the request, in ${language}`, async () => {
    await restart();
    const { context, page, wrong } = await openPage(browser, house, { viewport: phone });
    await page.goto(meetingPath(language));
    const name = `Раздумавший ${language}`;
    await page.fill('[name=name]', name);
    await page.click('.sign-up button');
    await page.waitForURL(/\/join\//);
    const link = page.url();
    assert.equal((await registrations()).filter((one) => one.name === name).length, 1);
    await page.click('[data-withdrawal] summary');
    await look(page);
    await page.click('[data-withdraw]');
    await page.waitForFunction((title) => document.querySelector('h1')?.textContent === title, { kk: 'Өтініміңіз қайтарып алынды', ru: 'Заявка отозвана', en: 'Your request is withdrawn' }[language]);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
    await look(page);
    assert.equal((await registrations()).filter((one) => one.name === name).length, 0, 'nothing is kept');
    await page.goto(link);
    assert.equal(await page.locator('[data-withdrawal]').count(), 0);
    assert.deepEqual(wrong.filter((line) => !/40[14]/.test(line)), []);
    await context.close();
  });
}

test('without JavaScript it is a form, a link, and a page that comes back by itself', async () => {
  const { context, page } = await openPage(browser, house, { viewport: phone, javaScriptEnabled: false });
  await page.goto(meetingPath('kk'));
  await page.fill('[name=name]', '<b>Болат</b> "Сынақ" &amp; Co');
  await page.click('.sign-up button');
  await page.waitForURL(/\/join\//);
  assert.match(await page.textContent('.ticket'), /<b>Болат<\/b> "Сынақ" &amp; Co/, 'what he wrote is text and nothing else');
  assert.equal(await page.getAttribute('meta[http-equiv=refresh]', 'content'), '20');
  assert.equal(await page.isVisible('.copying'), false);
  await house.act('registration.decline', { registration: (await registrations()).at(-1).registration });
  await page.click('noscript a');
  await page.waitForSelector('h1:has-text("Өтінім қабылданбады")');
  await context.close();
});

test('the form comes and goes while the page is open, but not from under a hand', async () => {
  const { context, page } = await openPage(browser, house);
  await page.goto(meetingPath('ru'));
  await page.fill('[name=name]', 'Дана');
  const followed = () => page.waitForFunction((open) => document.querySelector('[data-to-sign-up]')?.hasAttribute('hidden') === open, true);
  await house.act('registration.close');
  await followed();
  assert.equal(await page.isVisible('.sign-up'), true);
  await page.click('.sign-up button');
  await page.waitForSelector('.wrong');
  assert.match(await page.textContent('.wrong'), /Запись на выступление закрыта/);
  // Nothing that he wrote is wrong: the sentence is what he is led to.
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'sign-up-wrong');
  assert.equal(await page.locator('.sign-up [aria-invalid]').count(), 0);
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.inputValue('[name=name]'), 'Дана');
  await page.goto(meetingPath('ru'));
  assert.equal(await page.isVisible('.sign-up'), false);
  await house.act('registration.open');
  await page.waitForSelector('.sign-up:not([hidden])');
  await context.close();
});

// ---- the desk ----

const fits = async (page) => {
  const cut = await page.evaluate(() => {
    const rooms = [...document.querySelectorAll('.desk, .rooms, .room, .signups, .signups-head, .sign-up')];
    return rooms.filter((room) => room.scrollHeight > room.clientHeight + 1 || room.scrollWidth > room.clientWidth + 1).map((room) => room.className);
  });
  assert.deepEqual(cut, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), true);
};

for (const language of languages) {
  test(`the secretary's list in ${language}`, async () => {
    const { context, page, wrong } = await openDesk(browser, house, language);
    await page.click('#signups');
    await page.waitForSelector('.sign-up[data-status=pending]');
    assert.equal(await page.locator('.sign-up[data-status=pending]').count(), 3);
    assert.equal(await page.locator('.sign-up[data-status=declined]').count(), 1);
    assert.match(await page.textContent('.sign-up .guest-line'), { kk: /Үлгі ауылы · № 3 мәселе/, ru: /Үлгі ауылы · вопрос № 3/, en: /Үлгі ауылы · item 3/ }[language]);
    assert.deepEqual(await violations(page), []);
    await fits(page);
    for (const button of await page.$$('.signups button.act')) assert.ok((await button.boundingBox()).height >= 44);
    await page.setViewportSize(phone);
    assert.deepEqual(await violations(page), []);
    await assertNoSidewaysScroll(page);
    for (const button of await page.$$('.signups button.act')) assert.ok((await button.boundingBox()).height >= 44);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('by keyboard: unfold, decline, approve after all, undo', async () => {
  const { context, page } = await openDesk(browser, house, 'ru');
  const [first] = await registrations();
  assert.equal(first.name, 'Айша kk');
  await page.focus('#signups');
  await page.keyboard.press('Enter');
  const row = (status) => page.waitForSelector(`.sign-up[data-registration="${first.registration}"][data-status=${status}]`);
  await row('pending');
  await page.focus(settled(`decline-${first.registration}`));
  await page.keyboard.press('Enter');
  await row('declined');
  // An undo would take back something else.
  await page.waitForFunction(() => document.querySelector('.happened .message')?.textContent === 'Заявка отклонена. Вернуть: «Одобрить» в этом списке.');
  // Somebody else is in that place now: a hand that was quicker than the screen does nothing.
  await page.waitForFunction((id) => document.querySelector(`[data-act="approve-${id}"]`)?.getAttribute('aria-disabled') !== 'true', first.registration);
  await page.focus(settled(`approve-${first.registration}`));
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.sign-up[data-registration="${first.registration}"]`, { state: 'detached' });
  await page.waitForSelector('.guest[data-stage=invited]');
  assert.match(await page.textContent('.guest[data-stage=invited]'), /Айша kk/);
  await page.waitForFunction(() => /Заявка одобрена: Айша kk/.test(document.querySelector('.journal')?.textContent ?? ''));
  // Added after the page was opened, and found by three letters all the same.
  await page.focus('#finder');
  await page.keyboard.type('айш');
  await page.waitForSelector('#found [role=option]');
  await page.keyboard.press('Escape');
  await page.focus(settled('undo'));
  await page.keyboard.press('Enter');
  await row('pending');
  await page.waitForSelector('.guest[data-stage=invited]', { state: 'detached' });
  await context.close();
});

test('she hears of a new one wherever she looks, and opens and closes with one press', async () => {
  await restart();
  const { context, page } = await openDesk(browser, house, 'kk');
  await page.click(settled('sign-up'));
  await page.waitForFunction(() => document.querySelector('[data-act=sign-up]')?.textContent?.trim() === 'Жазылуды ашу');
  assert.equal((await house.state()).registration, 'closed');
  await page.click(settled('sign-up'));
  await page.waitForFunction(() => document.querySelector('[data-act=sign-up]')?.textContent?.trim() === 'Жазылуды жабу');
  const form = new URLSearchParams({ name: 'Жаңа <img src=x onerror=alert(1)> Кісі' });
  const answer = await house.fetch(meetingPath('kk'), { method: 'POST', body: form });
  assert.equal(answer.status, 303);
  await page.waitForFunction(() => /Жаңа өтінім: .*Кісі/.test(document.querySelector('.side > [role=status]')?.textContent ?? ''));
  assert.match(await page.textContent('.signups .waiting'), /жаңа: 4/);
  await page.click('#signups');
  await page.waitForFunction(() => [...document.querySelectorAll('.sign-up .guest-name')].some((one) => one.textContent === 'Жаңа <img src=x onerror=alert(1)> Кісі'));
  assert.equal(await page.locator('.sign-up img').count(), 0);
  await context.close();
});

test('in a frame of the council\'s own site: the form, and his link is a page of its own', async () => {
  const council = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<!doctype html><title>Council</title><iframe src="${house.url}${meetingPath('ru')}" width="800" height="600"></iframe>`);
  });
  await new Promise((listens) => council.listen(0, '127.0.0.1', () => listens(undefined)));
  const { context, page } = await openPage(browser, house);
  try {
    await page.goto(`http://localhost:${council.address().port}/`);
    const frame = page.frameLocator('iframe');
    await frame.locator('[name=name]').fill('Из рамки');
    await frame.locator('.sign-up button').click();
    await page.waitForURL(/\/join\/[\w-]{22}\?lang=ru/);
    assert.match(await page.textContent('h1'), /Заявка отправлена/);
  } finally {
    await context.close();
    council.close();
  }
});

test('who presses twice signs up once, and may do so again when he comes back', async () => {
  const { context, page } = await openPage(browser, house);
  await page.goto(meetingPath('ru'));
  let sent = 0;
  await page.route(`**${meetingPath('ru')}`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    sent += 1;
    await new Promise((later) => setTimeout(later, 600));
    await route.continue().catch(() => {}); // another press has taken its place
  });
  await page.fill('[name=name]', 'Дважды');
  const taken = await page.evaluate(async () => {
    const button = document.querySelector('.sign-up button');
    button.click();
    await new Promise((later) => setTimeout(later, 200));
    button.click();
    return button.disabled;
  });
  assert.equal(taken, true);
  await page.waitForURL(/\/join\//);
  assert.equal(sent, 1);
  assert.equal((await registrations()).filter(({ name }) => name === 'Дважды').length, 1);
  await page.goBack();
  await page.waitForSelector('.sign-up button:enabled');
  await context.close();
});

test('who looks at the waiting page again and again asks no more often', async () => {
  const { context, page } = await openPage(browser, house);
  await page.goto(meetingPath('ru'));
  await page.fill('[name=name]', 'Терпеливый');
  await page.click('.sign-up button');
  await page.waitForURL(/\/join\//);
  let asked = 0, release;
  const held = new Promise((done) => (release = done));
  await page.route('**/api/v1/registrations', async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  const look = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  for (let i = 0; i < 5; i += 1) await look();
  const answered = page.waitForResponse('**/api/v1/registrations');
  release();
  await answered;
  assert.equal(asked, 1, 'an answer is on its way already');
  // One loop: the next question comes when its time has, and once.
  await page.waitForResponse('**/api/v1/registrations');
  assert.equal(asked, 2);
  await context.close();
});

test('in a browser that is some years old the page that waits goes on by itself, and a request is withdrawn', async () => {
  await restart();
  const { context, page } = await openPage(browser, house);
  await page.addInitScript(() => delete AbortSignal.timeout);
  const signUp = async (name) => {
    await page.goto(meetingPath('ru'));
    await page.fill('[name=name]', name);
    await page.click('.sign-up button');
    await page.waitForURL(/\/join\//);
    return (await registrations()).find((one) => one.name === name)?.registration;
  };
  await signUp('Старый браузер');
  await page.click('[data-withdrawal] summary');
  await page.click('[data-withdraw]');
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Заявка отозвана');
  await house.act('registration.approve', { registration: await signUp('Новая попытка') });
  await page.waitForSelector('[data-act=agree]');
  await context.close();
});

test('from one address the eleventh waits, and is told how long', async () => {
  await restart();
  const send = (name) => house.fetch(meetingPath('ru'), { method: 'POST', body: new URLSearchParams({ name }) });
  let answer;
  for (let i = 0; i < 30 && answer?.status !== 429; i += 1) answer = await send(`Поток ${i}`);
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  assert.match(await answer.text(), /слишком много заявок[\s\S]*value="Поток \d+"/);
});

test('nothing of them is public, and nothing is kept when the sitting is closed', async () => {
  for (const path of [`/api/v1/meetings/${house.meeting}/state`, `/api/v1/meetings/${house.meeting}`, meetingPath('ru')]) {
    assert.doesNotMatch(await house.text(path), /Поток|Айша/, path);
  }
  assert.equal((await fetch(`${house.url}/api/v1/meetings/${house.meeting}/registrations`)).status, 401);
  const { context, page } = await openPage(browser, house);
  await restart();
  await page.goto(meetingPath('ru'));
  await page.fill('[name=name]', 'Последний');
  await page.click('.sign-up button');
  await page.waitForURL(/\/join\//);
  await house.act('sitting.open');
  await house.act('sitting.close');
  await page.waitForFunction(() => /заседание завершено/.test(document.querySelector('[data-said]')?.textContent ?? ''));
  assert.deepEqual(await registrations(), []);
  assert.equal((await house.state()).registration, 'closed');
  await context.close();
});
