// Who is to blame when the live picture stands: this device's line, the house, or nobody who answers. hls.js cannot tell: a
// playlist that is held back looks the same whether the house sends nothing or the line carries nothing. So a small question is asked that
// is answered at once.

import { within } from "./within.js";

/** `fresh`: the house goes on, so it is the line. `stale`: it answers and sends nothing new. `silent`: nothing answers. @typedef {"fresh"|"stale"|"silent"} Verdict */

const kAskEveryMs = 2000, kAskSoonMs = 500, kAnswerWithinMs = 3000;
const kBelievedMs = 6000;
const kStaleMs = 1000; // a house that goes on lists a part every 160 ms

/**
 * The wall time (ms) at which the newest part of a playlist ends; null when it tells none.
 * @param {string} playlist
 */
export function newestMoment(playlist) {
  let at = NaN, parts = 0;
  for (const line of playlist.split("\n")) {
    const date = /^#EXT-X-PROGRAM-DATE-TIME:(.+)$/.exec(line);
    const part = /^#EXT-X-PART:DURATION=([\d.]+)/.exec(line);
    const segment = /^#EXTINF:([\d.]+)/.exec(line);
    if (date) {
      at = Date.parse(date[1]);
      parts = 0;
    } else if (part) parts += Number(part[1]) * 1000;
    else if (segment) {
      at += Number(segment[1]) * 1000;
      parts = 0;
    }
  }
  return Number.isFinite(at + parts) ? at + parts : null;
}

export class Witness {
  /** @type {Verdict|null} */
  #verdict = null;
  #saidAt = -Infinity;
  #askedAt = -Infinity;
  #asking = false;
  /**
   * The newest moment that the house has told since the picture stands, and when it was first told (performance.now()). Only what
   * changes between two answers says that the house goes on: one that has just died was fresh a moment ago, and an answer may have
   * been on its way for seconds. @type {{moment: number, at: number}|null}
   */
  #told = null;
  /** How often a picture has moved again: an answer to an earlier question says nothing of this one. */
  #stood = 0;

  /** @param {string} media "/media/{id}" */
  constructor(media) {
    this.playlist = `${media}/floor/live.m3u8`;
    this.state = `/api/v1/meetings/${media.split("/").pop()}/state`;
  }

  /** Asked while the picture stands. @param {number} now performance.now() @returns {Verdict|null} null: not known yet */
  verdict(now) {
    if (!this.#asking && now - this.#askedAt > (this.#verdict === null ? kAskSoonMs : kAskEveryMs)) this.#ask(now);
    return now - this.#saidAt < kBelievedMs ? this.#verdict : null;
  }

  /** The picture moves again. */
  forget() {
    this.#saidAt = -Infinity;
    this.#verdict = this.#told = null;
    ++this.#stood;
  }

  /** @param {number} now */
  async #ask(now) {
    this.#asking = true;
    this.#askedAt = now;
    const stood = this.#stood;
    const verdict = await this.#answer();
    this.#asking = false;
    if (stood !== this.#stood) return; // asked of a picture that moved meanwhile
    this.#verdict = verdict;
    this.#saidAt = performance.now();
  }

  /** @returns {Promise<Verdict|null>} null: too early to tell */
  async #answer() {
    const playlist = await answered(this.playlist);
    if (playlist !== null) {
      const now = performance.now();
      const moment = newestMoment(playlist);
      const before = this.#told;
      if (before && moment === before.moment) return now - before.at < kStaleMs ? null : "stale";
      this.#told = moment === null ? null : { moment, at: now };
      return before || moment === null ? "fresh" : null;
    }
    // No playlist: whether the house is there at all, its other half says.
    return (await answered(this.state)) !== null ? "stale" : "silent";
  }
}

/** The body of a good answer; null without one. @param {string} url @returns {Promise<string|null>} */
async function answered(url) {
  try {
    return await within(kAnswerWithinMs, async (signal) => {
      const response = await fetch(url, { cache: "no-store", signal });
      return response.ok ? await response.text() : null;
    });
  } catch {
    return null; // no answer is an answer here
  }
}
