// The first flow: camera -> programme -> encoder -> packager -> files => playlist -> HTTP -> players that nobody here wrote.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { startHouse, waitFor } from '../lib/house.js';
import { decode, ffprobe, parsePlaylist, playWithGStreamer, readTimeline, tags } from '../lib/media.js';

/** @type {import('../lib/house.js').House} */
let house;
before(async () => {
  house = await startHouse();
  await house.goLive();
});
after(() => house?.stop());

const media = (name) => house.text(`/media/${house.meeting}/${name}`);
const timeline = async (track, view = 'live') => readTimeline(await media(`${track}/${view}.m3u8`));

/** Waits until the sound has grown to this many seconds. */
const grown = (seconds) =>
  waitFor(
    `${seconds} s of recording`,
    async () => {
      const { segments } = await timeline('floor', 'start');
      return segments.reduce((sum, segment) => sum + segment.seconds, 0) >= seconds;
    },
    { timeout: 60_000 },
  );

test('the multivariant playlist names each picture and the sound alone', async () => {
  const manifest = parsePlaylist(await media('index.m3u8'));
  assert.deepEqual(
    manifest.playlists.map((p) => p.attributes.RESOLUTION?.height),
    [720, 360, 240, undefined],
  );
  for (const playlist of manifest.playlists) assert.match(playlist.attributes.CODECS, /mp4a\.40\.2/);
  assert.equal(Object.keys(manifest.mediaGroups.AUDIO).length, 1);
});

test('a media playlist is low-latency HLS as a parser from elsewhere understands it', async () => {
  await grown(4);
  const manifest = parsePlaylist(await media('720p/live.m3u8'));
  assert.equal(manifest.endList, undefined);
  assert.equal(manifest.partTargetDuration ?? manifest.partInf?.partTarget, 0.16);
  assert.equal(manifest.serverControl.canBlockReload, true);
  assert.ok(manifest.serverControl.partHoldBack >= 3 * 0.16);
  assert.ok(manifest.serverControl.canSkipUntil >= 6 * manifest.targetDuration);
  assert.ok(manifest.segments.at(-1).parts.length > 0);
  assert.ok(manifest.preloadSegment?.preloadHints ?? manifest.segments.at(-1).preloadHints);
  assert.ok(manifest.renditionReports.length >= 2);
});

test('pictures and sound lie on one grid of 160 ms, and keyframes stand together in all renditions', async () => {
  await grown(6);
  const tracks = await Promise.all(['720p', '360p', 'floor'].map((track) => timeline(track)));
  for (const { parts } of tracks)
    for (const part of parts) assert.equal(Math.round(part.seconds * 1e5), 16000, part.uri);
  const [high, low, sound] = tracks.map(({ parts }) => new Map(parts.map((p) => [`${p.msn}.${p.part}`, p])));
  let compared = 0;
  for (const [name, part] of high) {
    if (!low.has(name) || !sound.has(name)) continue;
    compared += 1;
    assert.equal(part.start, low.get(name).start, name);
    assert.equal(part.start, sound.get(name).start, name);
    assert.equal(part.independent, low.get(name).independent, name);
    assert.equal(part.independent, part.part === 0, name);
  }
  assert.ok(compared >= 12, `${compared} parts compared`);
});

test('a blocked playlist answers when its part is there, and the part is not of the future', async (t) => {
  const { parts } = await timeline('720p');
  let { msn, part } = parts.at(-1);
  const ages = [];
  for (let i = 0; i < 15; ++i) {
    if (++part === 12) [msn, part] = [msn + 1, 0];
    const answer = readTimeline(await media(`720p/live.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`));
    const wanted = answer.parts.find((p) => p.msn === msn && p.part === part);
    assert.ok(wanted, `part ${msn}.${part} is in the answer`);
    ages.push(Date.now() - (wanted.start + wanted.seconds * 1000));
    const bytes = await house.fetch(`/media/${house.meeting}/720p/${wanted.uri}`);
    assert.equal(bytes.status, 200);
    assert.ok((await bytes.arrayBuffer()).byteLength > 0);
  }
  ages.sort((a, b) => a - b);
  t.diagnostic(`median age of a part when it is told of: ${ages[7]} ms`);
  assert.ok(ages[0] > -160, `no part is told of before it has happened: ${ages[0]} ms`);
});

test('a request far ahead of the live edge is refused', async () => {
  const { parts } = await timeline('720p');
  const response = await house.fetch(`/media/${house.meeting}/720p/live.m3u8?_HLS_msn=${parts.at(-1).msn + 5}`);
  assert.equal(response.status, 400);
});

test('a delta update leaves out what is old', async () => {
  await grown(20);
  const whole = await media('720p/start.m3u8');
  const delta = await media('720p/start.m3u8?_HLS_skip=YES');
  const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta)?.[1]);
  assert.ok(skipped >= 1, 'segments were skipped');
  assert.ok(readTimeline(delta).segments.length < readTimeline(whole).segments.length);
});

test('the wall time in the playlist is the wall time', async (t) => {
  const now = Date.now();
  // A clock that is behind never comes to this moment while it is waited for, and one that is ahead tells of what has not been.
  const end = await waitFor('the live edge to come to this moment', async () => {
    const { end: edge } = await timeline('floor');
    return edge > now && edge;
  });
  const age = Date.now() - end;
  t.diagnostic(`the live edge is ${age} ms old`);
  assert.ok(age > -160, `the live edge is ${-age} ms in the future`);
});

test('playlists are compressed, readable from other sites, and not kept by caches longer than they are true', async () => {
  const path = `/media/${house.meeting}/720p/live.m3u8`;
  // fetch() hides the encoding, so plain http.
  const { headers, body } = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: house.port, path, headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const chunks = [];
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
  assert.equal(headers['content-encoding'], 'gzip');
  assert.match(gunzipSync(body).toString(), /^#EXTM3U/);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.match(headers['content-type'], /application\/vnd\.apple\.mpegurl/);
  assert.match(headers['cache-control'] ?? '', /max-age=[0-3]\b|no-cache|no-store/);

  const { segments } = await timeline('720p');
  const segment = await house.fetch(`/media/${house.meeting}/720p/${segments[0].uri}`);
  assert.match(segment.headers.get('cache-control') ?? '', /max-age=\d{5,}/);
  assert.equal(segment.headers.get('access-control-allow-origin'), '*');
  await segment.arrayBuffer();
});

test('a segment is its parts, byte by byte', async () => {
  await grown(6);
  const { segments, parts } = await timeline('720p');
  const msn = parts.find((p) => p.part === 0 && parts.some((q) => q.msn === p.msn && q.part === 11))?.msn;
  assert.ok(msn !== undefined, 'a whole segment is listed with its parts');
  const pieces = parts.filter((p) => p.msn === msn).map((p) => p.uri);
  const uri = segments.find((s) => Number(s.uri.split('.')[0]) === msn)?.uri;
  const bytes = async (name) =>
    Buffer.from(await (await house.fetch(`/media/${house.meeting}/720p/${name}`)).arrayBuffer());
  const joined = Buffer.concat(await Promise.all(pieces.map(bytes)));
  assert.ok(joined.equals(await bytes(uri)));
});

test('ffprobe and ffmpeg play the live stream', async () => {
  const { streams } = await ffprobe(house.mediaUrl('index.m3u8'), '-show_streams');
  assert.ok(streams.some((s) => s.codec_name === 'h264' && s.height === 720));
  assert.ok(streams.some((s) => s.codec_name === 'aac' && s.sample_rate === '32000'));
  assert.deepEqual(
    await decode(house.mediaUrl('720p/live.m3u8'), { input: ['-live_start_index', '-2'], seconds: 4, level: 'error' }),
    [],
  );
});

test("GStreamer's HLS client plays pictures and sound together", async () => {
  const { picture, sound } = await playWithGStreamer(house.mediaUrl('index.m3u8'));
  assert.ok(picture.at(-1) > picture[0] + 1);
  assert.ok(sound.at(-1) > sound[0] + 0.5);
});

test("GStreamer's HLS client gets every picture of a rendition, 40 ms apart", async () => {
  const { picture } = await playWithGStreamer(house.mediaUrl('720p/live.m3u8'), { pictures: 100, sounds: 0 });
  for (let i = 1; i < picture.length; ++i) {
    const step = picture[i] - picture[i - 1];
    assert.ok(Math.abs(step - 0.04) < 0.002, `picture ${i}: ${picture[i - 1]} -> ${picture[i]}`);
  }
});

test('sound alone is sound alone', async () => {
  const { streams } = await ffprobe(house.mediaUrl('floor/live.m3u8'), '-show_streams');
  assert.deepEqual(
    streams.map((s) => s.codec_type),
    ['audio'],
  );
});

test('"from the start" lists everything from the first frame', async () => {
  const { segments } = await timeline('720p', 'start');
  const first = await house.fetch(`/media/${house.meeting}/720p/${segments[0].uri}`);
  assert.equal(first.status, 200);
  for (let i = 1; i < segments.length; ++i) {
    assert.ok(
      Math.abs(segments[i].start - segments[i - 1].start - segments[i - 1].seconds * 1000) < 2,
      segments[i].uri,
    );
  }
});

test('the moment the broadcast stops, the same address is the finished recording', async () => {
  const before = await timeline('floor');
  await house.act('broadcast.stop');
  const { playlists } = await waitFor(
    'ENDLIST everywhere',
    async () => {
      const all = await house.playlists();
      const texts = await Promise.all(all.playlists.map((path) => house.text(path)));
      return texts.every((text) => text.includes('#EXT-X-ENDLIST')) && all;
    },
  );
  for (const path of playlists) {
    const text = await house.text(path);
    assert.deepEqual(tags(text, 'EXT-X-PLAYLIST-TYPE'), ['VOD'], path);
    assert.equal(parsePlaylist(text).endList, true, path);
  }
  const finished = await timeline('floor');
  assert.ok(finished.end >= before.end, 'nothing that was told of is lost');
  assert.deepEqual(await decode(house.mediaUrl('index.m3u8')), []);
});

test('the film is one MP4 that can be fetched in pieces', async () => {
  const path = `/media/${house.meeting}/recording.mp4`;
  const head = await waitFor('the film', async () => {
    const response = await house.fetch(path, { method: 'HEAD' });
    return response.status === 200 && response;
  });
  const size = Number(head.headers.get('content-length'));
  assert.ok(size > 100_000);
  assert.equal(head.headers.get('accept-ranges'), 'bytes');
  assert.match(head.headers.get('content-type'), /video\/mp4/);

  const whole = Buffer.from(await (await house.fetch(path)).arrayBuffer());
  assert.equal(whole.length, size);
  for (const [range, from, to] of [
    ['bytes=0-99', 0, 99],
    ['bytes=1000-70000', 1000, 70000],
    ['bytes=-500', size - 500, size - 1],
    [`bytes=${size - 10}-`, size - 10, size - 1],
  ]) {
    const response = await house.fetch(path, { headers: { range: String(range) } });
    assert.equal(response.status, 206, String(range));
    assert.equal(response.headers.get('content-range'), `bytes ${from}-${to}/${size}`);
    assert.ok(
      Buffer.from(await response.arrayBuffer()).equals(whole.subarray(Number(from), Number(to) + 1)),
      String(range),
    );
  }
  const beyond = await house.fetch(path, { headers: { range: `bytes=${size}-` } });
  assert.equal(beyond.status, 416);

  const { format, streams } = await ffprobe(house.mediaUrl('recording.mp4'), '-show_format', '-show_streams');
  const { segments } = await timeline('floor');
  const listed = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  assert.ok(
    Math.abs(Number(format.duration) - listed) < 0.2,
    `${format.duration} s in the film, ${listed} s in the playlist`,
  );
  assert.deepEqual(
    streams
      .map((s) => s.codec_name)
      .sort()
      .filter((c) => ['aac', 'h264'].includes(c)),
    ['aac', 'h264'],
  );
  assert.deepEqual(await decode(house.mediaUrl('recording.mp4')), []);
});
