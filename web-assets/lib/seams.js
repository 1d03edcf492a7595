// Over a seam of the broadcast, where media began anew, part by part.

/**
 * Has each new run's init segment in hand before its first part. hls.js asks for an init segment when it chooses a segment, and then
 * loads the next segment's first part when all parts of the chosen one are there already: at a seam that part is nothing without its
 * own init segment, and the track stood for many seconds.
 * @param {any} hls what is replaced is not in its types
 */
export function crossSeams(hls) {
  for (const controller of [hls.streamController, hls.audioStreamController]) {
    const choose = controller.getNextFragment.bind(controller);
    controller.getNextFragment = (/** @type {number} */ position, /** @type {import("hls.js").LevelDetails} */ details) => {
      const chosen = choose(position, details);
      if (!chosen || chosen.sn === "initSegment" || !details.partList) return chosen;
      const next = [...details.fragments, details.fragmentHint].find((fragment) => fragment?.sn === chosen.sn + 1);
      return next?.initSegment && !next.initSegment.data ? next.initSegment : chosen;
    };
  }
}
