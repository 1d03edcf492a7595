// Players that nobody here wrote, and what a test asks them: ffprobe, ffmpeg, GStreamer's HLS client, a playlist parser.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import m3u8 from 'm3u8-parser';

const run = promisify(execFile);

/** ffprobe's answer as JSON. */
export async function ffprobe(url, ...args) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', ...args, url], {
    maxBuffer: 1 << 28,
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

/**
 * Decodes with ffmpeg and gives what it complained of, one line each; none when all is well.
 * @param {string} url
 * @param {{input?: string[], seconds?: number, level?: string}} [options] input: options before -i
 */
export async function decode(url, { input = [], seconds, level = 'warning' } = {}) {
  const length = seconds ? ['-t', String(seconds)] : [];
  const args = ['-nostdin', '-v', level, '-xerror', ...input, '-i', url, ...length, '-f', 'null', '-'];
  try {
    const { stderr } = await run('ffmpeg', args, { maxBuffer: 1 << 26, timeout: 120_000 });
    return stderr.split('\n').filter(Boolean);
  } catch (error) {
    return [String(error.stderr || error.message)];
  }
}

/** A playlist as m3u8-parser (video.js's) reads it. Throws on what it warns of. */
export function parsePlaylist(text) {
  const parser = new m3u8.Parser();
  const warnings = [];
  parser.on('warn', ({ message }) => warnings.push(message));
  parser.push(text);
  parser.end();
  if (warnings.length > 0) throw new Error(`the playlist parser warns: ${warnings.join('; ')}`);
  return parser.manifest;
}

/** Lines `#TAG:...` of a playlist, without the tag. */
export const tags = (playlist, tag) =>
  playlist
    .split('\n')
    .filter((line) => line.startsWith(`#${tag}:`))
    .map((line) => line.slice(tag.length + 2));

/**
 * Plays with GStreamer's own HLS client until `pictures` and `sounds` buffers have been decoded.
 * @returns {Promise<{picture: number[], sound: number[]}>} time stamps in seconds
 */
export function playWithGStreamer(url, { pictures = 50, sounds = 25, timeout = 30_000 } = {}) {
  const sink = (name) => `fakesink name=${name} silent=false sync=false`;
  const branch = (kind, name, count) => (count > 0 ? `d. ! ${kind}/x-raw ! queue ! ${sink(name)}` : '');
  const graph = `uridecodebin3 uri=${url} name=d ${branch('video', 'picture', pictures)} ${branch('audio', 'sound', sounds)}`;
  const child = spawn('gst-launch-1.0', ['-v', ...graph.split(/ +/).filter(Boolean)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { picture: [], sound: [] };
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () =>
        finish(
          new Error(
            `GStreamer played ${JSON.stringify({
              pictures: seen.picture.length,
              sounds: seen.sound.length,
            })} in ${timeout} ms\n${complaint}`,
          ),
        ),
      timeout,
    );
    const finish = (error) => {
      clearTimeout(late);
      child.kill('SIGKILL');
      if (error) reject(error);
      else resolve(seen);
    };
    child.on('exit', () => finish(new Error(`gst-launch ended\n${complaint}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /GstFakeSink:(picture|sound): last-message = chain .*pts: (\d+):(\d+):([\d.]+)/.exec(line);
      if (!match) return;
      seen[match[1]].push(Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]));
      if (seen.picture.length >= pictures && seen.sound.length >= sounds) finish();
    });
  });
}

/**
 * The parts and segments that a media playlist lists, in order, with wall times.
 * @returns {{segments: {uri: string, map: string, start: number, seconds: number}[],
 *            parts: {uri: string, msn: number, part: number, start: number, seconds: number, independent: boolean}[],
 *            end: number, ended: boolean, discontinuities: number}} times in milliseconds since 1970
 */
export function readTimeline(playlist) {
  const segments = [];
  const parts = [];
  let msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1] ?? 0);
  msn += Number(/#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/.exec(playlist)?.[1] ?? 0);
  let start = NaN;
  let partStart = NaN;
  let part = 0;
  let seconds = 0;
  let end = NaN;
  let map = '';
  for (const line of playlist.split('\n')) {
    const date = /^#EXT-X-PROGRAM-DATE-TIME:(.*)$/.exec(line);
    if (date) {
      start = partStart = Date.parse(date[1]);
      part = 0;
    }
    const listed = /^#EXT-X-PART:DURATION=([\d.]+),URI="([^"]+)"(.*)$/.exec(line);
    if (listed) {
      parts.push({
        uri: listed[2],
        msn,
        part: part++,
        start: partStart,
        seconds: Number(listed[1]),
        independent: listed[3].includes('INDEPENDENT=YES'),
      });
      partStart += Number(listed[1]) * 1000;
      end = partStart;
    }
    map = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? map;
    const length = /^#EXTINF:([\d.]+)/.exec(line);
    if (length) seconds = Number(length[1]);
    if (line && !line.startsWith('#')) {
      segments.push({ uri: line, map, start, seconds });
      start += seconds * 1000;
      partStart = end = start;
      part = 0;
      msn += 1;
    }
  }
  return {
    segments,
    parts,
    end,
    ended: playlist.includes('#EXT-X-ENDLIST'),
    discontinuities: (playlist.match(/^#EXT-X-DISCONTINUITY$/gm) ?? []).length,
  };
}

/** The chapters of a WebVTT file: {start, end, title}, seconds. */
export function readVtt(text) {
  const seconds = (stamp) => stamp.split(':').reduce((sum, piece) => sum * 60 + Number(piece), 0);
  return [...text.matchAll(/^(?:(\S+)\n)?([\d:.]+) --> ([\d:.]+)[^\n]*\n([^\n]*)/gm)].map(
    ([, id, start, end, title]) => ({
      id,
      start: seconds(start),
      end: seconds(end),
      title,
    }),
  );
}
