// Who is here from elsewhere: who waits in the lobby, who was admitted, who could be invited.

import { html, nothing } from "../vendor/lit-html.js";
import { icon } from "../lib/icons.js";
import { actionButton } from "./button.js";

/** @typedef {import("./screen.js").Desk} Desk */
/** @typedef {import("../lib/types.js").DeskGuest} DeskGuest */

/** @param {Desk} desk @param {DeskGuest} guest */
const nameOf = (desk, guest) => desk.text(guest.name) || guest.person;

/** @param {Desk} desk @param {DeskGuest} guest */
const siteOf = (desk, { site }) => desk.text(site);

/** The lobby keeps its room once somebody was invited, so that an arrival moves nothing under her hand. @param {Desk} desk */
export function guestList(desk) {
  const { words, view } = desk;
  const lobby = view.guests.filter(({ stage }) => stage === "lobby");
  const here = view.guests.filter(({ stage }) => stage === "admitted");
  const rest = view.guests.filter(({ stage }) => stage !== "lobby" && stage !== "admitted");
  const expected = view.guests.some(({ stage }) => stage !== "uninvited");
  return html`${expected
      ? html`<ol class="lobby" ?data-empty=${lobby.length === 0} tabindex="0" aria-label=${words("desk_guests_lobby")}>
          ${lobby.length === 0 ? html`<li class="nobody">${words("desk_guests_lobby_empty")}</li>` : lobby.map((guest) => waiting(desk, guest))}
        </ol>`
      : nothing}
    <ol class="present" tabindex="0" aria-labelledby="guests">${here.map((guest) => present(desk, guest))}${rest.map((guest) => absent(desk, guest))}</ol>`;
}

/** @param {Desk} desk @param {DeskGuest} guest */
function line(desk, guest) {
  const { words, guests } = desk;
  const look = guests.look(guest);
  const { uplink_kbps, loss_percent, rtt_ms } = guests.numbers(guest);
  const numbers = words("desk_line_numbers", { uplink: uplink_kbps ?? "–", loss: loss_percent ?? "–", rtt: rtt_ms === null ? "–" : Math.round(rtt_ms) });
  const heard = guests.of(guest).line;
  const picture = heard && heard.line === "ok" && heard.width === 0 ? html` · ${words("desk_line_no_picture")}` : nothing;
  return html`<p class="guest-line" data-look=${look} title=${numbers}><span class="dot"></span>${words(`desk_line_${look}`)}${picture}</p>`;
}

/** @param {string} person */
const level = (person) => html`<svg class="guest-level" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="meter-ground" width="100" height="10" /><rect class="meter-level" data-guest-level=${person} width="0" height="10" /></svg>`;

/** @param {Desk} desk @param {DeskGuest} guest */
function waiting(desk, guest) {
  const { words } = desk;
  const { person } = guest, name = nameOf(desk, guest), site = siteOf(desk, guest);
  return html`<li class="guest" data-person=${person} data-stage="lobby">
    <span class="face">${desk.guests.picture(person, words("desk_guest_picture", { name }))}</span>
    <div class="guest-words"><p class="guest-name" title=${name}>${name}</p>${site ? html`<p class="guest-site">${site}</p>` : nothing}${line(desk, guest)}${level(person)}</div>
    <div class="guest-acts">
      ${actionButton(desk, { name: `admit-${person}`, action: { action: "guest.admit", person }, label: words("desk_guest_admit"), title: words("desk_guest_admit_title", { name }), look: "button-main", own: desk.side.unsettled() })}
      ${actionButton(desk, { name: `decline-${person}`, action: { action: "guest.decline", person }, label: words("desk_guest_decline"), title: words("desk_guest_decline_title", { name }), look: "small", own: desk.side.unsettled() })}
    </div>
  </li>`;
}

/** @param {Desk} desk @param {DeskGuest} guest */
function present(desk, guest) {
  const { words, view } = desk;
  const { person } = guest, name = nameOf(desk, guest), site = siteOf(desk, guest);
  const doing = guest.muted && guest.asks ? html`<b class="amber">${words("desk_guest_asks")}</b>` : guest.has_floor ? words("desk_guest_speaks") : guest.muted ? words("desk_guest_muted") : guest.in_queue ? words("desk_guest_hand") : "";
  const framed = view.layout.persons.includes(person);
  return html`<li class="guest" data-person=${person} data-stage="admitted" ?data-floor=${guest.has_floor} ?data-muted=${guest.muted} ?data-asks=${guest.asks}>
    ${actionButton(desk, { name: `frame-${person}`, action: { action: "layout.set", layout: "guest", persons: [person] }, label: desk.guests.picture(person, ""), title: words("desk_guest_frame", { name }), look: "face", pressed: framed })}
    <div class="guest-words"><p class="guest-name" title=${site ? `${name}, ${site}` : name}>${name}</p>${doing === "" ? line(desk, guest) : html`<p class="guest-line" data-look=${desk.guests.look(guest)}><span class="dot"></span>${doing}</p>`}${level(person)}</div>
    <div class="guest-acts">
      ${actionButton(desk, { name: `floor-${person}`, action: { action: "floor.give", person, ends: view.floor.turn ?? 0 }, label: words("desk_guest_floor"), title: words("desk_queue_give_title", { name }), look: "small", own: guest.line_lost ? words("desk_guest_away") : "" })}
      ${guest.muted
        ? actionButton(desk, { name: `mute-${person}`, action: { action: "guest.unmute", person }, label: icon("microphoneOff"), title: words("desk_guest_unmute", { name }), look: "small muted" })
        : actionButton(desk, { name: `mute-${person}`, action: { action: "guest.mute", person }, label: icon("microphone"), title: words("desk_guest_mute", { name }), look: "small" })}
      ${actionButton(desk, {
        name: `remove-${person}`,
        action: { action: "guest.remove", person },
        label: "✕",
        title: words("desk_guest_remove_title", { name }),
        look: "small",
        confirm: { title: words("desk_guest_remove_ask", { name }), text: words("desk_guest_remove_text"), yes: "", label: words("desk_guest_remove"), danger: true },
      })}
    </div>
  </li>`;
}

/**
 * Whoever signed up has a link of his own, and nobody knows where to send him another: it is let be, or made good again.
 * @param {Desk} desk @param {DeskGuest} guest @param {string} name
 */
function inviteButton(desk, { person, invited }, name) {
  const { words, view } = desk;
  const own = view.registrations.find((one) => one.status === "approved" && one.person === person);
  if (own && invited) return nothing;
  if (own) {
    const { registration } = own;
    return actionButton(desk, { name: `approve-${registration}`, action: { action: "registration.approve", registration }, label: words("desk_signup_approve"), title: words("desk_signup_approve_title", { name }), look: "small" });
  }
  const invite = words(invited ? "desk_guest_new_link" : "desk_guest_invite");
  return actionButton(desk, {
    name: `invite-${person}`,
    action: { action: "guest.invite", person },
    label: invite,
    title: `${invite}: ${name}`,
    look: "small",
    done: (result) => desk.invitation.open(name, result),
  });
}

/** @param {Desk} desk @param {DeskGuest} guest */
function absent(desk, guest) {
  const { words } = desk;
  const { person, stage, invited } = guest, name = nameOf(desk, guest), site = siteOf(desk, guest);
  const is = stage === "invited" && guest.page ? "page" : stage;
  return html`<li class="guest" data-person=${person} data-stage=${stage}>
    <div class="guest-words"><p class="guest-name" title=${site ? `${name}, ${site}` : name}>${name}</p><p class="guest-line">${words(`desk_guest_stage_${is}`)}${site ? ` · ${site}` : ""}</p></div>
    <div class="guest-acts">
      ${inviteButton(desk, guest, name)}
      ${invited ? actionButton(desk, { name: `revoke-${person}`, action: { action: "guest.revoke", person }, label: words("desk_guest_revoke"), title: words("desk_guest_revoke_title", { name }), look: "small" }) : nothing}
    </div>
  </li>`;
}
