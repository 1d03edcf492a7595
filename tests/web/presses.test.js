// A press acts on what was on the screen, and on nothing else: a hand that presses twice, a button that has just come to mean something
// else, a dialog that closes over another button, a desk that is an event behind.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, settled } from '../lib/browser.js';
import { startHouse, waitFor } from '../lib/house.js';
import { openPage } from './browser.js';

let house, browser, desk, page;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  desk = await openPage(browser, house);
  page = desk.page;
  await signIn(page);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function signIn(at) {
  await at.goto('/desk/login?lang=ru');
  await at.fill('#name', house.account.name);
  await at.fill('#password', house.account.password);
  await at.keyboard.press('Enter');
  await at.waitForSelector('.rooms');
}

const events = async () => (await house.state()).seq;

/** Presses twice as a hand does, the second time `delay` ms after the first, wherever the button has gone. */
async function pressTwice(selector, delay) {
  const box = await page.locator(selector).boundingBox();
  const at = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...at);
  for (const clickCount of [1, 2]) {
    await page.mouse.down({ clickCount });
    await page.mouse.up({ clickCount });
    if (clickCount === 1) await new Promise((wake) => setTimeout(wake, delay));
  }
}

/** The same, but counted by the browser as two presses of their own: a little further away, or a little later. */
async function pressAgain(selector, delay) {
  const box = await page.locator(selector).boundingBox();
  for (const at of [box.x + box.width / 2 - 20, box.x + box.width / 2 + 20]) {
    await page.mouse.click(at, box.y + box.height / 2);
    await new Promise((wake) => setTimeout(wake, delay));
  }
}

test('"yes" of going live presses nothing beneath it', async () => {
  await house.act('sitting.open');
  await house.act('item.open', { item: 'a1' });
  for (const delay of [60, 200]) {
    await page.click(settled('broadcast'));
    await page.waitForSelector('#confirm[open]');
    await pressTwice('#confirm [data-yes]', delay);
    const expected = delay === 60 ? 'live' : 'ended';
    await waitFor(expected, async () => (await house.state()).broadcast.state === expected);
    await page.waitForSelector('html:not([data-dialog-closes])');
    const { floor, meeting } = await house.state();
    assert.deepEqual([floor.person, meeting.state], [null, 'in_session'], `${delay} ms`);
  }
});

for (const [how, twice] of Object.entries({ 'a double click': pressTwice, 'two presses': pressAgain })) {
  for (const delay of [60, 200]) {
    test(`${how} of ${delay} ms give one person the floor, and end one turn`, async () => {
      if ((await house.state()).floor.person) await house.act('floor.end');
      for (const person of ['p02', 'p03', 'p04']) await house.tryAct('hand.raise', { person });
      await page.waitForSelector('.floor[data-look=none]');
      await page.waitForSelector(settled('next-speaker'));
      const before = await events();
      await twice(settled('next-speaker'), delay);
      await waitFor('one has the floor', async () => (await house.state()).floor.person !== null);
      await page.waitForSelector(settled('floor.end'));
      assert.equal(await events(), before + 1);

      await twice(settled('floor.extend'), delay);
      await waitFor('extended', async () => (await events()) > before + 1);
      await page.waitForSelector(settled('floor.end'));
      await twice(settled('floor.end'), delay);
      await waitFor('ended', async () => (await house.state()).floor.person === null);
      await page.waitForSelector(settled('undo'));
      assert.equal((await house.state()).queue.length > 0, true);
      const { seq } = await house.state();
      assert.ok(seq <= before + (how === 'a double click' ? 3 : 4), `${seq - before} events`);
    });

    test(`${how} of ${delay} ms open an item, and do not close it`, async () => {
      const item = { 'a double click60': 'a2', 'a double click200': 'a3', 'two presses60': 'a4', 'two presses200': 'a5' }[how + delay];
      await twice(settled(`item-${item}`), delay);
      await page.waitForSelector(`.agenda [data-item=${item}][data-state=open]`);
      await page.waitForSelector(settled(`item-${item}`));
      assert.equal((await house.state()).item.id, item);
    });
  }
}

test('a key that is held down presses a button once', async () => {
  await house.act('floor.give', { person: 'p05' });
  await page.waitForSelector(settled('floor.extend'));
  const before = await events();
  await page.focus(settled('floor.extend'));
  for (let i = 0; i < 5; i += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await waitFor('extended', async () => (await events()) > before);
  await page.waitForSelector(settled('undo'));
  assert.equal(await events(), before + 1);
});

test('a desk that is an event behind ends, extends, gives and undoes nothing of somebody else', async () => {
  const other = await openPage(browser, house);
  // Between this desk and the house: what the house says can be held back.
  let holds = false;
  await other.page.routeWebSocket(/\/live/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => holds || socket.send(message));
  });
  await signIn(other.page);
  await house.act('floor.give', { person: 'p02' });
  await other.page.waitForFunction(() => document.querySelector('[data-act="floor.end"]')?.getAttribute('aria-disabled') !== 'true');
  await other.page.waitForSelector(settled('floor.end'));
  holds = true;
  await house.act('floor.give', { person: 'p03' });
  await house.act('hand.raise', { person: 'p04' });
  const before = await house.state();
  for (const [name, words] of [
    ['floor.end', /уже у другого/],
    ['floor.extend', /уже у другого/],
    ['floor.pause', /уже у другого/],
    ['next-speaker', /уже у другого/],
    ['undo', /другое действие/],
  ]) {
    await other.page.click(settled(name));
    await other.page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.message[data-kind=refused]')?.textContent ?? ''), words.source);
    const { seq, floor } = await house.state();
    assert.deepEqual([seq, floor.person, floor.limit_s], [before.seq, 'p03', before.floor.limit_s], name);
  }
  await other.context.close();
});
