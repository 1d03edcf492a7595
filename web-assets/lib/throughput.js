// How much the line carries, from parts of a few kilobytes: pure. hls.js takes every load for one of at least 50 ms, which makes
// any line look as slow as the stream that is on it, and keeps everybody at the lowest quality.

export const kUnknownBitsPerSecond = 3_000_000;
const kMost = 50_000_000;
const kLeastSeconds = 0.001; // timers are no finer
const kHalfLives = [4, 20]; // seconds after which a measurement counts half: believed is the lower, or quality would flutter
const kPacket = 1460; // bytes: the first packet says nothing of how fast packets follow each other, and begins the time
// On a line that jitters each load waits for its latest packet, whatever its size: from bytes and time alone the line looks half as
// wide as it is. How much longer a larger part takes tells what the line carries.
const kSlopeHalfLife = 30, kLatelyHalfLife = 1; // seconds
const kLateSeconds = 0.04; // loads that lately take so much longer than the slope says are of a line that has changed
const kSlopeLoads = 60; // so many loads must count before the slope is believed
const kSlopeMost = 2; // it says at most twice what was carried: a line that has just grown thin is thin at once
const kDoubt = 2; // standard errors that are taken off
const kPrior = 0.05; // seconds of loading that the first assumption is worth

/** Least squares of the time over the bits, older loads counting less. */
class Slope {
  #n = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;
  #lately = { n: 0, x: 0, y: 0 };

  /** @param {number} passed seconds since the load before @param {number} bits @param {number} seconds */
  took(passed, bits, seconds) {
    const weight = 0.5 ** (passed / kSlopeHalfLife), x = bits / 1e6;
    this.#n = this.#n * weight + 1;
    this.#x = this.#x * weight + x;
    this.#y = this.#y * weight + seconds;
    this.#xx = this.#xx * weight + x * x;
    this.#xy = this.#xy * weight + x * seconds;
    this.#yy = this.#yy * weight + seconds * seconds;
    const fresh = 0.5 ** (passed / kLatelyHalfLife), { n, x: bitsLately, y } = this.#lately;
    this.#lately = { n: n * fresh + 1, x: bitsLately * fresh + x, y: y * fresh + seconds };
  }

  /** What is carried at the least; 0 while the loads say too little. */
  get bitsPerSecond() {
    const n = this.#n;
    if (n < kSlopeLoads) return 0;
    const sxx = this.#xx - (this.#x * this.#x) / n, sxy = this.#xy - (this.#x * this.#y) / n, syy = this.#yy - (this.#y * this.#y) / n;
    if (sxx <= 0) return 0;
    const slope = sxy / sxx;
    const lately = this.#lately, told = this.#y / n + slope * (lately.x / lately.n - this.#x / n);
    if (lately.y / lately.n > told + kLateSeconds) return 0;
    const error = Math.sqrt(Math.max(0, syy - slope * sxy) / (n - 2) / sxx);
    const most = slope + kDoubt * error; // seconds for a megabit, at the most
    // Loads that are all alike, or whose time has nothing to do with their size, tell nothing.
    return slope < 2 * error ? 0 : 1e6 / most;
  }
}

export class Throughput {
  #sums = kHalfLives.map((halfLife) => ({ halfLife, bits: kUnknownBitsPerSecond * kPrior, seconds: kPrior }));
  #slope = new Slope();
  #at = 0;

  /** @param {number} t seconds @param {number} bytes loaded @param {number} ms from the first byte to the last */
  took(t, bytes, ms) {
    const followed = bytes - kPacket;
    if (followed <= 0 || !Number.isFinite(ms)) return;
    const seconds = Math.max(ms / 1000, kLeastSeconds);
    const passed = this.#at === 0 ? 0 : Math.max(0, t - this.#at);
    this.#at = t;
    this.#slope.took(passed, followed * 8, seconds);
    for (const sum of this.#sums) {
      const weight = 0.5 ** (passed / sum.halfLife);
      sum.bits = sum.bits * weight + followed * 8;
      sum.seconds = sum.seconds * weight + seconds;
    }
  }

  get bitsPerSecond() {
    const carried = Math.min(...this.#sums.map(({ bits, seconds }) => bits / seconds));
    return Math.min(kMost, Math.max(carried, Math.min(this.#slope.bitsPerSecond, kSlopeMost * carried)));
  }
}
