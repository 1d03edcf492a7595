// The right side: who is here from elsewhere, and below it the agenda. Either can be folded to give the other its room.

import { html, nothing } from "../vendor/lit-html.js";
import { actionButton } from "./button.js";
import { guestList } from "./guests.js";

/** @typedef {import("./screen.js").Desk} Desk */

const kSettleMs = 600; // a second press of a hand that was quicker than the screen must not fall on the next person

export class Side {
  /** Who was in the lobby, in order. */
  #lobby = "";
  #changedAt = -kSettleMs;
  /** @type {Set<string>} */
  #folded = new Set();
  /** Said to those who do not see the list. */
  arrived = "";
  #item = "";

  /** @param {Desk} desk @param {() => void} show */
  constructor(desk, show) {
    this.desk = desk;
    this.show = show;
  }

  /** @param {import("../lib/types.js").DeskView} view */
  heard({ guests, item }) {
    const lobby = guests.filter(({ stage }) => stage === "lobby");
    const before = this.#lobby.split(" ");
    const news = lobby.filter(({ person }) => !before.includes(person));
    if (news.length > 0) this.arrived = this.desk.words("desk_guests_arrived", { name: news.map(({ name }) => this.desk.text(name)).join(", ") });
    const now = lobby.map(({ person }) => person).join(" ");
    // Whoever came after the others has moved nobody.
    if (!now.startsWith(this.#lobby)) this.#changedAt = performance.now();
    this.#lobby = now;
    if ((item.id ?? "") !== this.#item) queueMicrotask(() => document.querySelector('.agenda [data-state="open"]')?.scrollIntoView({ block: "nearest" }));
    this.#item = item.id ?? "";
  }

  /** Why a press in the lobby would be too quick, or "". */
  unsettled() {
    return performance.now() - this.#changedAt < kSettleMs ? this.desk.words("desk_guests_moved") : "";
  }

  /** @param {"guests"|"agenda"} part */
  #fold(part) {
    if (!this.#folded.delete(part)) this.#folded.add(part);
    this.show();
  }

  /** @param {"guests"|"agenda"} part @param {string} title @param {unknown} [more] */
  #heading(part, title, more = nothing) {
    const open = !this.#folded.has(part);
    return html`<h2><button type="button" id=${part} class="fold" aria-expanded=${open} aria-controls="${part}-part" @click=${() => this.#fold(part)}>${title}</button>${more}</h2>`;
  }

  template() {
    const { words, view } = this.desk;
    const waiting = view.guests.filter(({ stage }) => stage === "lobby").length;
    const guests = view.guests.length > 0;
    return html`<div class="room side">
      ${guests
        ? html`<section class="guests" aria-labelledby="guests" ?data-folded=${this.#folded.has("guests")}>
            ${this.#heading("guests", words("desk_guests"), waiting > 0 ? html`<b class="waiting">${words("desk_guests_waiting", { n: waiting })}</b>` : nothing)}
            <div id="guests-part" class="guests-part" ?hidden=${this.#folded.has("guests")}>${guestList(this.desk)}</div>
          </section>`
        : nothing}
      <section class="agenda" aria-labelledby="agenda" ?data-folded=${this.#folded.has("agenda")}>
        ${guests ? this.#heading("agenda", words("desk_agenda")) : html`<h2 id="agenda">${words("desk_agenda")}</h2>`}
        <ol id="agenda-part" class="items" tabindex="0" aria-labelledby="agenda" ?hidden=${guests && this.#folded.has("agenda")}>${this.desk.page.items.map((one) => itemRow(this.desk, one))}</ol>
        ${nextItemButton(this.desk)}
      </section>
      <p class="unseen" role="status">${this.arrived}</p>
    </div>`;
  }
}

// ---- the agenda ----

/** The item after the open one, or the first that was not considered yet. @param {Desk} desk */
export function nextItem(desk) {
  const { view, page, words } = desk;
  const at = page.items.findIndex((item) => item.id === view.item.id);
  const item = at >= 0 ? page.items[at + 1] : page.items.find((one) => (view.items[one.id] ?? "pending") === "pending");
  const own = item ? "" : words("desk_next_item_none");
  const action = { action: "item.open", item: item?.id ?? "" };
  return { item, own, action, press: () => desk.press("next-item", action, { own }) };
}

/** @param {Desk} desk */
function nextItemButton(desk) {
  const { item, own, action } = nextItem(desk);
  const label = html`<small>${desk.words("desk_next_item")}</small><b>${item ? `${item.no}. ${item.title}` : own}</b>`;
  return actionButton(desk, { name: "next-item", action, label, look: "next-item", key: "I", own });
}

/** @param {Desk} desk @param {import("../lib/types.js").AgendaItem} item */
function itemRow(desk, item) {
  const { words, view } = desk;
  const state = view.items[item.id] ?? "pending";
  const open = state === "open";
  return html`<li class="item" data-item=${item.id} data-state=${state}>
    <span class="item-no">${item.no}</span>
    <div><p class="item-title" title=${item.title}>${item.title}</p><p class="item-state">${words(`desk_item_state_${state}`)}</p></div>
    ${open
      ? actionButton(desk, { name: `item-${item.id}`, action: { action: "item.close" }, label: words("desk_item_close"), title: words("desk_item_close_title", { no: item.no }), look: "small" })
      : actionButton(desk, { name: `item-${item.id}`, action: { action: "item.open", item: item.id }, label: words("desk_item_open"), title: words("desk_item_open_title", { no: item.no }), look: "small" })}
  </li>`;
}
