// The right side: who is here from elsewhere, who signed up to speak, and below them the agenda. Each can be folded to give the
// others its room.

import { html, nothing } from "../vendor/lit-html.js";
import { kSettleMs } from "../lib/presses.js";
import { actionButton } from "./button.js";
import { guestList } from "./guests.js";
import { signUpList, signUpSwitch, waitingSignUps } from "./signups.js";

/** @typedef {import("./screen.js").Desk} Desk */
/** @typedef {"guests"|"signups"|"agenda"} Part */

export class Side {
  /** Who stands in a list that is pressed in, in order. */
  #lists = { guests: "", signups: "", asking: "" };
  /** A second press of a hand that was quicker than the screen must not fall on the next person. */
  #changedAt = { guests: -kSettleMs, signups: -kSettleMs };
  /** Who signed up is looked at when there is time for it: until then it is a number. @type {Set<Part>} */
  #folded = new Set(["signups"]);
  /** Said to those who do not see the list. */
  arrived = "";
  #item = "";

  /** @param {Desk} desk @param {() => void} show */
  constructor(desk, show) {
    this.desk = desk;
    this.show = show;
  }

  /** @param {import("../lib/types.js").DeskView} view */
  heard({ guests, registrations, item }) {
    const lobby = guests.filter(({ stage }) => stage === "lobby").map(({ person, name }) => ({ id: person, name: this.desk.text(name) }));
    const pending = registrations.filter(({ status }) => status === "pending").map(({ registration, name }) => ({ id: registration, name }));
    // An empty lobby lends its room to the list below it: whoever comes first moves that list.
    if ((lobby.length > 0) !== (this.#lists.guests !== "")) this.#changedAt.signups = performance.now();
    this.#changed("guests", lobby, "desk_guests_arrived");
    const asking = guests.filter(({ muted, asks }) => muted && asks).map(({ person, name }) => ({ id: person, name: this.desk.text(name) }));
    this.#said("asking", asking, "desk_guests_ask");
    this.#changed("signups", pending, "desk_signups_came");
    if ((item.id ?? "") !== this.#item) queueMicrotask(() => document.querySelector('.agenda [data-state="open"]')?.scrollIntoView({ block: "nearest" }));
    this.#item = item.id ?? "";
  }

  /** Says who is new in a list. @param {"guests"|"signups"|"asking"} part @param {{id: string, name: string}[]} list @param {string} said */
  #said(part, list, said) {
    const before = this.#lists[part].split(" ");
    const news = list.filter(({ id }) => !before.includes(id));
    if (news.length > 0) this.arrived = this.desk.words(said, { name: news.map(({ name }) => name).join(", ") });
    this.#lists[part] = list.map(({ id }) => id).join(" ");
  }

  /** @param {"guests"|"signups"} part @param {{id: string, name: string}[]} list @param {string} said of those who are new */
  #changed(part, list, said) {
    const before = this.#lists[part];
    this.#said(part, list, said);
    // Whoever came after the others has moved nobody.
    if (!this.#lists[part].startsWith(before)) this.#changedAt[part] = performance.now();
  }

  /** Why a press in this list would be too quick, or "". @param {"guests"|"signups"} [part] */
  unsettled(part = "guests") {
    return performance.now() - this.#changedAt[part] < kSettleMs ? this.desk.words("desk_guests_moved") : "";
  }

  /** Three open lists are none: who signed up takes the agenda's room, of which the next item stays. @param {Part} part */
  #fold(part) {
    const opens = this.#folded.delete(part);
    if (!opens) this.#folded.add(part);
    if (part === "signups") this.#folded[opens ? "add" : "delete"]("agenda");
    if (part === "agenda" && opens) this.#folded.add("signups");
    this.show();
  }

  /** @param {Part} part @param {string} title @param {unknown} [more] */
  #heading(part, title, more = nothing) {
    const open = !this.#folded.has(part);
    return html`<h2><button type="button" id=${part} class="fold" aria-expanded=${open} aria-controls="${part}-part" @click=${() => this.#fold(part)}>${title}</button>${more}</h2>`;
  }

  /** While the meeting lasts. */
  #signUps() {
    const { words, view } = this.desk;
    if (view.meeting.state === "closed") return nothing;
    const waiting = waitingSignUps(this.desk).length;
    const folded = this.#folded.has("signups");
    const said = waiting > 0 ? html`<b class="waiting">${words("desk_signups_waiting", { n: waiting })}</b>` : html`<span class="turned">${words(view.registration === "open" ? "desk_signups_is_open" : "desk_signups_is_closed")}</span>`;
    return html`<section class="signups" aria-labelledby="signups" ?data-folded=${folded}>
      <div class="signups-head">${this.#heading("signups", words("desk_signups"), said)}${signUpSwitch(this.desk)}</div>
      <div id="signups-part" class="guests-part" ?hidden=${folded}>${signUpList(this.desk)}</div>
    </section>`;
  }

  template() {
    const { words, view } = this.desk;
    const asking = view.guests.filter(({ muted, asks }) => muted && asks).length;
    const waiting = view.guests.filter(({ stage }) => stage === "lobby").length;
    const guests = view.guests.length > 0;
    const foldable = guests || view.meeting.state !== "closed";
    return html`<div class="room side" ?data-signups=${!this.#folded.has("signups")}>
      ${guests
        ? html`<section class="guests" aria-labelledby="guests" ?data-folded=${this.#folded.has("guests")}>
            ${this.#heading("guests", words("desk_guests"), waiting > 0 ? html`<b class="waiting">${words("desk_guests_waiting", { n: waiting })}</b>` : asking > 0 ? html`<b class="waiting">${words("desk_guests_asking", { n: asking })}</b>` : nothing)}
            <div id="guests-part" class="guests-part" ?hidden=${this.#folded.has("guests")}>${guestList(this.desk)}</div>
          </section>`
        : nothing}
      ${this.#signUps()}
      <section class="agenda" aria-labelledby="agenda" ?data-folded=${foldable && this.#folded.has("agenda")}>
        ${foldable ? this.#heading("agenda", words("desk_agenda")) : html`<h2 id="agenda">${words("desk_agenda")}</h2>`}
        <ol id="agenda-part" class="items" tabindex="0" aria-labelledby="agenda" ?hidden=${foldable && this.#folded.has("agenda")}>${this.desk.page.items.map((one) => itemRow(this.desk, one))}</ol>
        ${nextItemButton(this.desk)}
      </section>
      <p class="unseen" role="status">${this.arrived}</p>
    </div>`;
  }
}

// ---- the agenda ----

/** The first after the open one that was not considered yet, or the first of all. @param {Desk} desk */
export function nextItem(desk) {
  const { view, page, words } = desk;
  const at = page.items.findIndex((item) => item.id === view.item.id);
  const pending = (/** @type {import("../lib/types.js").AgendaItem} */ one) => (view.items[one.id] ?? "pending") === "pending";
  const item = page.items.slice(at + 1).find(pending) ?? page.items.find(pending);
  const own = item ? "" : words("desk_next_item_none");
  const action = { action: "item.open", item: item?.id ?? "", closes: view.item.id ?? "" };
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
  const open = state === "open", opens = state === "closed" ? "desk_item_open_again" : "desk_item_open";
  return html`<li class="item" data-item=${item.id} data-state=${state}>
    <span class="item-no">${item.no}</span>
    <div><p class="item-title" title=${item.title}>${item.title}</p><p class="item-state">${words(`desk_item_state_${state}`)}</p></div>
    ${open
      ? actionButton(desk, { name: `item-${item.id}`, action: { action: "item.close", item: item.id }, label: words("desk_item_close"), title: words("desk_item_close_title", { no: item.no }), look: "small" })
      : actionButton(desk, { name: `item-${item.id}`, action: { action: "item.open", item: item.id, closes: view.item.id ?? "" }, label: words(opens), title: words(`${opens}_title`, { no: item.no }), look: "small" })}
  </li>`;
}
