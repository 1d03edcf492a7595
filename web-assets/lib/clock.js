// The server's time on this machine. Only the server authors time; screens run on the monotonic clock between its words, so
// a reader's wrong or jumping clock moves no deadline, and neither does an answer that was on its way for long.

const kMostSamples = 32;
const kKeptMs = 600_000; // quartz is off by 0.1 ms in a second at most: 60 ms by then
const kSlackMs = 50;
const kGoodMs = 300;
const kMeasureEveryMs = 300_000;

/**
 * What one answer says of the difference between the server's clock and ours: it is between `low` and `high`.
 * @typedef {{low: number, high: number, at: number}} Sample milliseconds
 */

export class ServerClock {
  /** @type {Sample[]} */
  #samples = [];

  /** @param {() => number} [monotonic] milliseconds that never jump */
  constructor(monotonic = () => performance.now()) {
    this.monotonic = monotonic;
  }

  /**
   * The server wrote `now` on the way: after we asked, and before we heard it. An answer that lay in a proxy or a cache
   * only says less; the one that was held the least says most (as in NTP, RFC 5905, 10).
   * @param {string|number} now @param {number|null} [roundTripMs] of a question that is answered at once and never from a cache
   */
  heard(now, roundTripMs = null) {
    const at = this.monotonic();
    const low = new Date(now).getTime() - at;
    const sample = { low, high: roundTripMs === null ? Infinity : low + roundTripMs, at };
    const { low: lowest, high: highest } = this.#bounds();
    // One of the clocks was set, or this machine slept: what was known before is not true any more.
    if (sample.low > highest + kSlackMs || sample.high < lowest - kSlackMs) this.#samples = [];
    this.#samples = this.#samples.filter((one) => at - one.at < kKeptMs);
    if (this.#samples.length >= kMostSamples) this.#samples.splice(this.#leastTelling(), 1);
    this.#samples.push(sample);
  }

  /** Within which the truth lies. */
  #bounds() {
    return {
      low: Math.max(-Infinity, ...this.#samples.map(({ low }) => low)),
      high: Math.min(Infinity, ...this.#samples.map(({ high }) => high)),
    };
  }

  /** The oldest of those that bound nothing. */
  #leastTelling() {
    const { low, high } = this.#bounds();
    return Math.max(0, this.#samples.findIndex((one) => one.low < low && one.high > high));
  }

  /** Whether a question that is answered at once should be asked, to know the time better. @param {number} tries just made */
  wantsQuestion(tries) {
    const measured = this.#samples.filter(({ high }) => high < Infinity);
    const { low, high } = this.#bounds();
    if (tries > 0) return tries < 4 && high - low > kGoodMs;
    return !measured.some(({ at }) => this.monotonic() - at < kMeasureEveryMs);
  }

  /** Milliseconds since the epoch, as the server counts them. */
  now() {
    if (this.#samples.length === 0) return Date.now();
    const { low, high } = this.#bounds();
    return this.monotonic() + (high === Infinity ? low : (low + high) / 2);
  }
}

/**
 * A countdown that was right when the server said it, however long that took to come here. It goes on below zero.
 */
export class Countdown {
  /** @param {import("./types.js").Floor} floor @param {string} now when the server said it @param {ServerClock} clock */
  constructor(floor, now, clock) {
    this.floor = floor;
    this.clock = clock;
    this.saidAt = Date.parse(now);
  }
  remainingMs() {
    const said = this.floor.remaining_ms ?? 0;
    return this.floor.running ? said - Math.max(0, this.clock.now() - this.saidAt) : said;
  }
  /** Rounded so that a limit of 5:00 shows "5:00" first and "0:00" only when it is over. */
  remainingS() {
    return Math.ceil(this.remainingMs() / 1000);
  }
  /** @returns {"calm"|"soon"|"over"} */
  look() {
    const left = this.remainingMs();
    return left < 0 ? "over" : left <= (this.floor.warn_ms ?? 60000) ? "soon" : "calm";
  }
}
