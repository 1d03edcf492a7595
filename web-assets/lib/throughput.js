// How much the line carries, from parts of a few kilobytes: pure. hls.js takes every load for one of at least 50 ms, which makes
// any line look as slow as the stream that is on it, and keeps everybody at the lowest quality.

export const kUnknownBitsPerSecond = 3_000_000;
const kMost = 50_000_000;
const kLeastSeconds = 0.001; // timers are no finer
const kHalfLives = [4, 20]; // seconds after which a measurement counts half: believed is the lower, or quality would flutter
const kPacket = 1460; // bytes: the first packet says nothing of how fast packets follow each other, and begins the time
const kPrior = 0.05; // seconds of loading that the first assumption is worth

export class Throughput {
  #sums = kHalfLives.map((halfLife) => ({ halfLife, bits: kUnknownBitsPerSecond * kPrior, seconds: kPrior }));
  #at = 0;

  /** @param {number} t seconds @param {number} bytes loaded @param {number} ms from the first byte to the last */
  took(t, bytes, ms) {
    const followed = bytes - kPacket;
    if (followed <= 0 || !Number.isFinite(ms)) return;
    const seconds = Math.max(ms / 1000, kLeastSeconds);
    const passed = this.#at === 0 ? 0 : Math.max(0, t - this.#at);
    this.#at = t;
    for (const sum of this.#sums) {
      const weight = 0.5 ** (passed / sum.halfLife);
      sum.bits = sum.bits * weight + followed * 8;
      sum.seconds = sum.seconds * weight + seconds;
    }
  }

  get bitsPerSecond() {
    return Math.min(kMost, ...this.#sums.map(({ bits, seconds }) => bits / seconds));
  }
}
