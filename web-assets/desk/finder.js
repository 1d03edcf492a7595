// Giving the floor to anybody, a place in the queue, or a link to take part from elsewhere: three letters of a name, in either spelling, with or without Kazakh
// letters.

import { html, nothing } from "../vendor/lit-html.js";

const kMost = 6;
const kShortestName = 3;
/** As people type without a Kazakh layout. @type {Record<string, string>} */
const kPlain = { ә: "а", қ: "к", ғ: "г", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и", ё: "е" };

/** @param {string} text */
export function fold(text) {
  return text.normalize("NFC").toLowerCase().replace(/[әқғңөұүһіё]/g, (letter) => kPlain[letter]);
}

/**
 * People with a word of their name that begins with what was typed, in the list's order.
 * @param {import("../lib/types.js").Person[]} people @param {string} typed
 */
export function find(people, typed) {
  const wanted = fold(typed.trim());
  if (wanted === "") return [];
  return people.filter((person) => person.names.some((name) => fold(name).startsWith(wanted) || fold(name).split(/[\s-]+/).some((word) => word.startsWith(wanted)))).slice(0, kMost);
}

export class PersonFinder {
  #typed = "";
  #active = 0;
  #open = false;
  /** What Enter does: "floor", "invite", or the kind of the raised hand. It stays as it was chosen: nothing may change under her hands. */
  #use = "floor";

  /** @param {import("./screen.js").Desk} desk @param {() => void} show */
  constructor(desk, show) {
    this.desk = desk;
    this.show = show;
  }

  /** Those of the page, and who was added to the record since it was opened. */
  #people() {
    const { page, view, text } = this.desk;
    const added = view.guests.filter(({ person }) => !page.people.some(({ id }) => id === person));
    return [...page.people, ...added.map(({ person, name, position }) => ({ id: person, name: text(name), position: text(position), names: [name?.kk ?? "", name?.ru ?? "", name?.en ?? ""] }))];
  }

  /** Those of the record; to invite, also somebody new by the name that was typed. */
  #found() {
    if (!this.#open) return [];
    const found = find(this.#people(), this.#typed), name = this.#typed.trim();
    if (this.#use !== "invite" || name.length < kShortestName) return found;
    return [...found, { id: "", name, position: this.desk.words("desk_finder_new"), names: [name] }];
  }

  /** @param {import("../lib/types.js").Person} person @param {HTMLInputElement} input */
  #choose(person, input) {
    if (this.#use === "invite") {
      const whom = person.id === "" ? { name: person.name } : { person: person.id };
      this.desk.press("finder", { action: "guest.invite", ...whom }, { done: (result) => this.desk.invitation.open(person.name, result) });
    } else {
      this.desk.press("finder", this.#use === "floor" ? { action: "floor.give", person: person.id, ends: this.desk.view.floor.turn ?? 0 } : { action: "hand.raise", person: person.id, kind: this.#use });
    }
    this.#typed = input.value = "";
    this.#open = false;
    input.blur();
    this.show();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const found = this.#found();
    if (event.key === "Escape") {
      this.#open = false;
      this.#typed = input.value = "";
      input.blur();
    } else if (event.key === "Enter" && found.length > 0) {
      this.#choose(found[this.#active] ?? found[0], input);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : found.length - 1;
      this.#active = found.length === 0 ? 0 : (this.#active + step) % found.length;
    } else {
      return;
    }
    event.preventDefault();
    this.show();
  }

  template() {
    const { words } = this.desk;
    const found = this.#found();
    const why = this.desk.whyNot({ floor: "floor.give", invite: "guest.invite" }[this.#use] ?? "hand.raise");
    return html`<div class="finder">
      <select aria-label=${words("desk_finder_use")} @change=${(/** @type {Event} */ event) => {
        this.#use = /** @type {HTMLSelectElement} */ (event.target).value;
        this.show();
      }}>
        <option value="floor">${words("desk_give_floor")}</option>
        ${["debate", "question", "point_of_order"].map((kind) => html`<option value=${kind}>${words("desk_queue_as", { kind: words(`as_${kind}`) })}</option>`)}
        <option value="invite">${words("desk_finder_invite")}</option>
      </select>
      <label for="finder" class="unseen">${words("desk_find_person")}</label>
      <input id="finder" type="search" role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${found.length > 0} aria-controls="found"
        aria-activedescendant=${found.length > 0 ? `found-${this.#active}` : nothing} aria-disabled=${why !== "" ? "true" : nothing} title=${why || nothing}
        placeholder=${words("desk_find_person")}
        @input=${(/** @type {Event} */ event) => {
          this.#typed = /** @type {HTMLInputElement} */ (event.target).value;
          this.#active = 0;
          this.#open = true;
          this.show();
        }}
        @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)}
        @blur=${() => {
          this.#open = false;
          this.show();
        }} />
      <ul id="found" class="found" role="listbox" aria-label=${words("desk_give_floor")} ?hidden=${found.length === 0}>
        ${found.map((person, index) => html`<li id="found-${index}" role="option" aria-selected=${index === this.#active}
          @pointerdown=${(/** @type {Event} */ event) => {
            event.preventDefault();
            this.#choose(person, /** @type {HTMLInputElement} */ (document.getElementById("finder")));
          }}><strong>${person.name}</strong><span>${person.position}</span></li>`)}
      </ul>
      ${this.#open && this.#typed.trim().length >= kShortestName && found.length === 0 ? html`<p class="found found-none">${words("desk_find_none")}</p>` : nothing}
    </div>`;
  }
}
