// What the browser measures of the line, and when the picture rests so that the voice goes on.

/**
 * @typedef {object} Sample
 * @property {number|null} available_kbps what the browser believes it may send
 * @property {number|null} sent_kbps
 * @property {number|null} rtt_ms
 * @property {number|null} loss_percent of our voice on its way
 * @property {number} received packets of the programme so far
 */

/** Reads one connection's statistics again and again. */
export class Statistics {
  #sent = { bytes: 0, at: 0 };

  /** @param {RTCPeerConnection} rtc @returns {Promise<Sample>} */
  async read(rtc) {
    /** @type {Sample} */
    const sample = { available_kbps: null, sent_kbps: null, rtt_ms: null, loss_percent: null, received: 0 };
    let bytes = 0;
    (await rtc.getStats()).forEach((/** @type {any} */ one) => {
      // Its state is "in-progress" each time the browser asks whether the other side is still there.
      if (one.type === "candidate-pair" && one.nominated && one.state !== "failed") {
        if (one.availableOutgoingBitrate) sample.available_kbps = Math.round(one.availableOutgoingBitrate / 1000);
        if (one.currentRoundTripTime !== undefined) sample.rtt_ms ??= Math.round(one.currentRoundTripTime * 1000);
      } else if (one.type === "remote-inbound-rtp" && one.kind === "audio") {
        if (one.fractionLost !== undefined) sample.loss_percent = Math.round(one.fractionLost * 1000) / 10;
        if (one.roundTripTime) sample.rtt_ms = Math.round(one.roundTripTime * 1000);
      } else if (one.type === "outbound-rtp") {
        bytes += one.bytesSent ?? 0;
      } else if (one.type === "inbound-rtp") {
        sample.received += one.packetsReceived ?? 0;
      }
    });
    const now = performance.now();
    if (this.#sent.at > 0 && bytes >= this.#sent.bytes) sample.sent_kbps = Math.round(((bytes - this.#sent.bytes) * 8) / (now - this.#sent.at));
    this.#sent = { bytes, at: now };
    return sample;
  }
}

/** Packets of the programme so far. @param {RTCPeerConnection} rtc */
export async function received(rtc) {
  let packets = 0;
  (await rtc.getStats()).forEach((/** @type {any} */ one) => one.type === "inbound-rtp" && (packets += one.packetsReceived ?? 0));
  return packets;
}

/** Less than this carries no picture beside the voice: a small one, a large one. */
const kPoorKbps = { low: 40, full: 150 };
const kPoorLossPercent = 10, kCalmLossPercent = 5;
const kPatienceMs = 3000; // a short trouble is the buffers' to bridge
const kFirstRestMs = 10_000, kLongestRestMs = 80_000;
/**
 * A browser finds out what a line carries only by sending: after one jam it believes in what it sent then, and grows that by
 * some 8 % a second once there is more to send (draft-ietf-rmcat-gcc-02, 5.5). So long it is not judged by what it believes.
 */
const kGrowthMs = 20_000;
const kProvenMs = 40_000; // a picture that went on this long was no mistake

/**
 * When to pause the picture. While it rests nothing measures how much the line would carry, so it comes back on trial, later
 * each time that fails. Pure: told the time.
 */
export class PictureRule {
  paused = false;
  /** @type {number|null} */
  #poorSince = null;
  #changed = 0;
  #rest = kFirstRestMs;
  /** @type {"low"|"full"} */
  #picture = "full";
  #grows = -Infinity;

  /**
   * @param {{available_kbps: number|null, loss_percent: number|null}} sample
   * @param {number} now ms
   * @param {"low"|"full"} picture what is wanted of it
   * @returns {boolean} whether the picture rests
   */
  decide({ available_kbps, loss_percent }, now, picture = "full") {
    const loss = loss_percent ?? 0;
    if (picture === "full" && this.#picture === "low") this.#grows = now;
    this.#picture = picture;
    if (this.paused) {
      if (now - this.#changed >= this.#rest && loss < kCalmLossPercent) this.#turn(false, now);
      return this.paused;
    }
    const least = now - this.#grows < kGrowthMs ? kPoorKbps.low : kPoorKbps[picture];
    const poor = (available_kbps !== null && available_kbps < least) || loss > kPoorLossPercent;
    this.#poorSince = poor ? (this.#poorSince ?? now) : null;
    if (this.#poorSince === null || now - this.#poorSince < kPatienceMs) {
      if (now - this.#changed > kProvenMs) this.#rest = kFirstRestMs;
      return false;
    }
    const failedAgain = this.#changed > 0 && now - this.#changed <= kProvenMs;
    this.#rest = failedAgain ? Math.min(this.#rest * 2, kLongestRestMs) : kFirstRestMs;
    this.#turn(true, now);
    return true;
  }

  /** @param {boolean} paused @param {number} now */
  #turn(paused, now) {
    this.paused = paused;
    this.#changed = now;
    if (!paused) this.#grows = now;
    this.#poorSince = null;
  }
}

/**
 * When to measure the line anew, by a new connection: a browser that sends little cannot find out that a jam is over, and
 * would begin his turn with what it believed then. Only while he has not the floor. Pure: told the time.
 */
export class Doubt {
  /** @type {number|null} */
  #since = null;
  #wait = kFirstRestMs;
  #asked = -Infinity;

  /** @param {{available_kbps: number|null}} sample @param {number} now ms @param {"low"|"full"} picture what is wanted of it */
  due({ available_kbps }, now, picture) {
    const thin = picture === "low" && available_kbps !== null && available_kbps < kPoorKbps.full;
    this.#since = thin ? (this.#since ?? now) : null;
    if (this.#since === null) {
      if (now - this.#asked > kProvenMs) this.#wait = kFirstRestMs;
      return false;
    }
    if (now - this.#since < this.#wait) return false;
    this.#wait = Math.min(this.#wait * 2, kLongestRestMs);
    this.#asked = now;
    this.#since = null;
    return true;
  }
}
