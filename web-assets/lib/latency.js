// How far behind live to play, and how fast: pure, time is handed in (seconds), so that it can be tested without a browser.
//
// Words: *latency* is how old the shown frame is; *ahead* is how much is buffered after it; a part is *late* by what passes
// between its last moment and its place in the buffer (encoder, line, our own loading). Until the next part is there nothing
// newer than `late` + one part's length can be played, and the browser wants some of it in hand: the target is the sum.
// What is usual and how much it spreads is measured, and the target is laid beyond what has been seen.

const kLeast = 0.35;
const kUnknown = 1.0; // where an unknown line starts
const kMost = 3.0;
const kLearning = 10; // seconds until the measurement alone decides
// Chromium's sound runs dry when this much is still buffered: its output and its decoder have taken it (measured: 0.15 to 0.165).
const kInHand = 0.16;
const kMargin = 0.02;
const kTail = 4; // spreads (median to ninth decile of the worst of each second) above the median that are provided for
const kLeastSpread = 0.005;
const kTroughWindow = 1.0;
const kGuard = 0.15, kGuardStep = 0.05, kGuardMost = 0.3; // forward buffer that the rate never eats
const kGuardHold = 15, kGuardRelease = 0.003; // after a stall: seconds held, then given back per second
const kSpike = 0.05; // so far beyond the provided tail a part is a spike
const kCaution = 1.3; // the next spike may be higher than the highest so far
const kSettling = 3.0; // after a start or a change of quality: what arrives late is our own loading, not the line
const kOutage = 2.0; // as late as this is a broken line or a restarted server, not jitter: nothing to hide behind
const kMemory = 180; // seconds

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class LatencyController {
  /** @type {number|null} */
  #startedAt = null;
  /** @type {{t: number, ahead: number}[]} */
  #recent = [];
  /** The latest part of each of the last seconds. @type {{t: number, late: number}[]} */
  #worst = [];
  /** Of a part. */
  #length = 0;
  #extraGuard = 0;
  #stalledAt = -Infinity;
  #switchedAt = -Infinity;
  #looser = 0;
  #rate = 1;
  #lastTick = 0;
  #sought = false;
  target = kUnknown;
  trough = 0;
  /** Of the last part, seconds. */
  late = NaN;

  /** The picture moves for the first time. @param {number} t */
  started(t) {
    if (this.#startedAt === null) this.#startedAt = t;
  }

  /** Another quality is being loaded or shown. @param {number} t */
  switched(t) {
    this.#switchedAt = t;
  }

  /**
   * A part is in the buffer.
   * @param {number} t @param {number} late seconds since the part's last moment @param {number} length of the part, seconds
   */
  arrived(t, late, length) {
    this.#length = length;
    this.late = late;
    const settled = this.#startedAt !== null && t - Math.max(this.#startedAt, this.#switchedAt) > kSettling;
    if (!settled || late > kOutage) return;
    const last = this.#worst[this.#worst.length - 1];
    if (last && t - last.t < 1) last.late = Math.max(last.late, late);
    else this.#worst.push({ t, late });
    while (this.#worst[0].t < t - kMemory) this.#worst.shift();
  }

  /** Playback ran dry. @param {number} t */
  stalled(t) {
    // One break of the line may stop the picture several times: it is one stall.
    if (t - this.#stalledAt > 3) {
      this.#extraGuard = Math.min(this.#extraGuard + kGuardStep, kGuardMost - kGuard);
      this.#looser = Math.min(this.#looser + 0.2, 1);
    }
    this.#stalledAt = t;
    this.#recent = [];
  }

  /**
   * Every 100 ms while live is playing. `seek`: how far to jump forward, once in the first seconds.
   * @param {number} t @param {number} latency @param {number} ahead
   * @returns {{rate: number, seek: number}}
   */
  tick(t, latency, ahead) {
    const passed = this.#lastTick === 0 ? 0 : clamp(t - this.#lastTick, 0, 1);
    this.#lastTick = t;
    this.#recent.push({ t, ahead });
    while (this.#recent[0].t < t - kTroughWindow) this.#recent.shift();
    if (t - this.#stalledAt > kGuardHold) {
      this.#extraGuard = Math.max(0, this.#extraGuard - kGuardRelease * passed);
      this.#looser = Math.max(0, this.#looser - 0.02 * passed);
    }
    this.target = clamp(this.#measured(t) + this.#looser + this.#unknown(t), kLeast, kMost);
    this.trough = Math.min(...this.#recent.map((sample) => sample.ahead));

    const since = this.#startedAt === null ? 0 : t - this.#startedAt;
    let seek = 0;
    if (!this.#sought && since >= 1.2 && since < 5) {
      // Never past what is buffered: what the browser holds back, and a part that is still to come, stay ahead.
      const excess = Math.min(latency - this.target, ahead - kInHand - this.#length - this.#extraGuard - 0.1);
      if (excess > 0.35) {
        seek = excess;
        this.#sought = true;
        for (const sample of this.#recent) sample.ahead -= seek;
      }
    }

    const error = Math.min(latency - this.target, this.trough - kGuard - this.#extraGuard);
    const wanted = Math.abs(error) <= 0.02 ? 1 : 1 + clamp(0.3 * error, -0.05, 0.08);
    // Steps of 0.01: each change of rate costs the audio stretcher a little.
    this.#rate = Math.round(wanted * 100) / 100;
    return { rate: this.#rate, seek };
  }

  /** What the line asks for. @param {number} t */
  #measured(t) {
    if (this.#worst.length === 0) return kLeast;
    const sorted = this.#worst.map(({ late }) => late).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    const usual = sorted[Math.floor((sorted.length - 1) * 0.9)];
    const tail = median + kTail * Math.max(usual - median, kLeastSpread);
    // One spike on a good line is soon forgotten; a line that spikes again is remembered for minutes.
    const spikes = this.#worst.filter(({ late }) => late > tail + kSpike);
    const events = spikes.filter(({ t: at }, i) => i === 0 || at - spikes[i - 1].t > 3).length;
    const hold = events >= 2 ? 90 : 10;
    let expected = tail;
    for (const spike of spikes) {
      const weight = Math.exp(-Math.max(0, t - spike.t - hold) / hold);
      expected = Math.max(expected, median + kCaution * (spike.late - median) * weight);
    }
    return this.#length + kInHand + kMargin + expected;
  }

  /** What is added while too little has been measured to trust it. @param {number} t */
  #unknown(t) {
    const since = this.#startedAt === null ? 0 : t - this.#startedAt;
    return (kUnknown - kLeast) * clamp(1 - since / kLearning, 0, 1);
  }
}
