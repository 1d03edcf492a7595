// The line test: how fast something goes to the server and how soon it answers, in about two seconds.

import { within } from "../lib/within.js";

const kLengthMs = 2000, kGivingUpMs = 5000;
const kFirstBytes = 4096, kMostBytes = 65_536;
const kMostKbps = 100_000; // more than this says nothing

/** @typedef {{uplink_kbps: number, rtt_ms: number}|null} Probe null when the server did not answer */

/** @param {string} token */
export const probe = (token) => within(kGivingUpMs, (stop) => measured(token, stop));

/** @param {string} token @param {AbortSignal} stop @returns {Promise<Probe>} */
async function measured(token, stop) {
  const send = async (/** @type {number} */ bytes) => {
    const asked = performance.now();
    const answer = await fetch("/api/v1/guest/probe", { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/octet-stream" }, body: new Uint8Array(bytes), cache: "no-store", signal: stop });
    if (!answer.ok) throw new Error(`probe: ${answer.status}`);
    return performance.now() - asked;
  };
  /** @type {{bytes: number, ms: number}|null} */
  let best = null;
  try {
    // The first one also opened the connection.
    await send(1);
    const roundTrip = Math.min(await send(1), await send(1), await send(1));
    const end = performance.now() + kLengthMs;
    try {
      // Slow start and slow lines: the pieces grow as long as they go quickly. The fastest counts; the rest had company.
      for (let bytes = kFirstBytes; performance.now() < end; bytes = Math.min(bytes * 2, kMostBytes)) {
        const ms = Math.max(1, (await send(bytes)) - roundTrip / 2);
        if (best === null || bytes / ms > best.bytes / best.ms) best = { bytes, ms };
        if (ms > kLengthMs / 2) break;
      }
    } catch {
      // What went through until then counts.
    }
    const kbps = best === null ? (kFirstBytes * 8) / kGivingUpMs : (best.bytes * 8) / best.ms;
    return { uplink_kbps: Math.round(Math.min(kbps, kMostKbps)), rtt_ms: Math.round(roundTrip) };
  } catch {
    return null;
  }
}
