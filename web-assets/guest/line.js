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

const kPoorKbps = 150, kPoorLossPercent = 10, kCalmLossPercent = 5;
const kPatienceMs = 3000; // a short trouble is the buffers' to bridge
const kFirstRestMs = 10_000, kLongestRestMs = 80_000;
const kProvenMs = 20_000; // a picture that went on this long was no mistake

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

  /** @param {{available_kbps: number|null, loss_percent: number|null}} sample @param {number} now ms @returns {boolean} whether the picture rests */
  decide({ available_kbps, loss_percent }, now) {
    const loss = loss_percent ?? 0;
    if (this.paused) {
      if (now - this.#changed >= this.#rest && loss < kCalmLossPercent) this.#turn(false, now);
      return this.paused;
    }
    const poor = (available_kbps !== null && available_kbps < kPoorKbps) || loss > kPoorLossPercent;
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
    this.#poorSince = null;
  }
}
