// The link that lets one person in: shown once, when it was made.

import { html, nothing } from "../vendor/lit-html.js";

/** @param {string|number} time @param {number} utcOffsetS "26.11.2026 18:00" */
function dayAndTime(time, utcOffsetS) {
  const text = new Date(new Date(time).getTime() + utcOffsetS * 1000).toISOString();
  return `${text.slice(8, 10)}.${text.slice(5, 7)}.${text.slice(0, 4)} ${text.slice(11, 16)}`;
}

export class Invitation {
  /** @type {{name: string, url: string, expires: string|number}|null} */
  #made = null;
  /** @type {""|"desk_link_copied"|"desk_link_copy_failed"} */
  #said = "";

  /** @param {import("./screen.js").Desk} desk @param {() => void} show */
  constructor(desk, show) {
    this.desk = desk;
    this.show = show;
  }

  /** @param {string} name @param {{url: string, expires: string|number}} result of guest.invite */
  open(name, { url, expires }) {
    this.#made = { name, url, expires };
    this.#said = "";
    this.show();
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("invitation"));
    if (!dialog.open) dialog.showModal();
    this.#input().select();
  }

  #input() {
    return /** @type {HTMLInputElement} */ (document.getElementById("invitation-link"));
  }

  async #copy() {
    this.#input().select();
    try {
      await navigator.clipboard.writeText(this.#made?.url ?? "");
      this.#said = "desk_link_copied";
    } catch {
      // Over plain http there is no clipboard; the old way may work.
      this.#said = document.execCommand("copy") ? "desk_link_copied" : "desk_link_copy_failed";
    }
    this.show();
  }

  #forget() {
    this.#made = null;
    this.show();
  }

  template() {
    const { words, page } = this.desk;
    const made = this.#made;
    return html`<dialog id="invitation" aria-labelledby="invitation-title" @close=${() => this.#forget()}>
      ${made === null
        ? nothing
        : html`<h2 id="invitation-title">${words("desk_link_title", { name: made.name })}</h2>
          <p>${words("desk_link_text")}</p>
          <div class="link">
            <label for="invitation-link" class="unseen">${words("desk_link_label")}</label>
            <input id="invitation-link" readonly .value=${made.url} />
            <button type="button" class="button button-main" data-copy @click=${() => this.#copy()}>${words("desk_link_copy")}</button>
          </div>
          <p class="link-said" role="status">${this.#said === "" ? "" : words(this.#said)}</p>
          <p class="quiet">${words("desk_link_until", { time: dayAndTime(made.expires, page.utc_offset_s) })}</p>
          <div class="choices"><button type="button" class="button" data-no @click=${(/** @type {Event} */ event) => /** @type {Element} */ (event.currentTarget).closest("dialog")?.close()}>${words("desk_help_close")}</button></div>`}
    </dialog>`;
  }
}
