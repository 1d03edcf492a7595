// A press means what stood on the button when the hand set out for it. What a button means changes under the hand (the next speaker,
// whose turn would end), a hand presses twice, a dialog closes over another button: none of that may act on what was not seen.

import { kSettleMs } from "../lib/presses.js";

export class Steady {
  /** Of each button that is on the screen. @type {Map<string, {meaning: string, since: number, frame: number}>} */
  #buttons = new Map();
  #frame = 0;
  #timer = 0;

  /** @param {() => void} show draws the screen again; is called when buttons have settled */
  constructor(show) {
    this.show = show;
  }

  /** Draws a screen: what is not drawn in it is forgotten, and new when it comes back. @param {() => void} draw */
  frame(draw) {
    this.#frame += 1;
    draw();
    for (const [name, button] of this.#buttons) if (button.frame !== this.#frame) this.#buttons.delete(name);
  }

  /**
   * Notes what the button means in this frame; whether that is too new to be pressed.
   * @param {string} name @param {unknown} meaning its action, and its place where that tells it from others
   */
  drawn(name, meaning) {
    const text = JSON.stringify(meaning), known = this.#buttons.get(name);
    const since = known?.meaning === text ? known.since : performance.now();
    this.#buttons.set(name, { meaning: text, since, frame: this.#frame });
    const unsettled = this.unsettled(name);
    if (unsettled && this.#timer === 0) {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        this.show();
      }, kSettleMs);
    }
    return unsettled;
  }

  /** @param {string} name */
  unsettled(name) {
    const known = this.#buttons.get(name);
    return known !== undefined && performance.now() - known.since < kSettleMs;
  }
}
