// Who waits for the floor: raised hands and held turns, in the order in which they will speak.

import { html, nothing } from "../vendor/lit-html.js";
import { aboutText, clockText, roleWord } from "../lib/words.js";
import { actionButton } from "./button.js";

/** @typedef {import("./screen.js").Desk} Desk */

/** @param {Desk} desk */
export function queue(desk) {
  const { words, view } = desk;
  if (view.queue.length === 0) return nothing;
  return html`<section class="queue" aria-labelledby="queue">
    <h3 id="queue">${words("desk_queue")} <span class="count">${view.queue.length}</span></h3>
    <ol tabindex="0" aria-labelledby="queue">${view.queue.map((request, place) => row(desk, request, place))}</ol>
  </section>`;
}

/** What he wants, or why his turn is held and how much of it is left. @param {Desk} desk @param {import("../lib/types.js").SpeakRequest} request */
function kindOf({ words }, { kind, state, remaining_ms, reason }) {
  if (state !== "suspended") return roleWord(words, kind);
  const time = clockText((remaining_ms ?? 0) / 1000);
  return words(reason === "line_lost" ? "desk_held_line" : reason === "point_of_order" ? "desk_held_order" : "desk_held", { time });
}

/** @param {Desk} desk @param {import("../lib/types.js").SpeakRequest} one @param {number} place */
function row(desk, one, place) {
  const { words, view } = desk;
  const { person, state, line_lost, request } = one;
  // Whoever waits may have a point of order besides: two rows of one person.
  const of = one.kind === "point_of_order" ? `${person}-order` : person;
  const name = one.name ? desk.text(one.name) : person;
  const wait = (one.wait_s ?? 0) > 0 ? aboutText(words, one.wait_s ?? 0) : "";
  const away = line_lost && one.reason !== "line_lost" ? html` · <i>${words("desk_line_lost")}</i>` : nothing;
  return html`<li class="request" data-person=${person} data-state=${state} data-kind=${one.kind ?? nothing} ?data-away=${line_lost}>
    <p title=${`${name}: ${kindOf(desk, one)}`}><b>${name}</b> <span>${kindOf(desk, one)}${away}</span></p>
    <span class="wait" title=${wait === "" ? nothing : words("desk_queue_wait_title", { time: wait })}>${wait}</span>
    ${actionButton(desk, { name: `give-${of}`, place, action: { action: "floor.give", person, request, ends: view.floor.turn ?? 0 }, label: words("desk_queue_give"), title: words("desk_queue_give_title", { name }), look: "small", own: line_lost ? words("desk_guest_away") : "" })}
    ${actionButton(desk, { name: `lower-${of}`, place, action: { action: "hand.lower", person, request }, label: "✕", title: words("desk_queue_lower_title", { name }), look: "small" })}
  </li>`;
}
