// Process start -> ready, and broadcast.start -> first part that can be fetched.
import { startHouse, waitFor } from '../lib/house.js';
import { aimed, quantile } from './report.js';

/** Milliseconds until `path` is answered 200. */
async function until(house, path, began = performance.now()) {
  await waitFor(path, async () => (await fetch(house.url + path)).status === 200, { interval: 2, timeout: 20_000 });
  return performance.now() - began;
}

export async function run({ quick }) {
  const rounds = quick ? 3 : 10;
  const both = [],
    session = [],
    parts = [];
  for (let i = 0; i < rounds; ++i) {
    const house = await startHouse({ start: false, config: { programme: { preset: 'veryfast' } } });
    try {
      let began = performance.now();
      house.media.start();
      house.session.start();
      both.push(await until(house, '/readyz', began));
      await house.session.stop();
      began = performance.now();
      house.session.start();
      session.push(await until(house, '/readyz', began));

      const list = await house.json('/api/v1/meetings');
      house.meeting = (list.meetings ?? list)[0].id;
      await house.login();
      began = performance.now();
      await house.act('broadcast.start');
      await waitFor(
        'the first part of every track',
        async () => {
          const { playlists } = await house.playlists();
          for (const path of playlists) {
            const part = /#EXT-X-PART:[^\n]*URI="([^"]+)"/.exec(await house.text(path))?.[1];
            if (!part) return false;
            const answer = await house.fetch(new URL(part, house.url + path).pathname);
            if (answer.status !== 200 || (await answer.arrayBuffer()).byteLength === 0) return false;
          }
          return playlists.length >= 3;
        },
        { interval: 2 },
      );
      parts.push(performance.now() - began);
    } finally {
      await house.stop();
    }
  }
  return [
    aimed('both processes: start -> ready, worst', Math.max(...both) / 1000, 's', { most: 0.5 }),
    aimed('session beside a running media: start -> ready, median', quantile(session, 0.5) / 1000, 's', { most: 0.5 }),
    aimed('broadcast.start -> first part of every track, worst', Math.max(...parts) / 1000, 's', { most: 1.5 }),
  ];
}
