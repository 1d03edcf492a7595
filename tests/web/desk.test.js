// The secretary at her desk, by mouse and by keyboard, with the real house behind it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHouse } from '../lib/house.js';
import { languages, openPage, violations } from './browser.js';
import { launch, settled } from '../lib/browser.js';

let house, browser, desk, page;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])]);
  desk = await openPage(browser, house);
  page = desk.page;
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const press = (name) => page.click(settled(name));
/** The key of a button. */
const key = async (code, name) => {
  await page.waitForSelector(settled(name));
  await page.keyboard.press(code);
};
const textOf = (selector) => page.textContent(selector);
/** The actions that the page asks for from now on; `stop()` gives them. A press that is still on its way would not be in the house. */
function asked() {
  const actions = [];
  const note = (request) => /\/actions$/.test(request.url()) && actions.push(request.postDataJSON().action);
  page.on('request', note);
  return {
    stop() {
      page.off('request', note);
      return actions;
    },
  };
}
/** The desk's one word. */
const airIs = (air) => page.waitForSelector(`.desk[data-air="${air}"]`);
const journalSays = (pattern) =>
  page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.journal .line-text')?.textContent ?? ''), pattern.source);

test('without a session the desk asks for one, in the language that was asked for', async () => {
  await page.goto('/desk?lang=ru');
  assert.match(page.url(), /\/desk\/login$/);
  assert.equal(await textOf('h1'), 'Вход в пульт');
});

test('a wrong password is said, and nothing opens', async () => {
  await page.fill('#name', house.account.name);
  await page.fill('#password', 'not-this-one');
  await page.click('button[type=submit]');
  await page.waitForFunction(() => document.querySelector('[data-problem]')?.textContent === 'Неверное имя пользователя или пароль.');
  assert.match(page.url(), /\/desk\/login$/);
});

test('the right one opens the desk of the nearest meeting', async () => {
  await page.fill('#password', house.account.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.rooms');
  assert.match(await textOf('.air'), /НЕ В ЭФИРЕ/);
  assert.equal(await page.locator('.agenda .item').count(), 5);
});

const fits = async () => {
  const cut = await page.evaluate(() => {
    const rooms = [...document.querySelectorAll('.desk, .rooms, .room, .floor, .floor-who, .floor-clock, .top')];
    return rooms.filter((room) => room.scrollHeight > room.clientHeight + 1 || room.scrollWidth > room.clientWidth + 1).map((room) => room.className);
  });
  assert.deepEqual(cut, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), true);
};
test('it fits 1366x768', fits);

test('what cannot be done now can be focused and says why', async () => {
  const button = page.locator('[data-act="floor.end"]');
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  await button.focus();
  await page.waitForFunction(() => (document.querySelector('.message')?.textContent ?? '').length > 10);
  // Playwright would wait for a disabled button; a secretary presses it.
  await button.click({ force: true });
  await page.waitForSelector('.message[data-kind=refused]');
  assert.equal((await house.state()).floor.person, null);
});

/** The return feed moves. */
const feedMoves = async () => {
  await page.waitForSelector('video[data-return-feed]:not([hidden])', { timeout: 20_000 });
  await page.evaluate(async () => {
    const video = document.querySelector('video[data-return-feed]');
    for (let i = 0; i < 10; i += 1) await new Promise((shown) => video.requestVideoFrameCallback(shown));
  });
};

test('the programme is seen before anybody else sees it', async () => {
  await feedMoves();
  assert.equal(await page.isVisible('[data-preview]'), false);
  await page.waitForFunction(() => Number(document.querySelector('[data-meter=source] .meter-level')?.getAttribute('width')) > 0);
});

test('going on air is asked about first', async () => {
  await press('broadcast');
  await page.click('#confirm [data-no]');
  assert.equal((await house.state()).broadcast.state, 'idle');
  await press('broadcast');
  await page.click('#confirm [data-yes]');
  await page.waitForSelector('.desk[data-air=card], .desk[data-air=on]');
  assert.notEqual((await house.state()).broadcast.state, 'idle');
});

test('a sitting by mouse: open it, open an item, give the floor, pause, extend, end', async () => {
  await press('sitting');
  await airIs('on');
  await press('item-a1');
  await page.waitForSelector('.agenda [data-item=a1][data-state=open]');
  assert.match(await textOf('[data-act="next-speaker"]'), /Мысалбек Сынаков/);
  await press('next-speaker');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Мысалбек Сынаков');
  assert.match(await textOf('.floor-clock'), /^\s*(10:00|9:5\d)/);
  await press('floor.pause');
  await page.waitForFunction(() => /остановлено/.test(document.querySelector('.floor-clock')?.textContent ?? ''));
  await press('floor.pause');
  await press('floor.extend');
  await page.waitForFunction(() => /12 мин/.test(document.querySelector('.floor-clock')?.textContent ?? ''));
  await press('floor.end');
  await page.waitForSelector('.floor[data-look=none]');
});

test('no key acts before she says so, and what she says is remembered', async () => {
  const listening = asked();
  await page.focus('.journal');
  for (const code of ['KeyI', 'KeyN', 'KeyC', 'KeyE', 'KeyU', 'KeyF']) await key(code, 'undo');
  assert.equal(await page.locator('#confirm[open]').count(), 0);
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), 'finder');
  assert.equal(await page.locator('.act kbd').count(), 0, 'no key is shown that does nothing');
  await page.click('.who .button:has-text("?")');
  await page.check('#keys-on');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await page.reload();
  await page.waitForSelector('[data-act="next-item"] kbd');
  await key('KeyI', 'next-item');
  await page.waitForSelector('.agenda [data-item=a2][data-state=open]');
  assert.deepEqual(listening.stop(), ['item.open'], 'this key alone has acted');
});

test('by keyboard, whatever its layout: give, undo, recess and back', async () => {
  await key('KeyN', 'next-speaker');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Тестбай Улгижанов');
  await key('KeyC', 'recess');
  await page.click('#confirm [data-no]'); // asked about first
  assert.equal((await house.state()).meeting.state, 'in_session');
  await key('KeyC', 'recess');
  await page.click('#confirm [data-yes]');
  await airIs('card');
  await key('KeyC', 'recess');
  await airIs('on');
  await key('KeyE', 'floor.end');
  await page.waitForSelector('.floor[data-look=none]');
  await page.waitForFunction(() => /Отменить: .*Тестбай Улгижанов/.test(document.querySelector('[data-act=undo]')?.textContent ?? ''));
  await key('KeyU', 'undo');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Тестбай Улгижанов');
  await page.waitForSelector('.line[data-undone]');
});

test('the floor goes to anybody by three letters, without Kazakh ones too', async () => {
  await page.keyboard.press('KeyF');
  await page.keyboard.type('тажир'); // Тәжірибеева
  await page.waitForSelector('#found [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Нускагуль Тажирибеева');
  assert.equal((await house.state()).floor.person, 'p04');
});

test('the queue: a question waits, a point of order interrupts, the held turn goes on', async () => {
  const queue = async (people) => {
    await page.waitForFunction(
      (wanted) => [...document.querySelectorAll('.request')].map((row) => row.dataset.person).join(' ') === wanted,
      people.join(' '),
    );
    assert.deepEqual(
      (await house.state()).queue.map(({ person }) => person),
      people,
    );
  };
  const toQueue = async (kind, letters) => {
    await page.selectOption('.finder select', kind);
    await page.keyboard.press('Tab');
    await page.keyboard.type(letters);
    await page.waitForSelector('#found [role=option]');
    await page.keyboard.press('Enter');
  };
  await toQueue('question', 'сынак');
  await queue(['p01']);
  assert.match(await textOf('[data-act=next-speaker]'), /Мысалбек Сынаков/);
  await toQueue('point_of_order', 'улгиж');
  await queue(['p08', 'p01']);
  assert.match(await textOf('[data-act=next-speaker]'), /Тестбай Улгижанов/);
  assert.deepEqual(await violations(page), []);
  await fits();

  await press('give-p08-order');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Тестбай Улгижанов');
  await queue(['p04', 'p01']);
  const [held] = (await house.state()).queue;
  assert.equal(held.state, 'suspended');
  assert.ok(held.remaining_ms > 0);
  assert.match(await textOf('.request[data-person=p04]'), /прервано по порядку ведения, осталось \d+:\d\d/);

  await press('next-speaker');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Нускагуль Тажирибеева');
  const { floor } = await house.state();
  assert.ok(Math.abs(floor.remaining_ms - held.remaining_ms) < 3000, 'the clock goes on where it stood');
  await queue(['p01']);
  await press('lower-p01');
  await queue([]);
  await page.selectOption('.finder select', 'floor');
});

test('whoever waits may have a point of order besides, and keeps their place', async () => {
  await house.act('hand.raise', { person: 'p02', kind: 'debate' });
  await house.act('hand.raise', { person: 'p02', kind: 'point_of_order' });
  await page.waitForSelector(settled('give-p02'));
  assert.deepEqual(await page.$$eval('.request', (rows) => rows.map((row) => row.dataset.kind)), ['point_of_order', 'debate']);
  await press('lower-p02-order');
  await page.waitForFunction(() => document.querySelectorAll('.request').length === 1);
  assert.deepEqual((await house.state()).queue.map(({ kind }) => kind), ['debate']);
  await press('lower-p02');
  await page.waitForFunction(() => document.querySelectorAll('.request').length === 0);
});

test('a closed item is opened again, and the next item is one that was not considered yet', async () => {
  await press('item-a1');
  await page.waitForSelector('.agenda [data-item=a1][data-state=open]');
  assert.match(await textOf('[data-act="next-item"]'), /3\. /);
  assert.equal((await textOf('[data-act="item-a2"]')).trim(), 'Открыть снова');
  await press('undo');
  await page.waitForSelector('.agenda [data-item=a2][data-state=open]');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Нускагуль Тажирибеева');
});

test('letters typed into a field press nothing', async () => {
  const listening = asked();
  await page.keyboard.press('KeyF');
  await page.keyboard.type('nice');
  await page.keyboard.press('Escape');
  assert.equal(await page.inputValue('#finder'), '');
  // Whatever a letter had pressed would be asked for before this.
  await press('floor.pause');
  await page.waitForFunction(() => /остановлено/.test(document.querySelector('.floor-clock')?.textContent ?? ''));
  await press('floor.pause');
  await page.waitForFunction(() => !/остановлено/.test(document.querySelector('.floor-clock')?.textContent ?? ''));
  assert.deepEqual(listening.stop(), ['floor.pause', 'floor.resume']);
  assert.equal((await house.state()).floor.person, 'p04');
});

test('the source is changed from the desk, and a wrong one is refused in words', async () => {
  await page.click('[data-open-source]');
  await page.fill('#uri', 'nonsense');
  await page.click('#source [data-yes]');
  await page.waitForSelector('.message[data-kind=refused]');
  await page.click('html:not([data-dialog-closes]) [data-open-source]');
  await page.fill('#uri', 'test:');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.source .uri')?.textContent === 'test:');
});

test('? shows the keys', async () => {
  await page.waitForSelector('html:not([data-dialog-closes])');
  await page.keyboard.press('Shift+Slash');
  await page.waitForSelector('#help[open]');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#help:not([open])', { state: 'attached' });
});

test('the desk is right in every language while the sitting goes on', async () => {
  for (const language of languages) {
    await page.goto(`/desk?lang=${language}`);
    await page.waitForSelector('.rooms .line');
    assert.deepEqual(await violations(page), [], language);
  }
  await page.goto('/desk?lang=ru');
  await page.waitForSelector('.rooms .line');
});

test('without the server the desk is grey, says since when, and presses nothing', async () => {
  await house.session.stop('SIGKILL');
  await page.waitForSelector('.desk[data-lost]');
  assert.match(await textOf('.faults'), /Связь с сервером потеряна в \d\d:\d\d/);
  await page.click('[data-act="floor.end"]', { force: true });
  await page.waitForSelector('.message[data-kind=refused]');
  house.session.start();
  await page.waitForSelector('.desk:not([data-lost])');
  assert.equal((await house.state()).floor.person, 'p04', 'the stale press did nothing');
});

/** Bota Nobaeva, in a library far away. */
let remote, link;
const row = (person, stage) => page.waitForSelector(`.guest[data-person=${person}][data-stage=${stage}]`);

test('a remote person is invited by a link that is shown once', async () => {
  assert.match(await textOf('.guest[data-person=p12]'), /не приглашён/);
  assert.match(await textOf('.guest[data-person=p12]'), /Тасоткельский район/);
  await press('invite-p12');
  await page.waitForSelector('#invitation[open]');
  link = await page.inputValue('#invitation-link');
  assert.match(link, /\/join\/[\w-]{22}$/);
  assert.match(await textOf('#invitation'), /Действует до \d\d\.\d\d\.\d{4} \d\d:\d\d/);
  await page.click('#invitation [data-copy]');
  await page.waitForFunction(() => document.querySelector('.link-said')?.textContent !== '');
  assert.deepEqual(await violations(page), []);
  await page.click('#invitation [data-no]');
  await row('p12', 'invited');
  assert.equal(await page.locator('#invitation-link').count(), 0, 'it is not shown again');
});

test('anybody can be invited by three letters', async () => {
  await page.selectOption('.finder select', 'invite');
  await page.focus('#finder');
  await page.keyboard.type('шабл');
  await page.waitForSelector('#found [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#invitation[open]');
  assert.match(await textOf('#invitation'), /Анна Шаблонова/);
  await page.click('#invitation [data-no]');
  await row('p06', 'invited');
  await press('revoke-p06');
  await row('p06', 'removed');
  // And somebody who is in no list: a district's room.
  await page.focus('#finder');
  await page.keyboard.type('Зал <b>района');
  await page.waitForSelector('#found [role=option]:has-text("нет в списке")');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#invitation[open]');
  assert.match(await textOf('#invitation'), /Зал <b>района/);
  await page.click('#invitation [data-no]');
  await page.waitForSelector('.guest[data-stage=invited] .guest-name:has-text("Зал <b>района")');
  await journalSays(/Добавлен участник|Создано приглашение: Зал/);
  await press('undo');
  await page.waitForSelector('.guest-name:has-text("Зал <b>района")', { state: 'detached' });
  await page.selectOption('.finder select', 'floor');
});

test('who waits is seen, heard and measured, and counted where she looks', async () => {
  remote = await openPage(browser, house, { permissions: ['camera', 'microphone'] });
  await remote.page.goto(`${new URL(link).pathname}?lang=ru`);
  await remote.page.click('[data-act=agree]');
  await remote.page.click('[data-act=join]');
  await row('p12', 'lobby');
  assert.match(await textOf('.waiting'), /ждут: 1/);
  assert.match(await textOf('.side > [role=status]'), /В зале ожидания: Бота Нобаева/);
  await page.waitForSelector('[data-guest-picture=p12]:not([hidden])');
  await page.waitForFunction(() => Number(document.querySelector('[data-guest-level=p12]')?.getAttribute('width')) > 20);
  await page.waitForFunction(() => /связь (хорошая|слабая)/.test(document.querySelector('.guest[data-person=p12] .guest-line')?.textContent ?? ''));
  assert.match(await page.getAttribute('.guest[data-person=p12] .guest-line', 'title'), /кбит\/с/);
  assert.deepEqual(await violations(page), []);
  await fits();
});

test('one press admits, one gives the floor and frames, one mutes', async () => {
  await press('admit-p12');
  await row('p12', 'admitted');
  await page.waitForSelector('.nobody');
  await press('floor-p12');
  await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Бота Нобаева');
  await page.waitForSelector('[data-act=frame-p12][aria-pressed=true]');
  await page.waitForSelector('[data-act=layout-auto][aria-pressed=true]');
  await press('mute-p12');
  await page.waitForFunction(() => /Микрофон выключен/.test(document.querySelector('.floor-label')?.textContent ?? ''));
  await press('mute-p12');
  await page.waitForSelector('.guest[data-person=p12]:not([data-muted])');
});

test('she frames by hand, and lets it go again', async () => {
  for (const layout of ['grid', 'side_by_side', 'hall', 'guest', 'auto']) {
    await press(`layout-${layout}`);
    await page.waitForSelector(`[data-act=layout-${layout}][aria-pressed=true]`);
    assert.equal(await page.locator('.layouts [aria-pressed=true]').count(), 1);
  }
});

test('the list folds to give the agenda its room, and back', async () => {
  await page.click('#guests');
  await page.waitForSelector('#guests-part', { state: 'hidden' });
  assert.deepEqual(await violations(page), []);
  await fits();
  await page.click('#guests');
  await page.waitForSelector('#guests-part');
});

test('removing a person is asked about', async () => {
  await press('remove-p12');
  await page.click('#confirm [data-no]');
  await row('p12', 'admitted');
  await press('remove-p12');
  await page.click('#confirm [data-yes]');
  await row('p12', 'removed');
  await remote.page.waitForFunction(() => window.tyndauGuest.stage() === 'removed');
  assert.deepEqual(remote.wrong, []);
  await remote.context.close();
});

test('closing and ending are asked about, and leave the desk at its end', async () => {
  await press('sitting');
  await page.click('#confirm [data-yes]');
  await page.waitForFunction(() => document.querySelector('[data-act="sitting"]')?.getAttribute('aria-disabled') === 'true');
  await journalSays(/./);
  await press('broadcast');
  await page.click('#confirm [data-yes]');
  await airIs('ended');
  assert.equal((await house.state()).broadcast.state, 'ended');
  assert.deepEqual(await violations(page), []);
});

test('signing out closes the desk', async () => {
  await page.click('html:not([data-dialog-closes]) .who .button:has-text("Выйти")');
  await page.waitForURL('**/desk/login');
  await page.goto('/desk');
  assert.match(page.url(), /\/desk\/login$/);
});

test('nothing was asked of another house, and nothing broke', () => {
  assert.deepEqual(desk.wrong, []);
});
