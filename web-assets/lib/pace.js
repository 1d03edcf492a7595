// Live at the edge, in parts of 160 ms, or calmly: whole segments some ten seconds behind, for a line that carries the stream and
// not the twenty-five requests a second that the edge costs. Pure: time is handed in (seconds), so that it can be tested without
// a browser.

/** @typedef {"edge"|"calm"} Pace */

/** The smallest picture and the sound, until the playlist has told their rate. */
export const kLeastNeed = 300_000;
/** What the edge costs beside picture and sound: playlists and headers, bits per second; an estimate, not measured. */
const kEdgeCost = 250_000;
/** The edge has a third of a second in hand: it is for a line with as much again to spare. */
const kSpare = 2;
const kStallsWithin = 20; // seconds in which the second stall says that the edge is too near
const kOneStall = 1; // stalls closer than this are one
const kStands = 3; // so long may the picture stand while bytes arrive
const kTrial = 20, kTrialMost = 320; // seconds without a stall before the edge is tried again: doubled each time that failed
const kHeld = 60; // seconds at the edge after which a return counts as good

/** How far behind the hall a calm picture is begun, and how far it may fall: the playlist's window is fifteen seconds. */
export const kCalmSeconds = 10;
export const kCalmMostSeconds = 14.5;
const kCalmLate = 12; // from here on it goes a little faster
const kCalmAhead = 4; // but never on the last of what is buffered

/** How fast to play calmly. @param {number} latency seconds behind the hall @param {number} ahead seconds buffered */
export function calmRate(latency, ahead) {
  return latency > kCalmLate && ahead > kCalmAhead ? 1.05 : 1;
}

export class PaceRule {
  /** @type {Pace} */
  pace = "edge";
  #stalledAt = -Infinity;
  #stalledBefore = -Infinity;
  #since = 0;
  #trial = kTrial;

  /**
   * Before the first picture. @param {number} t @param {number|null} line bits per second that the page itself came with, null
   * when it came from the browser's cache @param {number} [need] of the smallest picture with its sound
   */
  begin(t, line, need = kLeastNeed) {
    this.#since = t;
    if (line !== null && line < this.#edgeNeeds(need)) this.pace = "calm";
  }

  /** Playback ran dry while something was on its way: a server that sends nothing is not the line's fault. @param {number} t */
  stalled(t) {
    if (t - this.#stalledAt < kOneStall) return;
    this.#stalledBefore = this.#stalledAt;
    this.#stalledAt = t;
  }

  /** It was not the line: the house sent nothing, or was not there. */
  excused() {
    this.#stalledAt = this.#stalledBefore = -Infinity;
  }

  /**
   * @param {number} t
   * @param {{stands: number, arriving: boolean, line: number|null, need?: number}} seen `stands`: seconds without a new picture that
   *   is wanted; `line`: bits per second lately, null when nothing was loaded
   * @returns {boolean} whether `pace` changed
   */
  tick(t, { stands, arriving, line, need = kLeastNeed }) {
    if (this.pace === "edge") return this.#slower(t, stands, arriving);
    const calm = t - Math.max(this.#since, this.#stalledAt);
    if (calm < this.#trial || line === null || line < this.#edgeNeeds(need)) return false;
    this.pace = "edge";
    this.#since = t;
    return true;
  }

  /** @param {number} t @param {number} stands @param {boolean} arriving */
  #slower(t, stands, arriving) {
    if (t - this.#since > kHeld) this.#trial = kTrial;
    const twice = this.#stalledBefore > this.#since && this.#stalledAt - this.#stalledBefore < kStallsWithin;
    if (!twice && !(arriving && stands > kStands)) return false;
    this.pace = "calm";
    // Back from a trial that failed: the next one is later.
    if (t - this.#since < kHeld) this.#trial = Math.min(2 * this.#trial, kTrialMost);
    this.#since = t;
    return true;
  }

  /** @param {number} need */
  #edgeNeeds(need) {
    return kSpare * (need + kEdgeCost);
  }
}

/**
 * What the line carried: all bytes over the time in which any was on its way, for loads share the line when they overlap.
 * @param {{from: number, to: number, bytes: number}[]} loads ms
 * @returns {number|null} bits per second; null when they say too little
 */
export function carried(loads) {
  const enough = 30_000; // bytes: fewer say more of the round trip than of the rate
  let bytes = 0, busy = 0, until = -Infinity;
  for (const load of [...loads].sort((a, b) => a.from - b.from)) {
    bytes += load.bytes;
    busy += Math.max(0, load.to - Math.max(load.from, until));
    until = Math.max(until, load.to);
  }
  return bytes < enough ? null : (bytes * 8000) / Math.max(busy, 1);
}

/** The last loads of the recording's segments and parts. */
export class LineMeter {
  /** @type {{from: number, to: number, bytes: number}[]} */
  #loads = [];
  /** @param {number} from ms @param {number} to ms @param {number} bytes */
  loaded(from, to, bytes) {
    this.#loads.push({ from, to, bytes });
    while (this.#loads[0].to < to - 20_000) this.#loads.shift();
  }
  /** Bits per second, or null. */
  get carries() {
    return carried(this.#loads);
  }
}

const kRefusalBytes = 600;

/** Whether bytes of what is being loaded arrive, though no load is complete. */
export class Arrivals {
  /** By kind of track. @type {Map<string, {loaded: number, loading: {start: number, end: number}, aborted: boolean}>} */
  #loads = new Map();
  /** What had come of each load. @type {WeakMap<object, number>} */
  #had = new WeakMap();
  #at = -Infinity;
  /** Since when each kind of load is waited for. @type {Map<string, number>} */
  #asked = new Map();

  /** An error is no answer: what a thin line has not brought in time is asked for again. @param {string} kind @param {number} now */
  asked(kind, now) {
    if (!this.#asked.has(kind)) this.#asked.set(kind, now);
  }
  /** @param {string} kind */
  answered(kind) {
    this.#asked.delete(kind);
  }
  /** Since when anything is owed; Infinity when nothing is. */
  get owedSince() {
    return Math.min(...this.#asked.values());
  }

  /** @param {string} track @param {{loaded: number, loading: {start: number, end: number}, aborted: boolean}} stats hls.js' own, which it goes on writing */
  loading(track, stats) {
    this.#loads.set(track, stats);
  }
  get underWay() {
    return [...this.#loads.values()].some(({ loading, aborted }) => loading.end === 0 && !aborted);
  }
  /** When the last byte was noticed. @param {number} now @returns {number} */
  at(now) {
    for (const stats of this.#loads.values()) {
      // A refusal is a hundred bytes, the smallest part a thousand.
      if (stats.loaded > Math.max(this.#had.get(stats) ?? 0, kRefusalBytes)) this.#at = now;
      this.#had.set(stats, stats.loaded);
    }
    return this.#at;
  }
}
