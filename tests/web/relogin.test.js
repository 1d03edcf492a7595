// A session that ended under the desk: the press is kept, the password is asked for in place, and the press is done once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccount, startHouse, waitFor } from '../lib/house.js';
import { launch, settled } from '../lib/browser.js';
import { languages, openDesk, violations } from './browser.js';

let house, browser;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
  await house.login();
  await house.act('sitting.open');
  await house.act('item.open', { item: 'a1' });
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const press = (page, name) => page.click(settled(name));
const asked = (page) => page.waitForSelector('#relogin[open]');
/** What the browser does when the cookie's time is over. */
const loseCookie = (context) => context.clearCookies();

describe('a press that meets a session that has ended', () => {
  for (const language of languages) {
    test(`asks in place, by keyboard, in ${language}`, async () => {
      const { context, page, wrong } = await openDesk(browser, house, language);
      await loseCookie(context);
      await press(page, 'next-speaker');
      await asked(page);
      assert.match(page.url(), /\/desk\?/, 'the desk is where it was');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'relogin-password');
      assert.equal(await page.inputValue('#relogin-name'), house.account.name);
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await page.waitForSelector('#relogin:not([open])', { state: 'attached' });
      await page.waitForSelector('.message[data-kind=refused]');
      assert.equal((await house.state()).floor.person, null, 'what was given up is not done');
      assert.equal(await page.locator('[aria-busy]').count(), 0, 'and waits for nothing');
      assert.deepEqual(wrong, []);
      await context.close();
    });
  }

  test('is done once after the password, over a desk that goes on meanwhile', async () => {
    const { context, page, wrong } = await openDesk(browser, house);
    await loseCookie(context);
    /** @type {string[]} */
    const keys = [];
    page.on('request', (request) => request.url().endsWith('/actions') && keys.push(request.headers()['idempotency-key']));
    await press(page, 'next-speaker');
    await asked(page);
    // Somebody else's action is seen behind the question.
    await house.act('hand.raise', { person: 'p04' });
    await page.waitForSelector('.queue [data-person=p04]', { state: 'attached' });
    await page.fill('#relogin-password', 'not-this-one');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /Неверное имя/.test(document.querySelector('#relogin [role=alert]')?.textContent ?? ''));
    assert.equal((await house.state()).floor.person, null);
    await page.fill('#relogin-password', house.account.password);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.floor-name')?.textContent === 'Мысалбек Сынаков');
    await page.waitForSelector('#relogin:not([open])', { state: 'attached' });
    assert.equal(new Set(keys).size, 1, 'one press, one key');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-act')), 'next-speaker', 'the focus is back');
    // The next press needs no question.
    await press(page, 'floor.end');
    await page.waitForSelector('.floor[data-look=none]');
    assert.equal((await house.state()).chapters.filter(({ kind }) => kind === 'turn').length, 1);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test('a session that somebody opened anew in another window is taken without a question', async () => {
    const { context, page } = await openDesk(browser, house);
    const cookies = async () => {
      await house.login();
      const [name, value] = house.cookie.split('=');
      await context.addCookies([{ name, value, url: house.url, sameSite: 'Strict' }]);
    };
    await cookies();
    await press(page, 'item-a1');
    await page.waitForSelector('.agenda [data-item=a1][data-state=closed]');
    assert.equal(await page.locator('#relogin[open]').count(), 0);
    await context.close();
  });

  test('a session that ended at the server, too: the desk connects again after the password', async () => {
    const { context, page } = await openDesk(browser, house);
    await page.waitForSelector(settled('item-a2'));
    // A new password ends all sessions of the account; the press comes before the desk has heard of it.
    await addAccount(house.data, house.account.name, house.account.password);
    await page.evaluate(() => document.querySelector('[data-act="item-a2"]').click());
    await asked(page);
    await page.waitForSelector('.desk[data-lost]', { timeout: 20_000 });
    await page.fill('#relogin-password', house.account.password);
    await page.click('#relogin [data-yes]');
    await page.waitForSelector('.desk:not([data-lost]) .agenda [data-item=a2][data-state=open]', { timeout: 20_000 });
    await house.login();
    await waitFor('the item is open', async () => (await house.state()).item.id === 'a2');
    await context.close();
  });
});

test('the desk renews its cookie as it is used', async () => {
  const { context, page } = await openDesk(browser, house);
  const expires = async () => (await context.cookies()).find(({ name }) => name.includes('tyndau'))?.expires ?? 0;
  const before = await expires();
  await page.waitForFunction((since) => Date.now() / 1000 + 12 * 3600 - since > 1, before); // cookies are kept to the second
  await press(page, 'recess');
  await page.click('#confirm [data-yes]');
  await page.waitForSelector('.desk [data-act=recess].button-main');
  assert.ok((await expires()) > before, 'it lasts from the last press on');
  await context.close();
});
