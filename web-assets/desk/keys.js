// Single keys that act (N, E, I, C, U, F, ?), by their place on the keyboard, so that Kazakh and Russian layouts do not matter. They
// are off until the secretary turns them on (WCAG 2.1.4): a name that is typed beside its field must not act on air.

import { html } from "../vendor/lit-html.js";

const kKept = "tyndau-desk-keys";

export class Keys {
  #on = false;

  /**
   * @param {import("./screen.js").Desk} desk
   * @param {Record<string, () => void>} acts by KeyboardEvent.code
   * @param {{show: () => void, ready: () => boolean}} desktop ready: whether a key may act now
   */
  constructor(desk, acts, { show, ready }) {
    this.desk = desk;
    this.show = show;
    try {
      this.#on = localStorage.getItem(kKept) === "on";
    } catch {
      // A browser that keeps nothing asks anew each time.
    }
    document.addEventListener("keydown", (event) => this.#pressed(event, acts, ready));
  }

  get on() {
    return this.#on;
  }

  /** @param {boolean} on */
  turn(on) {
    this.#on = on;
    try {
      localStorage.setItem(kKept, on ? "on" : "off");
    } catch {
      // As above.
    }
    this.show();
  }

  /** @param {KeyboardEvent} event @param {Record<string, () => void>} acts @param {() => boolean} ready */
  #pressed(event, acts, ready) {
    const target = event.target instanceof Element ? event.target : null;
    if (!this.#on || target?.closest("input, select, textarea, dialog") || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const act = event.key === "?" ? this.desk.openHelp : event.shiftKey ? undefined : acts[event.code];
    if (act === undefined || !ready()) return;
    event.preventDefault();
    act();
  }

  /** The switch, and what each key does. */
  template() {
    const { words } = this.desk;
    const rows = [["N", "desk_next_speaker"], ["E", "desk_floor_end"], ["I", "desk_next_item"], ["C", "desk_key_card"], ["U", "desk_undo_last"], ["F", "desk_key_find"], ["?", "desk_key_help"]];
    return html`<label class="switch"><input type="checkbox" id="keys-on" .checked=${this.#on} @change=${(/** @type {Event} */ event) => this.turn(/** @type {HTMLInputElement} */ (event.target).checked)} />
        <span>${words("desk_keys_on")}</span></label>
      <p class="quiet">${words("desk_keys_text")}</p>
      <dl class="keys" ?data-off=${!this.#on}>${rows.map(([key, word]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words(word)}</dd></div>`)}</dl>`;
  }
}
