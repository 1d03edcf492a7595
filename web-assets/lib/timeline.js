// Wall time and the recording's own time, by the playlist that lists it from the start. Pure.

/**
 * Seconds from the start of the recording at which a moment was recorded: within a break between two runs, the next run's start;
 * after the last whole segment, its end; before the first, 0.
 * @param {string} playlist start.m3u8 of any track @param {number} wall ms
 * @returns {number|null} null when the playlist tells no times
 */
export function secondsAt(playlist, wall) {
  let at = NaN, passed = 0, known = false;
  for (const line of playlist.split("\n")) {
    const date = /^#EXT-X-PROGRAM-DATE-TIME:(.+)$/.exec(line);
    if (date) at = Date.parse(date[1]);
    const segment = /^#EXTINF:([\d.]+)/.exec(line);
    if (!segment || !Number.isFinite(at)) continue;
    known = true;
    const seconds = Number(segment[1]);
    if (wall < at + seconds * 1000) return passed + Math.max(0, (wall - at) / 1000);
    passed += seconds;
    at += seconds * 1000;
  }
  return known ? passed : null;
}

/** @param {string} media "/media/{id}" @param {number} wall ms @returns {Promise<number|null>} null when it cannot be known now */
export async function recordedAt(media, wall) {
  try {
    const response = await fetch(`${media}/floor/start.m3u8`, { cache: "no-store" });
    return response.ok ? secondsAt(await response.text(), wall) : null;
  } catch {
    return null; // the line broke: the player stays where it is and says so
  }
}
