// The server's time on this machine. Only the server authors time; screens run on the monotonic clock between its words, so
// a reader's wrong or jumping clock moves no deadline.

const kSamples = 12;

export class ServerClock {
  /** @type {number[]} differences between the server's clock and ours, ms */
  #offsets = [];

  /**
   * The server wrote `now` just before it answered. Every way here takes some time, so the largest difference among the
   * last ones is the nearest to the truth; an answer that lay in a cache is simply not the largest.
   * @param {string|number} now @param {number} [roundTripMs] of a request that was answered at once
   */
  heard(now, roundTripMs = 0) {
    this.#offsets.push(new Date(now).getTime() + roundTripMs / 2 - performance.now());
    if (this.#offsets.length > kSamples) this.#offsets.shift();
  }

  /** Milliseconds since the epoch, as the server counts them. */
  now() {
    return this.#offsets.length > 0 ? performance.now() + Math.max(...this.#offsets) : Date.now();
  }
}

/**
 * A countdown that was right when the server said it. It goes on below zero.
 */
export class Countdown {
  /** @param {import("./types.js").Floor} floor @param {number} saidAt performance.now() when it was heard */
  constructor(floor, saidAt) {
    this.floor = floor;
    this.saidAt = saidAt;
  }
  remainingMs() {
    const said = this.floor.remaining_ms ?? 0;
    return this.floor.running ? said - (performance.now() - this.saidAt) : said;
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
