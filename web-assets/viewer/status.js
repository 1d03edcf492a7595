// The page's one line about itself: of all that is true the worst, for whoever watches needs that first. Pure.

/**
 * @typedef {object} Seen
 * @property {"announced"|"live"|"recording"} stage
 * @property {Pick<import("../lib/types.js").PublicView, "meeting"|"broadcast"|"recess">} view
 * @property {boolean} answers whether the server has answered when it was asked last
 * @property {import("../lib/player.js").Mode} mode
 * @property {import("../lib/player.js").Trouble} trouble
 * @property {import("../lib/pace.js").Pace} pace
 * @property {boolean} paused by whoever watches
 * @property {boolean} soundOnly
 * @property {number} startsInS seconds until the announced time
 * @property {boolean} dayIsOver the day for which it was announced
 */
/**
 * @typedef {object} Status
 * @property {string} key of the words
 * @property {"bad"|"note"|"plain"} tone bad: the picture stands; note: something else than the hall is seen, or later
 * @property {boolean} [sound] whether to offer the sound alone in the same breath
 */

/** @type {Record<string, string>} */
const kTroubles = {
  offline: "viewer_offline",
  server: "viewer_no_server",
  signal: "viewer_no_signal",
  waiting: "viewer_slow",
  stands: "viewer_stands",
  unsupported: "viewer_unsupported",
  blocked: "viewer_press_play",
};

/** @param {Seen} seen @returns {Status} */
export function statusOf(seen) {
  return troubleOf(seen) ?? mayStand(seen) ?? sittingOf(seen) ?? watching(seen);
}

/** The picture stands and should not. @param {Seen} seen @returns {Status|null} */
function troubleOf({ stage, answers, trouble, soundOnly }) {
  // While the picture moves nobody needs to hear that a question has no answer.
  if (!answers && (stage === "announced" || (trouble !== "" && trouble !== "offline"))) return { key: "viewer_no_server", tone: "bad" };
  const key = kTroubles[trouble];
  return key === undefined ? null : { key, tone: "bad", sound: trouble === "waiting" && !soundOnly };
}

/** It stands because it was asked to, or has not begun. @param {Seen} seen @returns {Status|null} */
function mayStand({ stage, trouble, paused, mode }) {
  if (trouble === "loading") return { key: stage === "live" ? "viewer_loading" : "viewer_loading_recording", tone: "plain" };
  return stage === "live" && paused && mode !== "none" ? { key: "viewer_paused", tone: "note" } : null;
}

/** The sitting, when there is something to say of it. @param {Seen} seen @returns {Status|null} */
function sittingOf({ stage, view, startsInS, dayIsOver }) {
  const { state } = view.meeting;
  if (stage === "recording") return { key: "viewer_ended", tone: "plain" };
  if (stage === "announced") {
    if (state === "closed") return { key: "viewer_closed_no_broadcast", tone: "plain" };
    if (dayIsOver && state === "announced") return { key: "viewer_not_held", tone: "plain" };
    if (startsInS > 86400) return { key: "viewer_starts_at", tone: "plain" };
    return { key: startsInS > 0 ? "viewer_starts_in" : "viewer_starts_soon", tone: "plain" };
  }
  if (state === "recess") return { key: view.recess.until ? "viewer_recess_until" : "viewer_recess", tone: "note" };
  if (state === "closed") return { key: "viewer_closed_live", tone: "note" };
  if (view.broadcast.state === "holding") return { key: state === "announced" ? "viewer_starts_soon" : "viewer_holding", tone: "note" };
  return null;
}

/** The hall is on, and moves. @param {Seen} seen @returns {Status} */
function watching({ mode, pace, soundOnly }) {
  if (mode === "start") return { key: "viewer_back", tone: "note" };
  if (pace === "calm") return { key: "viewer_calm", tone: "note", sound: !soundOnly };
  return { key: soundOnly ? "viewer_sound_only_on" : "viewer_at_live", tone: "plain" };
}
