// What hls.js is told in each mode and at each pace.

import { kCalmMostSeconds, kCalmSeconds } from "./pace.js";
import { kUnknownBitsPerSecond } from "./throughput.js";

export const kAheadSeconds = 60; // of a recording; hls.js would fill sixty megabytes
const kPosterSeconds = 0.5; // of a recording that nobody has asked for: its first segment, for a picture
const kPhonePixels = 600; // the shorter side of a screen that begins with the smallest picture
/**
 * A playlist names no whole segment in the first two seconds of a broadcast, which hls.js takes for an error and asks again only
 * after a second.
 */
const kPlaylistRetry = { maxNumRetry: 20, retryDelayMs: 250, maxRetryDelayMs: 250, backoff: /** @type {const} */ ("linear") };

/** hls.js' settings that follow the pace. @param {import("./pace.js").Pace} pace */
export function paceSettings(pace) {
  return pace === "calm"
    ? { lowLatencyMode: false, liveSyncDuration: kCalmSeconds, liveMaxLatencyDuration: kCalmMostSeconds }
    : { lowLatencyMode: true, liveSyncDuration: 0.9, liveMaxLatencyDuration: 4 }; // or one stall can leave it six seconds behind for good
}

/**
 * hls.js' settings in each mode.
 * @param {import("./player.js").Mode} mode @param {number} at @param {import("./pace.js").Pace} pace @param {boolean} play whether it was asked to
 * @returns {Partial<import("hls.js").HlsConfig>}
 */
export function settings(mode, at, pace, play) {
  const common = {
    // Our parts are fMP4 already: nothing to transmux, so a worker would only add a hop (and need a blob: script).
    enableWorker: false,
    capLevelToPlayerSize: true,
    // Or hls.js passes over the last part of a segment (video-dev/hls.js#5028): it must be less than a part.
    maxFragLookUpTolerance: 0.05,
    abrEwmaDefaultEstimate: kUnknownBitsPerSecond,
    // In a low-latency stream a change of quality loads the segment again from its start: not for a line that just suffices.
    abrBandWidthUpFactor: 0.6,
    // The smallest picture is there first; a better one follows by itself.
    ...(Math.min(screen.width, screen.height) < kPhonePixels || pace === "calm" ? { startLevel: 0 } : {}),
  };
  if (mode !== "live") {
    const unasked = mode === "recording" && !play;
    return {
      ...common,
      ...(unasked ? { startLevel: 0 } : {}),
      lowLatencyMode: false,
      startPosition: at,
      maxMaxBufferLength: unasked ? kPosterSeconds : kAheadSeconds,
    };
  }
  return {
    ...common,
    ...paceSettings(pace),
    playlistLoadPolicy: { default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: kPlaylistRetry, errorRetry: kPlaylistRetry } },
    liveSyncOnStallIncrease: 0.2,
    // After each run dry Chromium wants twice as much in hand before it goes on, up to three seconds; a small seek makes it forget.
    highBufferWatchdogPeriod: 0.4,
    nudgeOffset: 0.02,
    nudgeMaxRetry: 10,
    // Else hls.js sets the duration with every part, which browsers refuse while something is being appended.
    liveDurationInfinity: true,
    backBufferLength: 30,
  };
}

/**
 * Sets right what hls.js 1.6 asks another quality for (`switchParams`), by the rendition reports (draft-pantos-hls-rfc8216bis, 4.4.5.4)
 * in the list that it leaves. Where a segment ends it asks for what is there already, finds no part to go on with, and loads the segment
 * that has just been shown once more: the first part of the next one is asked for, as the part after the last (6.2.5.2). And of a report
 * that says part 0 it makes the last part of its own list, which may be two seconds away: of the segment before, every part is there.
 * @param {import("hls.js").LevelDetails} details
 */
export function exactReports(details) {
  const ends = details.lastPartIndex >= 0 && details.lastPartSn === details.endSN;
  for (const report of details.renditionReports ?? []) {
    if (ends) {
      report["LAST-MSN"] = String(details.endSN);
      report["LAST-PART"] = String(details.lastPartIndex + 1);
    } else if (report["LAST-PART"] === "0") {
      report["LAST-MSN"] = String(Number(report["LAST-MSN"]) - 1);
    }
  }
}

/**
 * hls.js adds up durations in floating point: a segment that begins 4e-15 s after the end of what is buffered is not looked for
 * until its second part is listed, a part too late. Microseconds are what the browser counts in.
 * @param {import("hls.js").LevelDetails} details
 */
export function exactStarts(details) {
  for (const segment of details.fragments) segment.setStart(Math.round(segment.start * 1e6) / 1e6);
  const next = details.fragmentHint;
  if (next) next.setStart(Math.round(next.start * 1e6) / 1e6);
}
