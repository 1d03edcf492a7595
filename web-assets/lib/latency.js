// How far behind live to play, and how fast: pure, time is handed in (seconds), so that it can be tested without a browser.
//
// Words: *latency* is how old the shown frame is; *ahead* is how much is buffered after it; *edge* = latency − ahead is how
// old the newest buffered frame is. The edge saws between two arrivals; its peaks are what the line does to us, whatever we do
// with the playback rate. To play on we must stay behind the peaks: the target follows them.

const kLeast = 0.4; // on a clean line: part 0.16 s, its way here, and the margin
const kUnknown = 1.0; // where an unknown line starts
const kMost = 3.0;
const kMargin = 0.12; // between a usual peak and the target
const kLearning = 10; // seconds until the measurement alone decides
const kTroughWindow = 1.0;
const kGuard = 0.15, kGuardStep = 0.05, kGuardMost = 0.3; // forward buffer that the rate never eats
const kGuardHold = 15, kGuardRelease = 0.003; // after a stall: seconds held, then given back per second
const kOrdinary = 0.15; // peaks differ by this much on any line
const kSpike = 0.25; // a peak this far above the median is a spike
const kCaution = 1.3; // the next spike may be higher than the highest so far
const kSettling = 3.0; // after a start or a change of quality: what arrives late is our own loading, not the line
const kOutage = 2.0; // an edge this old is a broken line or a restarted server, not jitter: nothing to hide behind

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class LatencyController {
  /** @type {number|null} */
  #startedAt = null;
  /** @type {{t: number, ahead: number}[]} */
  #recent = [];
  /** Greatest edge of each of the last seconds. @type {{t: number, edge: number}[]} */
  #peaks = [];
  /** The tooth of the saw that is growing now. */
  #tooth = 0;
  #extraGuard = 0;
  #stalledAt = -Infinity;
  #switchedAt = -Infinity;
  #looser = 0;
  #rate = 1;
  #lastTick = 0;
  #sought = false;
  target = kUnknown;
  trough = 0;

  /** The picture moves for the first time. @param {number} t */
  started(t) {
    if (this.#startedAt === null) this.#startedAt = t;
  }

  /** Another quality is being loaded or shown. @param {number} t */
  switched(t) {
    this.#switchedAt = t;
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
    this.#remember(t, latency, ahead);
    if (t - this.#stalledAt > kGuardHold) {
      this.#extraGuard = Math.max(0, this.#extraGuard - kGuardRelease * passed);
      this.#looser = Math.max(0, this.#looser - 0.02 * passed);
    }
    this.target = clamp(this.#measured(t) + this.#looser + this.#unknown(t), kLeast, kMost);
    this.trough = Math.min(...this.#recent.map((sample) => sample.ahead));

    const since = this.#startedAt === null ? 0 : t - this.#startedAt;
    let seek = 0;
    if (!this.#sought && since >= 1.2 && since < 5) {
      // Never past what is buffered.
      const excess = Math.min(latency - this.target, ahead - kGuard - this.#extraGuard - 0.1);
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

  /** @param {number} t @param {number} latency @param {number} ahead */
  #remember(t, latency, ahead) {
    this.#recent.push({ t, ahead });
    while (this.#recent[0].t < t - kTroughWindow) this.#recent.shift();
    const tooth = this.#tooth;
    const edge = (this.#tooth = latency - ahead);
    // Something arrived: the tooth before it was the line's doing, unless it was broken or playing has just begun.
    const arrived = edge < tooth - 0.03;
    const settled = this.#startedAt !== null && t - Math.max(this.#startedAt, this.#switchedAt) > kSettling;
    if (arrived && settled && tooth < kOutage) this.#peak(t, tooth);
    while (this.#peaks.length > 0 && this.#peaks[0].t < t - 180) this.#peaks.shift();
  }

  /** @param {number} t @param {number} edge */
  #peak(t, edge) {
    const last = this.#peaks.at(-1);
    if (last && t - last.t < 1) last.edge = Math.max(last.edge, edge);
    else this.#peaks.push({ t, edge });
  }

  /** What the line's peaks ask for. @param {number} t */
  #measured(t) {
    if (this.#peaks.length === 0) return kLeast;
    const sorted = this.#peaks.map((peak) => peak.edge).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    const usual = sorted[Math.floor((sorted.length - 1) * 0.9)];
    // One spike on a good line is soon forgotten; a line that spikes again is remembered for minutes.
    const spikes = this.#peaks.filter((peak) => peak.edge > median + kSpike).length;
    const hold = spikes >= 2 ? 90 : 10;
    let worst = usual;
    for (const peak of this.#peaks) {
      const weight = Math.exp(-Math.max(0, t - peak.t - hold) / hold);
      worst = Math.max(worst, median + (peak.edge - median) * weight);
    }
    const excess = worst - median;
    return kMargin + Math.max(usual, excess > kOrdinary ? median + kCaution * excess : 0);
  }

  /** What is added while too little has been measured to trust it. @param {number} t */
  #unknown(t) {
    const since = this.#startedAt === null ? 0 : t - this.#startedAt;
    return (kUnknown - kLeast) * clamp(1 - since / kLearning, 0, 1);
  }
}
