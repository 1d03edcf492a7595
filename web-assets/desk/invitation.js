// What lets somebody in, shown once, when it was made: the link for a person, or the key for the hall's encoder.

import { html, nothing } from "../vendor/lit-html.js";
import { copied } from "../lib/clipboard.js";

/** @param {string|number} time @param {number} utcOffsetS "26.11.2026 18:00" */
function dayAndTime(time, utcOffsetS) {
  const text = new Date(new Date(time).getTime() + utcOffsetS * 1000).toISOString();
  return `${text.slice(8, 10)}.${text.slice(5, 7)}.${text.slice(0, 4)} ${text.slice(11, 16)}`;
}

/** @typedef {{id: string, label: string, value: string}} Secret */
/** @typedef {{title: string, text: string, until: string, secrets: Secret[], expires: string|number}} Made */

export class Invitation {
  /** @type {Made|null} */
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
    const { words } = this.desk;
    const secrets = [{ id: "invitation-link", label: words("desk_link_label"), value: url }];
    this.#open({ title: words("desk_link_title", { name }), text: words("desk_link_text"), until: "desk_link_until", secrets, expires });
  }

  /** @param {{url: string, token: string, expires: string|number}} result of source.invite */
  openKey({ url, token, expires }) {
    const { words } = this.desk;
    const secrets = [
      { id: "encoder-address", label: words("desk_encoder_address"), value: url },
      { id: "encoder-key", label: words("desk_encoder_key"), value: token },
    ];
    this.#open({ title: words("desk_encoder_title"), text: words("desk_encoder_text"), until: "desk_encoder_until", secrets, expires });
  }

  /** @param {Made} made */
  #open(made) {
    this.#made = made;
    this.#said = "";
    this.show();
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("invitation"));
    if (!dialog.open) dialog.showModal();
    this.#input(made.secrets[0].id).select();
  }

  /** @param {string} id */
  #input(id) {
    return /** @type {HTMLInputElement} */ (document.getElementById(id));
  }

  /** @param {Secret} secret */
  async #copy({ id }) {
    this.#said = (await copied(this.#input(id))) ? "desk_link_copied" : "desk_link_copy_failed";
    this.show();
  }

  #forget() {
    this.#made = null;
    this.show();
  }

  /** @param {Secret} secret @param {boolean} named whether its name is seen, too */
  #secret(secret, named) {
    const copy = this.desk.words("desk_link_copy");
    return html`<label for=${secret.id} class=${named ? "secret-name" : "unseen"}>${secret.label}</label>
      <div class="link">
        <input id=${secret.id} readonly .value=${secret.value} />
        <button type="button" class="button button-main" data-copy=${secret.id} aria-label="${copy}: ${secret.label}" @click=${() => this.#copy(secret)}>${copy}</button>
      </div>`;
  }

  template() {
    const { words, page } = this.desk;
    const made = this.#made;
    return html`<dialog id="invitation" aria-labelledby="invitation-title" @close=${() => this.#forget()}>
      ${made === null
        ? nothing
        : html`<h2 id="invitation-title">${made.title}</h2>
          <p>${made.text}</p>
          ${made.secrets.map((secret) => this.#secret(secret, made.secrets.length > 1))}
          <p class="link-said" role="status">${this.#said === "" ? "" : words(this.#said)}</p>
          <p class="quiet">${words(made.until, { time: dayAndTime(made.expires, page.utc_offset_s) })}</p>
          <div class="choices"><button type="button" class="button" data-no @click=${(/** @type {Event} */ event) => /** @type {Element} */ (event.currentTarget).closest("dialog")?.close()}>${words("desk_help_close")}</button></div>`}
    </dialog>`;
  }
}
