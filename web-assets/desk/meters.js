// Two level meters. Ten facts a second come in; they are drawn by the browser's frames, apart from the templates.

import { html } from "../vendor/lit-html.js";

const kLowest = -60; // dBFS at the left end
const kPauseMs = 3000; // people breathe: quiet is said only after this long

/** @param {number} db */
const share = (db) => Math.min(1, Math.max(0, (db - kLowest) / -kLowest));

export class Meters {
  /** @param {import("../lib/words.js").Words} words */
  constructor(words) {
    this.words = words;
    /** @type {import("../lib/types.js").Levels} */
    this.levels = { peak_db: -100, rms_db: -100, source_peak_db: -100 };
    this.#drawn = 0;
  }
  #drawn;
  /** When each meter last had sound, and how loud that was. @type {Record<string, {at: number, db: number}>} */
  #heard = {};

  /** @param {import("../lib/types.js").Levels} levels */
  set(levels) {
    this.levels = levels;
    if (this.#drawn === 0) this.#drawn = requestAnimationFrame(() => this.#draw());
  }
  clear() {
    this.#heard = {};
    this.set({ peak_db: -100, rms_db: -100, source_peak_db: -100 });
  }

  #draw() {
    this.#drawn = 0;
    this.#bar("programme", this.levels.rms_db, this.levels.peak_db);
    this.#bar("source", this.levels.source_peak_db, this.levels.source_peak_db);
  }

  /** @param {string} name @param {number} level @param {number} peak dBFS */
  #bar(name, level, peak) {
    const bar = document.querySelector(`[data-meter="${name}"]`);
    if (!bar) return;
    bar.querySelector(".meter-level")?.setAttribute("width", String(share(level) * 100));
    bar.querySelector(".meter-peak")?.setAttribute("x", String(Math.max(0, share(peak) * 100 - 0.8)));
    bar.setAttribute("data-look", peak > -1 ? "over" : peak > -9 ? "soon" : "calm");
    bar.setAttribute("aria-valuenow", String(Math.round(Math.max(kLowest, peak))));
    const text = bar.parentElement?.querySelector(".meter-text");
    const now = performance.now();
    if (peak > kLowest) this.#heard[name] = { at: now, db: Math.round(peak) };
    const last = this.#heard[name];
    const quiet = !last || now - last.at > kPauseMs;
    if (text) text.textContent = quiet ? this.words("desk_level_silent") : `${last.db} dB`.replace("-", "−");
  }

  template() {
    return html`${this.#one("programme", this.words("desk_level"))}${this.#one("source", this.words("desk_level_source"))}`;
  }

  /** @param {string} name @param {string} label */
  #one(name, label) {
    return html`<div class="meter">
      <span class="meter-name">${label}</span>
      <svg data-meter=${name} role="meter" aria-label=${label} aria-valuemin=${kLowest} aria-valuemax="0" aria-valuenow=${kLowest} viewBox="0 0 100 10" preserveAspectRatio="none">
        <rect class="meter-ground" width="100" height="10" /><rect class="meter-level" width="0" height="10" /><rect class="meter-peak" width="0.8" height="10" />
      </svg>
      <span class="meter-text"></span>
    </div>`;
  }
}
