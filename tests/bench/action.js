// A click -> it is seen on somebody else's screen (the meeting's page in Chromium), by a client that waits for the next view, and
// answered to who clicked. All three count from the click: the screen may have it before the answer has been read.
import { launch } from '../lib/browser.js';
import { startHouse, waitFor } from '../lib/house.js';
import { aimed, quantile } from './report.js';

export async function run({ quick }) {
  const rounds = quick ? 20 : 200;
  const house = await startHouse({ config: { programme: { preset: 'veryfast' } } });
  const browser = await launch();
  try {
    await house.holdSitting();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${house.url}/kk/meetings/${house.meeting}`);
    const people = (await house.json(`/api/v1/meetings/${house.meeting}`)).people ?? [];
    const two = ['p01', 'p08'].map((id) => people.find((p) => p.id === id)?.name?.kk ?? id);
    await page.evaluate(() => {
      const now = document.querySelector('[data-now]');
      window.changes = [];
      // Painted with the next frame: what a second one's beginning follows.
      const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      new MutationObserver(async () => {
        const text = now.textContent;
        await painted();
        window.changes.push({ at: Date.now(), text });
      }).observe(now, {
        childList: true,
        subtree: true,
        characterData: true,
      });
    });

    const screen = [],
      client = [],
      answered = [];
    for (let i = 0; i < rounds; ++i) {
      const { seq } = await house.state();
      const waiting = house.state(seq).then(() => Date.now());
      const before = await page.evaluate(
        () => ((window.changes.length = 0), document.querySelector('[data-now]').textContent),
      );
      const asked = Date.now();
      await house.act('floor.give', { person: ['p01', 'p08'][i % 2] });
      answered.push(Date.now() - asked);
      client.push((await waiting) - asked);
      // The line with the new name; the clock in it changes too, so the name decides where it is known.
      const change = await waitFor(
        'the change on the page',
        () =>
          page.evaluate(
            ([old, name]) => window.changes.find(({ text }) => (name.length > 3 ? text.includes(name) : text !== old)),
            [before, two[i % 2]],
          ),
        { timeout: 5000, interval: 10 },
      );
      screen.push(change.at - asked);
    }
    return [
      aimed('click -> on a second screen, p50', quantile(screen, 0.5), 'ms', { most: 50 }),
      aimed('click -> on a second screen, p99', quantile(screen, 0.99), 'ms', { most: 150 }),
      aimed('click -> a waiting client has the view, p99', quantile(client, 0.99), 'ms'),
      aimed('click -> answered, p99', quantile(answered, 0.99), 'ms', { most: 100 }),
    ];
  } finally {
    await browser.close();
    await house.stop();
  }
}
