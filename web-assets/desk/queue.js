// Who waits for the floor: raised hands and held turns, in the order in which they will speak.

import { html, nothing } from "../vendor/lit-html.js";
import { clockText } from "../lib/words.js";
import { actionButton } from "./button.js";

/** @typedef {import("./screen.js").Desk} Desk */

/** @param {Desk} desk */
export function queue(desk) {
  const { words, view } = desk;
  if (view.queue.length === 0) return nothing;
  return html`<section class="queue" aria-labelledby="queue">
    <h3 id="queue">${words("desk_queue")} <span class="count">${view.queue.length}</span></h3>
    <ol tabindex="0" aria-labelledby="queue">${view.queue.map((request) => row(desk, request))}</ol>
  </section>`;
}

/** What he wants, or why his turn is held and how much of it is left. @param {Desk} desk @param {import("../lib/types.js").SpeakRequest} request */
function kindOf({ words }, { kind, state, remaining_ms, reason }) {
  if (state !== "suspended") return words(`as_${kind}`);
  const time = clockText((remaining_ms ?? 0) / 1000);
  return words(reason === "line_lost" ? "desk_held_line" : reason === "point_of_order" ? "desk_held_order" : "desk_held", { time });
}

/** @param {Desk} desk @param {import("../lib/types.js").SpeakRequest} request */
function row(desk, request) {
  const { words } = desk;
  const { person, state, line_lost } = request;
  const name = request.name ? desk.text(request.name) : person;
  const minutes = Math.round((request.wait_s ?? 0) / 60);
  const away = line_lost && request.reason !== "line_lost" ? html` · <i>${words("desk_line_lost")}</i>` : nothing;
  return html`<li class="request" data-person=${person} data-state=${state} data-kind=${request.kind ?? nothing} ?data-away=${line_lost}>
    <p title=${`${name}: ${kindOf(desk, request)}`}><b>${name}</b> <span>${kindOf(desk, request)}${away}</span></p>
    <span class="wait" title=${words("desk_queue_wait_title", { n: minutes })}>${minutes > 0 ? words("desk_queue_wait", { n: minutes }) : ""}</span>
    ${actionButton(desk, { name: `give-${person}`, action: { action: "floor.give", person }, label: words("desk_queue_give"), title: words("desk_queue_give_title", { name }), look: "small", own: line_lost ? words("desk_guest_away") : "" })}
    ${actionButton(desk, { name: `lower-${person}`, action: { action: "hand.lower", person }, label: "✕", title: words("desk_queue_lower_title", { name }), look: "small" })}
  </li>`;
}
