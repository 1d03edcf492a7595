// The record is corrected before the sitting is opened: what is open follows.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../lib/browser.js';
import { sampleHearing, startHouse, tyndau } from '../lib/house.js';
import { openPage } from './browser.js';

let house, browser;
before(async () => {
  [house, browser] = await Promise.all([startHouse(), launch()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Imports the sample with another title for its second item. */
async function correct(title) {
  const hearing = JSON.parse(readFileSync(sampleHearing, 'utf8'));
  hearing.agenda[1].title = { kk: title, ru: title };
  const file = join(house.data, 'corrected.json');
  writeFileSync(file, JSON.stringify(hearing));
  return tyndau(['import', '--data', house.data, file]);
}

test('a page that is open shows the corrected agenda; a form that is being filled in is left alone', async () => {
  const path = `/ru/meetings/${house.meeting}`;
  const reader = await openPage(browser, house);
  await reader.page.goto(path);
  await house.act('registration.open');
  const writer = await openPage(browser, house);
  await writer.page.goto(path);
  await writer.page.fill('[name=name]', 'Айша');
  const desk = await openPage(browser, house);
  await desk.page.goto('/desk/login?lang=ru');
  await desk.page.fill('#name', house.account.name);
  await desk.page.fill('#password', house.account.password);
  await desk.page.keyboard.press('Enter');
  await desk.page.waitForSelector('.rooms');

  const { code, stderr } = await correct('Уточнённый вопрос');
  assert.equal(code, 0, stderr);
  for (const { page } of [reader, desk]) await page.waitForSelector('text=Уточнённый вопрос');
  assert.equal(await writer.page.inputValue('[name=name]'), 'Айша');
  await writer.page.fill('[name=name]', '');
  await house.act('registration.close');
  await writer.page.waitForSelector('text=Уточнённый вопрос');
  for (const { wrong } of [reader, writer, desk]) assert.deepEqual(wrong, []);

  await house.act('sitting.open');
  const refused = await correct('Ещё раз');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /has begun/);
});
