// A citizen signs up on the meeting's page, waits on a page that goes on by itself, is approved at the desk, comes in by his own
// link, gets the floor, and is a chapter of the recording. Another one is declined. All by what people press, with the real house.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, settled } from '../lib/browser.js';
import { deviceFlags, makeDevices } from '../lib/devices.js';
import { startHouse, tyndau, waitFor } from '../lib/house.js';
import { readVtt } from '../lib/media.js';

const name = 'Айша <i>Сынақова</i>';

let house, folder, citizen, other, secretary, browsers;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tyndau-registrations-'));
  const devices = await makeDevices(folder, { name: 'citizen', colour: 'red', tone: 5200 });
  house = await startHouse();
  await house.holdSitting();
  browsers = await Promise.all([launch(deviceFlags(devices)), launch()]);
  const open = async (browser, options) => (await browser.newContext({ baseURL: house.url, ...options })).newPage();
  citizen = await open(browsers[0], { viewport: { width: 390, height: 844 }, permissions: ['camera', 'microphone'] });
  other = await open(browsers[1], { javaScriptEnabled: false });
  secretary = await open(browsers[1], { viewport: { width: 1366, height: 768 } });
});
after(async () => {
  for (const browser of browsers ?? []) await browser.close();
  await house?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const meetingPath = (language) => `/${language}/meetings/${house.meeting}`;
const token = () => new URL(citizen.url()).pathname.split('/').at(-1);
/** What the token gets him at an address of the API. */
const knock = async (path, body, type) =>
  (await fetch(house.url + path, { method: 'POST', headers: { authorization: `Bearer ${token()}`, 'content-type': type }, body })).status;
const stageIs = (stage) => citizen.waitForFunction((wanted) => window.tyndauGuest?.stage() === wanted, stage, { timeout: 20_000 });
const registrations = async () => (await house.json(`/api/v1/meetings/${house.meeting}/registrations`)).registrations;
const actionOf = async (what, whose) => settled(`${what}-${(await registrations()).find((one) => one.name === whose).registration}`);

test('nobody signs up before the secretary opens it at her desk', async () => {
  await citizen.goto(meetingPath('kk'));
  assert.equal(await citizen.isVisible('.sign-up'), false);
  const refused = await house.fetch(meetingPath('kk'), { method: 'POST', body: new URLSearchParams({ name: 'Ерте' }) });
  assert.equal(refused.status, 409);
  await secretary.goto('/desk?lang=ru');
  await secretary.fill('#name', house.account.name);
  await secretary.fill('#password', house.account.password);
  await secretary.keyboard.press('Enter');
  await secretary.click(settled('sign-up'));
  await citizen.waitForSelector('.sign-up:not([hidden])');
});

test('the citizen signs up and waits; without JavaScript too', async () => {
  await citizen.fill('[name=name]', name);
  await citizen.fill('[name=position]', 'Үлгі ауылы');
  await citizen.selectOption('[name=item]', 'a1');
  await citizen.click('.sign-up button');
  await citizen.waitForURL(/\/join\/[\w-]{22}/);
  assert.match(await citizen.textContent('h1'), /Өтініміңіз жіберілді/);
  await other.goto(meetingPath('ru'));
  await other.fill('[name=name]', 'Пётр Примеров');
  await other.click('.sign-up button');
  await other.waitForURL(/\/join\//);
  assert.match(await other.textContent('h1'), /Заявка отправлена/);
});

test('until then his token opens nothing', async () => {
  assert.equal(await knock(`/api/v1/meetings/${house.meeting}/actions`, '{"action":"guest.arrive"}', 'application/json'), 401);
  for (const path of ['/api/v1/whip', '/api/v1/whep']) assert.equal(await knock(path, 'v=0\r\n', 'application/sdp'), 401, path);
  const closed = await citizen.evaluate(
    (mine) =>
      new Promise((done) => {
        const socket = new WebSocket(`ws://${location.host}/api/v1/guest/live`);
        socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token: mine }));
        socket.onclose = (event) => done(event.code);
      }),
    token(),
  );
  assert.equal(closed, 4001);
});

test('the desk sees both; one is approved and his page goes on by itself, one is declined and is told so', async () => {
  await secretary.waitForFunction(() => /новых: 2/.test(document.querySelector('.signups .waiting')?.textContent ?? ''));
  await secretary.click('#signups');
  assert.deepEqual(await secretary.$$eval('.sign-up .guest-name', (names) => names.map((one) => one.textContent)), [name, 'Пётр Примеров']);
  await secretary.click(await actionOf('decline', 'Пётр Примеров'));
  await secretary.waitForSelector('.sign-up[data-status=declined]');
  await other.click('noscript a');
  await other.waitForSelector('h1:has-text("Заявка отклонена")');
  await secretary.click(await actionOf('approve', name));
  await secretary.waitForSelector('.guest[data-stage=invited] .guest-name');
  await stageIs('notice');
  assert.match(await citizen.textContent('.who'), /Айша <i>Сынақова<\/i>/);
});

test('whoever signed up keeps his own link: revoked by mistake, it is given back, and no other is made', async () => {
  const [{ person, registration }] = await registrations();
  assert.equal(await secretary.locator(`[data-act=invite-${person}]`).count(), 0);
  await secretary.click(settled(`revoke-${person}`));
  const again = `.guest[data-person=${person}] [data-act="approve-${registration}"]`;
  await secretary.waitForSelector(again);
  assert.equal((await secretary.textContent(again)).trim(), 'Одобрить');
  assert.equal(await secretary.locator(`[data-act=invite-${person}]`).count(), 0);
  assert.equal((await fetch(`${house.url}/join/${token()}`)).status, 410);
  await secretary.click(`${again}:not([data-unsettled])`);
  await secretary.waitForSelector(`[data-act=revoke-${person}]`);
  assert.equal((await registrations())[0].person, person, 'he is who he was');
  await citizen.reload();
  await stageIs('notice');
});

test('he comes in, is admitted, gets the floor and is on the air', async () => {
  await citizen.click('[data-act=agree]');
  await stageIs('check');
  await citizen.click('[data-act=join]');
  await stageIs('lobby');
  const [{ person }] = await registrations();
  await secretary.click(settled(`admit-${person}`));
  await stageIs('seat');
  await secretary.click(settled(`floor-${person}`));
  await citizen.waitForSelector('.frame[data-on-air]', { state: 'attached', timeout: 30_000 });
  assert.equal((await house.state()).floor.name.ru, name);
  await secretary.waitForFunction((whose) => document.querySelector('.floor-name')?.textContent === whose, name);
});

test('a restart forgets nobody, and the chain holds', async () => {
  const before = await house.state();
  await house.killSession();
  const after = await house.state();
  assert.equal(after.floor.person, before.floor.person);
  assert.equal(after.floor.name.kk, name);
  const { code, stdout } = await tyndau(['verify', '--data', house.data]);
  assert.equal(code, 0, stdout);
});

test('his turn is a chapter with his name, and nothing is kept of those who were not approved', async () => {
  await house.act('floor.end');
  await house.act('sitting.close');
  await house.act('broadcast.stop');
  const chapters = await waitFor('his chapter', async () => {
    const all = readVtt(await house.text(`/media/${house.meeting}/chapters.vtt?lang=ru`));
    return all.find((one) => /Айша/.test(one.title));
  });
  assert.match(chapters.title, /Сынақова/);
  assert.deepEqual(await registrations(), []);
  await other.goto(other.url());
  assert.match(await other.textContent('h1'), /Ссылка недействительна/);
});
