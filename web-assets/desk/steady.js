// A press means what stood on the button when the hand set out for it. What a button means changes under the hand (the next speaker,
// whose turn would end), a hand presses twice, a dialog closes over another button: none of that may act on what was not seen.

/** A button whose meaning is younger than this does nothing. Longer than a double click, shorter than reading a name. */
export const kSettleMs = 600;

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

/** @param {Event} event */
function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * From now on the second click of a double click, a key that is held down, and a press beneath a dialog that has just closed
 * reach no button.
 * @returns {() => boolean} whether a dialog has just closed
 */
export function guardPresses() {
  const page = document.documentElement;
  let timer = 0;
  const closing = () => page.hasAttribute("data-dialog-closes");
  // Not by the event "close": it comes a task later, and a press may come before it.
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => target instanceof HTMLDialogElement && !target.open)) return;
    page.setAttribute("data-dialog-closes", "");
    clearTimeout(timer);
    timer = window.setTimeout(() => page.removeAttribute("data-dialog-closes"), kSettleMs);
  }).observe(page, { subtree: true, attributes: true, attributeFilter: ["open"] });
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button && (event.detail > 1 || (closing() && !button.closest("dialog")))) swallow(event);
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      const presses = event.key === "Enter" || event.key === " ";
      if (event.repeat && presses && event.target instanceof Element && event.target.closest("button")) swallow(event);
    },
    true,
  );
  return closing;
}
