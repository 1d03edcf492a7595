// How good a guest's line is, in one word: the same for his own page and for the desk.

const kPictureKbps = 250, kVoiceKbps = 100;

/** @typedef {"good"|"weak"|"bad"} Grade */

/**
 * @param {import("./types.js").Measured} measured @returns {Grade|null} null when nothing was measured yet
 */
export function gradeOf({ uplink_kbps, rtt_ms, loss_percent }) {
  if (uplink_kbps === null && rtt_ms === null && loss_percent === null) return null;
  const uplink = uplink_kbps ?? Infinity, roundTrip = rtt_ms ?? 0, loss = loss_percent ?? 0;
  if (uplink < kVoiceKbps || roundTrip > 1000 || loss > 10) return "bad";
  return uplink < kPictureKbps || roundTrip > 400 || loss > 3 ? "weak" : "good";
}
