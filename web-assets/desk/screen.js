// What the desk looks like, as templates of its state. Top: one word and one colour; left: what they see; middle: what we do;
// right: who is here, and the agenda (side.js); bottom: what happened.

import { html, nothing } from "../vendor/lit-html.js";
import { clockText, durationText, roleWord, timeOfDay } from "../lib/words.js";
import { actionButton } from "./button.js";
import { layoutButtons } from "./layout.js";
import { queue } from "./queue.js";
import { sourceRow } from "./source.js";

/**
 * @typedef {object} Page
 * @property {string} language
 * @property {string[]} languages
 * @property {string} meeting
 * @property {string} title
 * @property {{id: string, name: string}[]} meetings
 * @property {string} account
 * @property {import("../lib/types.js").AgendaItem[]} items
 * @property {import("../lib/types.js").Person[]} people
 * @property {number} extension_s
 * @property {number} utc_offset_s
 * @property {Record<string, string>} words
 */
/** @typedef {{title: string, text: string, yes: string | (() => void), danger?: boolean, label: string}} Confirmation */
/** @typedef {Record<string, unknown> & {action: string}} Action */
/**
 * @typedef {object} Desk
 * @property {Page} page
 * @property {import("../lib/words.js").Words} words
 * @property {import("../lib/clock.js").ServerClock} clock
 * @property {import("./meters.js").Meters} meters
 * @property {import("./finder.js").PersonFinder} finder
 * @property {import("./guest_lines.js").GuestLines} guests
 * @property {import("./invitation.js").Invitation} invitation
 * @property {import("./side.js").Side} side
 * @property {import("./steady.js").Steady} steady
 * @property {import("./keys.js").Keys} keys
 * @property {import("./preview.js").HallSound} hallSound
 * @property {import("../lib/types.js").DeskView} view
 * @property {import("../lib/clock.js").Countdown|null} countdown
 * @property {number|null} lostAt
 * @property {{text: string, kind: string}} message
 * @property {Confirmation|null} asking
 * @property {(text: import("../lib/types.js").Text|null|undefined) => string} text
 * @property {(name: string) => boolean} pending
 * @property {(kind: string, own?: string) => string} whyNot
 * @property {(name: string, action: Action, options?: {own?: string, confirm?: Confirmation, done?: (result: any) => void}) => void} press
 * @property {(text: string, kind: "said"|"refused"|"why") => void} say
 * @property {() => void} openHelp
 * @property {() => void} openSource
 * @property {() => void} signOut
 */

// ---- top ----

/** @param {Desk} desk @param {string} air */
export function top(desk, air) {
  const { words, view, page } = desk;
  const word = {
    off: "desk_state_off",
    on: "desk_state_on_air",
    card: view.meeting.state === "recess" ? "desk_state_card" : "desk_state_card_start",
    ended: "desk_state_ended",
    none: "desk_state_off",
  }[air] ?? "desk_state_off";
  const since = view.broadcast.since && (air === "on" || air === "card") ? (desk.clock.now() - Date.parse(view.broadcast.since)) / 1000 : null;
  return html`<header class="top">
    <p class="air"><strong>${words(word)}</strong><span class="elapsed">${since === null ? "" : clockText(Math.max(0, since))}</span></p>
    <div class="faults" role="alert">${faults(desk)}</div>
    <dl class="figures">
      <div><dt>${words("desk_viewers")}</dt><dd>${view.viewers}</dd></div>
      <div data-look=${view.disk && view.disk.state !== "ok" ? "soon" : "calm"}><dt>${words("desk_disk")}</dt>
        <dd>${view.disk ? words("desk_disk_hours", { n: Math.floor(view.disk.free_hours) }) : "–"}</dd></div>
    </dl>
    <div class="who">
      ${page.meetings.length > 1
        ? html`<select aria-label=${words("desk_meeting")} @change=${(/** @type {Event} */ event) => location.assign(`/desk?meeting=${encodeURIComponent(/** @type {HTMLSelectElement} */ (event.target).value)}`)}>
            ${page.meetings.map((one) => html`<option value=${one.id} ?selected=${one.id === page.meeting}>${one.name}</option>`)}</select>`
        : nothing}
      <nav class="languages" aria-label=${words("language")}>
        ${page.languages.map((code) => html`<a href="/desk?lang=${code}&meeting=${encodeURIComponent(page.meeting)}" lang=${code} aria-current=${code === page.language ? "true" : nothing}>${code}</a>`)}
      </nav>
      <button type="button" class="button small" @click=${desk.openHelp} aria-label=${words("desk_help")} title=${words("desk_help")}>?</button>
      <button type="button" class="button small" @click=${desk.signOut}>${words("desk_sign_out")}</button>
    </div>
  </header>`;
}

/** @param {Desk} desk */
function faults(desk) {
  const { words, view } = desk;
  if (desk.lostAt !== null) return html`<p class="fault">${desk.whyNot("")}</p>`;
  if (view.alarms.length === 0) return html`<p class="well">${words("desk_all_well")}</p>`;
  const more = view.alarms.length - 1;
  const all = view.alarms.map((alarm) => desk.text(alarm.text)).join("\n");
  return html`<p class="fault" title=${all}>${desk.text(view.alarms[0].text)}${more > 0 ? html` <b>(${words("desk_alarms_more", { n: more })})</b>` : nothing}</p>`;
}

// ---- left: what they see ----

/** @param {Desk} desk */
export function left(desk) {
  const { words } = desk;
  return html`<section class="room see" aria-labelledby="see">
    <h2 id="see">${words("desk_see")} <a class="public" href="/${desk.page.language}/meetings/${desk.page.meeting}" target="_blank" rel="noopener">${words("desk_public_page")}</a></h2>
    <div class="preview"><p>${words("desk_no_preview")}</p><img data-preview alt=${words("desk_preview")} width="1280" height="720" hidden />
      <video data-return-feed muted autoplay playsinline disablepictureinpicture aria-label=${words("desk_preview")} hidden></video></div>
    ${layoutButtons(desk)}
    <div class="meters">${desk.meters.template()}</div>
    ${sourceRow(desk)}
    ${broadcastButton(desk)}
  </section>`;
}

/** @param {Desk} desk */
function broadcastButton(desk) {
  const { words, view } = desk;
  const on = view.broadcast.state === "holding" || view.broadcast.state === "live";
  return on
    ? actionButton(desk, {
        name: "broadcast",
        action: { action: "broadcast.stop" },
        label: words("desk_broadcast_stop"),
        look: "broadcast",
        confirm: { title: words("desk_confirm_stop"), text: words("desk_confirm_stop_text"), yes: "", label: words("desk_broadcast_stop"), danger: true },
      })
    : actionButton(desk, {
        name: "broadcast",
        action: { action: "broadcast.start" },
        label: words("desk_broadcast_start"),
        look: "broadcast button-danger",
        confirm: { title: words("desk_confirm_start"), text: words("desk_confirm_start_text"), yes: "", label: words("desk_broadcast_start"), danger: true },
      });
}

// ---- middle: what we do ----

/** Who is next, as the server has it. @param {Desk} desk */
export function nextSpeaker(desk) {
  const { view, words } = desk;
  const { next } = view;
  const own = next ? "" : words(view.item.id ? "desk_next_speaker_none" : "desk_next_speaker_no_item");
  const action = { action: "floor.give", person: next?.person ?? "", ends: view.floor.turn ?? 0 };
  return { next, own, action, press: () => desk.press("next-speaker", action, { own }) };
}

/** @param {Desk} desk */
export function middle(desk) {
  const { words, view } = desk;
  const open = view.meeting.state === "in_session" || view.meeting.state === "recess";
  return html`<section class="room do" ?data-waited=${view.queue.length > 0} aria-labelledby="do">
    <h2 id="do" class="unseen">${words("desk_do")}</h2>
    <div class="sitting">
      ${open
        ? actionButton(desk, {
            name: "sitting",
            action: { action: "sitting.close" },
            label: words("desk_sitting_close"),
            confirm: { title: words("desk_confirm_close"), text: words("desk_confirm_close_text"), yes: "", label: words("desk_sitting_close"), danger: true },
          })
        : actionButton(desk, { name: "sitting", action: { action: "sitting.open" }, label: words("desk_sitting_open") })}
      ${recessButton(desk)}
    </div>
    ${floorCard(desk)} ${queue(desk)} ${nextSpeakerButton(desk)} ${desk.finder.template()}
  </section>`;
}

/** Asked about first: on air it is a card instead of the hall. @param {Desk} desk */
export function recess({ view, words }) {
  if (view.meeting.state === "recess") return { action: { action: "recess.end", recess: view.recess.recess ?? undefined }, label: words("desk_recess_end") };
  const label = words("desk_recess_start");
  return { action: { action: "recess.start" }, label, confirm: { title: words("desk_confirm_recess"), text: words("desk_confirm_recess_text"), yes: "", label } };
}

/** @param {Desk} desk */
function recessButton(desk) {
  const look = desk.view.meeting.state === "recess" ? "button-main" : "";
  return actionButton(desk, { name: "recess", ...recess(desk), key: "C", look });
}

/** What is done with the turn that is on the screen. @param {Desk} desk @param {string} action */
export const ofTurn = ({ view }, action) => ({ action, turn: view.floor.turn ?? undefined });

/** What would be taken back. @param {Desk} desk */
export const undoAction = ({ view }) => ({ action: "undo", of: view.undo?.action });

/** @param {Desk} desk */
function floorCard(desk) {
  const { words, view, countdown, page } = desk;
  const { floor } = view;
  const look = countdown?.look() ?? "none";
  const under = !countdown ? "" : !countdown.floor.running ? words("desk_floor_paused") : look === "over" ? words("desk_floor_over") : words("desk_floor_remaining");
  return html`<div class="floor" data-look=${look}>
    <div class="floor-who">
      <p class="floor-label">${words("desk_floor")} ${floorTrouble(desk)}</p>
      <p class="floor-name">${floor.person ? desk.text(floor.name) : words("desk_floor_free")}</p>
      <p class="floor-position">${floor.person ? desk.text(floor.position) : ""}</p>
    </div>
    <p class="floor-clock" role="timer"><b>${countdown ? clockText(countdown.remainingS()) : "–:––"}</b>
      <span>${under}</span><span>${floor.limit_s ? words("desk_floor_limit", { time: durationText(words, floor.limit_s) }) : ""}</span></p>
    <div class="floor-acts">
      ${actionButton(desk, { name: "floor.extend", action: { ...ofTurn(desk, "floor.extend"), seconds: page.extension_s }, label: words("desk_extend", { time: durationText(words, page.extension_s) }) })}
      ${floor.person && !floor.running
        ? actionButton(desk, { name: "floor.pause", action: ofTurn(desk, "floor.resume"), label: words("desk_resume") })
        : actionButton(desk, { name: "floor.pause", action: ofTurn(desk, "floor.pause"), label: words("desk_pause") })}
      ${actionButton(desk, { name: "floor.end", action: ofTurn(desk, "floor.end"), label: words("desk_floor_end"), key: "E" })}
    </div>
  </div>`;
}

/** Why a remote speaker is not heard. @param {Desk} desk */
function floorTrouble({ words, view, guests }) {
  const guest = view.guests.find(({ person }) => person === view.floor.person && person !== null);
  if (!guest || guest.stage !== "admitted") return nothing;
  const key = guests.look(guest) === "lost" ? "desk_floor_line" : guest.muted ? "desk_floor_muted" : null;
  return key === null ? nothing : html`<b class="amber">${words(key)}</b>`;
}

/** @param {Desk} desk */
function nextSpeakerButton(desk) {
  const { words, text } = desk;
  const { next, own, action } = nextSpeaker(desk);
  const label = html`<small>${words("desk_next_speaker")}${next ? ` · ${roleWord(words, next.kind)}` : ""}</small>
    <b>${next ? text(next.name) : own}</b>
    ${next ? html`<small>${text(next.position)}</small>` : nothing}`;
  return actionButton(desk, { name: "next-speaker", action, label, look: "next-speaker button-main", key: "N", own });
}

// ---- bottom: what happened ----

/** @param {Desk} desk */
export function bottom(desk) {
  const { words, view, message } = desk;
  return html`<section class="room happened" aria-labelledby="happened">
    <h2 id="happened" class="unseen">${words("desk_journal")}</h2>
    <div class="last">
      <p class="message" role="status" data-kind=${message.kind}>${message.text}</p>
      ${undoButton(desk)}
    </div>
    <ol class="journal" tabindex="0" aria-labelledby="happened">
      ${view.journal.length === 0 ? html`<li class="quiet">${words("desk_journal_empty")}</li>` : view.journal.map((line) => journalLine(desk, line))}
    </ol>
  </section>`;
}

/** The newest line of the action that undo would take back: giving the floor also ended somebody's turn, in its own line. @param {Desk["view"]} view */
const undoableLine = (view) => view.journal.find((line) => line.action === view.undo?.action && view.undo !== null)?.seq;

/** Always in the same place: what the machine reports must not push it out of sight. @param {Desk} desk */
function undoButton(desk) {
  const { words, view } = desk;
  const line = view.journal.find(({ seq }) => seq === undoableLine(view));
  const label = line ? html`${words("desk_undo")}: <b>${desk.text(line.text)}</b>` : words("desk_undo_last");
  return actionButton(desk, { name: "undo", action: undoAction(desk), label, key: "U", look: "small" });
}

/** @param {Desk} desk @param {import("../lib/types.js").DeskView["journal"][number]} line */
function journalLine(desk, line) {
  const { words, page } = desk;
  const seconds = new Date(line.utc).toISOString().slice(16, 19);
  return html`<li class="line" data-seq=${line.seq} ?data-undone=${line.undone}>
    <time datetime=${line.utc}>${timeOfDay(line.utc, page.utc_offset_s)}${seconds}</time>
    <span class="line-text" title=${desk.text(line.text)}>${desk.text(line.text)}${line.undone ? html` <i>(${words("desk_undone")})</i>` : nothing}</span>
    <span class="line-actor">${line.actor}</span>
  </li>`;
}

// ---- dialogs ----

/** @param {Event} event */
const closeDialog = (event) => /** @type {Element} */ (event.currentTarget).closest("dialog")?.close();

/** @param {Desk} desk */
export function confirmation(desk) {
  const { words, asking } = desk;
  return html`<dialog id="confirm" aria-labelledby="confirm-title">
    ${asking
      ? html`<h2 id="confirm-title">${asking.title}</h2><p>${asking.text}</p>
        <div class="choices">
          <button type="button" class="button" data-no @click=${closeDialog}>${words("desk_cancel")}</button>
          <button type="button" class="button ${asking.danger ? "button-danger" : "button-main"}" data-yes
            @click=${(/** @type {Event} */ event) => {
              closeDialog(event);
              if (typeof asking.yes === "function") asking.yes();
            }}>${asking.label}</button>
        </div>`
      : nothing}
  </dialog>`;
}

/** @param {Desk} desk */
export function help(desk) {
  const { words } = desk;
  return html`<dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">${words("desk_help")}</h2>
    ${desk.keys.template()}
    <div class="choices"><button type="button" class="button button-main" @click=${closeDialog}>${words("desk_help_close")}</button></div>
  </dialog>`;
}
