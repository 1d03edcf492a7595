// What the desk looks like, as templates of its state. Top: one word and one colour; left: what they see; middle: what we do;
// right: the agenda; bottom: what happened.

import { html, nothing } from "../vendor/lit-html.js";
import { clockText, timeOfDay } from "../lib/words.js";

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
 * @property {import("../lib/types.js").DeskView} view
 * @property {import("../lib/clock.js").Countdown|null} countdown
 * @property {number|null} lostAt
 * @property {{text: string, kind: string}} message
 * @property {Confirmation|null} asking
 * @property {(text: import("../lib/types.js").Text|null|undefined) => string} text
 * @property {(name: string) => boolean} pending
 * @property {(kind: string, own?: string) => string} whyNot
 * @property {(name: string, action: Action, options?: {own?: string, confirm?: Confirmation}) => void} press
 * @property {(text: string, kind: "said"|"refused"|"why") => void} say
 * @property {() => void} openHelp
 * @property {() => void} openSource
 * @property {() => void} signOut
 */

/**
 * A button that acts. One that would be refused stays where it is, can be focused, and says why.
 * @param {Desk} desk
 * @param {{name: string, action: Action, label: unknown, look?: string, key?: string, own?: string, confirm?: Confirmation, title?: string}} button
 */
function actionButton(desk, { name, action, label, look = "", key, own = "", confirm, title }) {
  const why = desk.whyNot(action.action, own);
  const pending = desk.pending(name);
  return html`<button type="button" class="button act ${look}" data-act=${name} aria-disabled=${why !== "" ? "true" : nothing}
    aria-busy=${pending ? "true" : nothing} aria-label=${title ?? nothing} title=${why || nothing} aria-keyshortcuts=${key ?? nothing}
    @click=${() => desk.press(name, action, { own, confirm })}
    @focus=${() => desk.say(why, "why")} @mouseenter=${() => why !== "" && desk.say(why, "why")}>
    <span>${label}</span>${key ? html`<kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
}

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
  const { words, view } = desk;
  const source = view.media_connected ? view.source : null;
  const look = source?.state === "ok" ? "calm" : source?.state === "starting" ? "soon" : "over";
  return html`<section class="room see" aria-labelledby="see">
    <h2 id="see">${words("desk_see")} <a class="public" href="/${desk.page.language}/meetings/${desk.page.meeting}" target="_blank" rel="noopener">${words("desk_public_page")}</a></h2>
    <div class="preview"><p>${words("desk_no_preview")}</p><img data-preview alt=${words("desk_preview")} width="1280" height="720" hidden />
      <video data-return-feed muted autoplay playsinline disablepictureinpicture aria-label=${words("desk_preview")} hidden></video></div>
    <div class="meters">${desk.meters.template()}</div>
    <div class="source">
      <p><span class="dot" data-look=${look}></span><b>${words("desk_source")}:</b> ${words(`desk_source_${source?.state ?? "unknown"}`)}
        <span class="uri" title=${source?.detail || nothing}>${source?.uri ?? ""}</span></p>
      <button type="button" class="button small" data-open-source @click=${desk.openSource}>${words("desk_source_change")}</button>
    </div>
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

/** Points of order, held turns and questions come before the next report; a hand for the debate after those who registered. @param {import("../lib/types.js").SpeakRequest} request */
const goesFirst = (request) => request.state === "suspended" || request.kind === "point_of_order" || request.kind === "question";

/** Who is next: by the queue, or the first speaker planned for the open item who has not had the floor in it. @param {Desk} desk */
export function nextSpeaker(desk) {
  const { view, page, words } = desk;
  const item = page.items.find((one) => one.id === view.item.id);
  const had = new Set(view.chapters.filter((chapter) => chapter.kind === "turn" && chapter.item === view.item.id).map((chapter) => chapter.person));
  if (view.floor.person) had.add(view.floor.person);
  const planned = item?.speakers.find((speaker) => !had.has(speaker.person));
  const next = view.queue.find(goesFirst) ?? planned ?? view.queue[0];
  const person = page.people.find((one) => one.id === next?.person);
  const own = !item ? words("desk_next_speaker_no_item") : !person ? words("desk_next_speaker_none") : "";
  const action = { action: "floor.give", person: person?.id ?? "" };
  return { person, own, action, press: () => desk.press("next-speaker", action, { own }) };
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
      ${view.meeting.state === "recess"
        ? actionButton(desk, { name: "recess", action: { action: "recess.end" }, label: words("desk_recess_end"), key: "C", look: "button-main" })
        : actionButton(desk, { name: "recess", action: { action: "recess.start" }, label: words("desk_recess_start"), key: "C" })}
    </div>
    ${floorCard(desk)} ${queue(desk)} ${nextSpeakerButton(desk)} ${desk.finder.template()}
  </section>`;
}

/** @param {Desk} desk */
function floorCard(desk) {
  const { words, view, countdown, page } = desk;
  const { floor } = view;
  const look = countdown?.look() ?? "none";
  const minutes = Math.round(page.extension_s / 60);
  const under = !countdown ? "" : !countdown.floor.running ? words("desk_floor_paused") : look === "over" ? words("desk_floor_over") : words("desk_floor_remaining");
  return html`<div class="floor" data-look=${look}>
    <div class="floor-who">
      <p class="floor-label">${words("desk_floor")}</p>
      <p class="floor-name">${floor.person ? desk.text(floor.name) : words("desk_floor_free")}</p>
      <p class="floor-position">${floor.person ? desk.text(floor.position) : ""}</p>
    </div>
    <p class="floor-clock" role="timer"><b>${countdown ? clockText(countdown.remainingS()) : "–:––"}</b>
      <span>${under}</span><span>${floor.limit_s ? words("desk_floor_limit", { n: Math.round(floor.limit_s / 60) }) : ""}</span></p>
    <div class="floor-acts">
      ${actionButton(desk, { name: "floor.extend", action: { action: "floor.extend", seconds: page.extension_s }, label: words("desk_extend", { n: minutes }) })}
      ${floor.person && !floor.running
        ? actionButton(desk, { name: "floor.pause", action: { action: "floor.resume" }, label: words("desk_resume") })
        : actionButton(desk, { name: "floor.pause", action: { action: "floor.pause" }, label: words("desk_pause") })}
      ${actionButton(desk, { name: "floor.end", action: { action: "floor.end" }, label: words("desk_floor_end"), key: "E" })}
    </div>
  </div>`;
}

/** @param {Desk} desk */
function queue(desk) {
  const { words, view } = desk;
  if (view.queue.length === 0) return nothing;
  return html`<section class="queue" aria-labelledby="queue">
    <h3 id="queue">${words("desk_queue")} <span class="count">${view.queue.length}</span></h3>
    <ol tabindex="0" aria-labelledby="queue">${view.queue.map((request) => queueRow(desk, request))}</ol>
  </section>`;
}

/** @param {Desk} desk @param {import("../lib/types.js").SpeakRequest} request */
function queueRow(desk, request) {
  const { words } = desk;
  const { person } = request;
  const name = request.name ? desk.text(request.name) : person;
  const kind = request.remaining_ms === null ? words(`as_${request.kind}`) : words("desk_held", { time: clockText(request.remaining_ms / 1000) });
  return html`<li class="request" data-person=${person} data-state=${request.state} data-kind=${request.kind ?? nothing}>
    <p><b>${name}</b> <span>${kind}</span></p>
    ${actionButton(desk, { name: `give-${person}`, action: { action: "floor.give", person }, label: words("desk_queue_give"), title: words("desk_queue_give_title", { name }), look: "small" })}
    ${actionButton(desk, { name: `lower-${person}`, action: { action: "hand.lower", person }, label: "✕", title: words("desk_queue_lower_title", { name }), look: "small" })}
  </li>`;
}

/** @param {Desk} desk */
function nextSpeakerButton(desk) {
  const { words } = desk;
  const { person, own, action } = nextSpeaker(desk);
  const label = html`<small>${words("desk_next_speaker")}</small>
    <b>${person ? person.name : own}</b>
    ${person ? html`<small>${person.position}</small>` : nothing}`;
  return actionButton(desk, { name: "next-speaker", action, label, look: "next-speaker button-main", key: "N", own });
}

// ---- right: the agenda ----

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
export function right(desk) {
  const { words } = desk;
  const { item, own, action } = nextItem(desk);
  const label = html`<small>${words("desk_next_item")}</small><b>${item ? `${item.no}. ${item.title}` : own}</b>`;
  return html`<section class="room agenda" aria-labelledby="agenda">
    <h2 id="agenda">${words("desk_agenda")}</h2>
    <ol class="items" tabindex="0" aria-labelledby="agenda">${desk.page.items.map((one) => itemRow(desk, one))}</ol>
    ${actionButton(desk, { name: "next-item", action, label, look: "next-item", key: "I", own })}
  </section>`;
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
  return actionButton(desk, { name: "undo", action: { action: "undo" }, label, key: "U", look: "small" });
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
export function sourceForm(desk) {
  const { words } = desk;
  return html`<dialog id="source" aria-labelledby="source-title">
    <h2 id="source-title">${words("desk_source_new")}</h2>
    <form method="dialog" @submit=${(/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (document.getElementById("uri"));
      if (/** @type {SubmitEvent} */ (event).submitter?.hasAttribute("data-yes") && input.value.trim() !== "") {
        desk.press("source", { action: "source.set", uri: input.value.trim() });
      }
    }}>
      <label for="uri">${words("desk_source_examples")}</label>
      <input id="uri" name="uri" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="2000" />
      <div class="choices">
        <button class="button" formnovalidate data-no>${words("desk_cancel")}</button>
        <button class="button button-main" data-yes>${words("desk_source_apply")}</button>
      </div>
    </form>
  </dialog>`;
}

/** @param {Desk} desk */
export function help(desk) {
  const { words } = desk;
  const rows = [["N", "desk_next_speaker"], ["E", "desk_floor_end"], ["I", "desk_next_item"], ["C", "desk_key_card"], ["U", "desk_undo_last"], ["F", "desk_key_find"], ["?", "desk_key_help"]];
  return html`<dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">${words("desk_help")}</h2>
    <dl class="keys">${rows.map(([key, word]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words(word)}</dd></div>`)}</dl>
    <p class="quiet">${words("desk_help_typing")}</p>
    <div class="choices"><button type="button" class="button button-main" @click=${closeDialog}>${words("desk_help_close")}</button></div>
  </dialog>`;
}
