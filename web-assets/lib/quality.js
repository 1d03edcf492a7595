// Which quality hls.js loads: its own choice, resting on our measurement of the line and fit for parts of 160 ms.

const kSegmentSeconds = 1.92; // of the recording: twelve parts
/** A line that carries less than this share of what is being loaded cannot wait for the segment's end. */
const kHopeless = 0.7;

/** @param {import("hls.js").Part} part */
export function endsSegment(part) {
  return part.fragOffset + part.duration > kSegmentSeconds - 0.01;
}

/**
 * hls.js' choice of quality, resting on our measurement, and at the edge fit for parts: hls.js begins another quality with the
 * segment's first part, also when eleven of the twelve are shown already, which at a third of a second in hand stops the picture.
 * So it changes where a segment begins, and in the middle of one only when the line does not carry the quality at all; and a part
 * that is late is waited for: to give it up and load the segment from its start takes longer in any case.
 * @param {any} Controller hls.js' own: what is replaced is not in its types
 * @param {import("./throughput.js").Throughput} throughput
 * @param {() => boolean} between whether what is loaded ends with a segment
 * @returns {any}
 */
export function measuredBy(Controller, throughput, between) {
  return class extends Controller {
    /** @param {import("hls.js").default} hls */
    constructor(hls) {
      super(hls);
      const giveUp = /** @type {any} */ (this)._abandonRulesCheck;
      this._abandonRulesCheck = (/** @type {unknown[]} */ ...args) => {
        if (!this.partCurrent) giveUp(...args);
      };
    }
    getBwEstimate() {
      return throughput.bitsPerSecond;
    }
    get nextAutoLevel() {
      const wanted = super.nextAutoLevel, now = this.hls.loadLevel;
      if (wanted === now || now < 0 || !this.hls.config.lowLatencyMode || between()) return wanted;
      const carried = throughput.bitsPerSecond > kHopeless * this.hls.levels[now].bitrate;
      return wanted > now || carried ? now : wanted;
    }
    set nextAutoLevel(level) {
      super.nextAutoLevel = level;
    }
  };
}
