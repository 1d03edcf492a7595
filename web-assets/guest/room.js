// The lobby and the seat: the programme large, oneself small, and whether it is his turn. The buttons stay where they are
// whatever happens.

import { html, nothing } from "../vendor/lit-html.js";
import { gradeOf } from "../lib/line.js";
import { aboutText, clockText, timeOfDay } from "../lib/words.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("./guest.js").Guest} Guest */
/** @typedef {"lobby"|"seat"} Stage */

/** @param {Guest} guest @param {Stage} stage */
export function room(guest, stage) {
  const { words, page, view } = guest;
  const me = view?.me;
  return html`<header class="bar room-bar">
      <p class="bar-title"><b>${page.name}</b> <span>${page.title}</span></p>
      ${linePill(guest)}
      <button type="button" class="button" data-act="leave" @click=${guest.askLeave}>${icon("leave")}<span>${words("guest_leave")}</span></button>
    </header>
    <main id="main" class="room" tabindex="-1" data-stage=${stage}>
      <h1 class="unseen" tabindex="-1" data-heading>${words(stage === "lobby" ? "guest_lobby_title" : "guest_seat_title")}: ${page.title}</h1>
      <div class="programme">
        <div class="screen" ?data-lost=${guest.line.lostAt !== null}>
          ${guest.pictures.last}${guest.pictures.programme}
          ${guest.pictures.shows ? nothing : html`<p class="screen-words">${words("guest_programme_coming")}</p>`}
          ${trouble(guest)}
          ${guest.pictures.needsPress ? html`<button type="button" class="screen-button" data-act="sound" @click=${() => guest.pictures.press()}>${words("guest_sound_on")}</button>` : nothing}
        </div>
        ${now(guest)}
      </div>
      <div class="mine">
        ${card(guest, stage)}
        ${stage === "seat" ? hands(guest) : nothing}
        <section class="oneself" aria-label=${words("guest_self")}>
          ${guest.pictures.self()}
          <div>
            ${guest.pictures.level("seat")}
            <p class="heard">${words(heardWord(guest))}</p>
          </div>
        </section>
      </div>
    </main>
    <footer class="tools" aria-label=${words("guest_tools")}>
      ${microphoneButton(guest)} ${cameraButton(guest)} ${screenButton(guest)}
      <button type="button" class="tool tool-small" data-act="settings" @click=${guest.openSettings}>${icon("settings")}<span><b>${words("guest_settings")}</b></span></button>
    </footer>
    ${me?.has_floor ? html`<div class="frame" data-on-air=${me.on_air && guest.lostAt === null ? "true" : nothing} aria-hidden="true"></div>` : nothing}`;
}

/** Who hears him just now: the question of this screen. @param {Guest} guest */
function heardWord({ view, devices, lostAt }) {
  if (lostAt !== null) return "guest_hear_lost";
  if (devices.microphone === null) return "guest_hear_no_microphone";
  if (devices.muted) return "guest_hear_muted";
  if (view?.me.muted) return "guest_muted_by_secretary";
  if (devices.silent) return "guest_level_silent";
  return view?.me.has_floor ? "guest_hear_all" : "guest_hear_nobody";
}

// ---- the line ----

/** @param {Guest} guest */
function linePill(guest) {
  const { words } = guest;
  const grade = guest.lostAt !== null ? "lost" : guest.line.connected ? (gradeOf(guest.line.measured()) ?? "good") : "connecting";
  return html`<p class="pill" data-grade=${grade}><span class="dot"></span>${words(`guest_pill_${grade}`)}</p>`;
}

/** Line trouble in words, over the picture, so that nothing moves. @param {Guest} guest */
function trouble(guest) {
  const { words, view, page } = guest;
  const text =
    guest.lostAt !== null
      ? words("guest_lost", { time: timeOfDay(guest.lostAt, page.utc_offset_s) })
      : view?.me.line_lost
        ? words("guest_line_lost")
        : guest.line.paused
          ? words("guest_picture_paused")
          : "";
  return html`<p class="trouble-words" role="status" data-trouble=${guest.lostAt !== null ? "lost" : guest.line.paused ? "paused" : nothing}>${text}</p>`;
}

// ---- what happens ----

/** @param {Guest} guest */
function now(guest) {
  const { words, view } = guest;
  if (!view) return html`<p class="now"></p>`;
  const { item, floor, recess } = view;
  const title = item.id ? `${item.no}. ${guest.text(item.title)}` : words(view.meeting.state === "announced" ? "guest_not_open" : "guest_no_item");
  const who = view.meeting.state === "recess" ? (recess.until_words ? words("guest_recess_until", { time: guest.text(recess.until_words) }) : words("guest_recess")) : floor.person && !view.me.has_floor ? words("guest_speaks", { name: guest.text(floor.name) }) : "";
  return html`<p class="now"><span>${title}</span> <b>${who}</b></p>`;
}

/** Is it my turn? @param {Guest} guest @param {Stage} stage */
function card(guest, stage) {
  const { words, view } = guest;
  if (stage === "lobby" || !view) return html`<section class="card" data-look="calm"><p class="card-title">${words("guest_lobby")}</p><p>${words("guest_lobby_text")}</p></section>`;
  const { me } = view;
  if (me.has_floor) return floorCard(guest);
  const muted = me.muted ? html`<p class="warn">${words("guest_muted_by_secretary")}</p>` : nothing;
  if (me.hand?.state === "suspended") {
    const reason = view.queue.find(({ person }) => person === me.person)?.reason === "point_of_order" ? "order" : "line";
    return html`<section class="card" data-look="soon"><p class="card-title">${words("guest_held", { time: clockText((me.hand.remaining_ms ?? 0) / 1000) })}</p><p>${words(`guest_held_${reason}`)}</p>${muted}</section>`;
  }
  if (me.next) {
    const ready = guest.devices.microphone === null ? "guest_next_no_microphone" : guest.devices.muted ? "guest_next_muted" : "guest_next_text";
    return html`<section class="card" data-look="soon" data-next><p class="card-title">${words("guest_next")}</p><p>${words(ready)}</p>${muted}</section>`;
  }
  if (me.hand) {
    const { place, wait_s, kind } = me.hand;
    const wait = wait_s === null ? "" : wait_s < 60 ? words("guest_wait_soon") : words("guest_wait", { time: aboutText(words, wait_s) });
    return html`<section class="card" data-look="waits"><p class="card-title">${words("guest_place", { n: place ?? "–" })}</p><p>${wait}</p><p class="quiet">${words(`guest_hand_${kind}`)}</p>${muted}</section>`;
  }
  return html`<section class="card" data-look="calm"><p class="card-title">${words("guest_listen")}</p><p>${words("guest_listen_text")}</p>${muted}</section>`;
}

/** @param {Guest} guest */
function floorCard(guest) {
  const { words, view, countdown, devices } = guest;
  if (!view) return nothing;
  const { me } = view;
  const look = countdown?.look() ?? "calm";
  const under = !countdown ? "" : !countdown.floor.running ? words("guest_clock_paused") : look === "over" ? words("guest_clock_over") : words("guest_clock_left");
  const lost = guest.lostAt !== null, onAir = me.on_air && !lost;
  const heard = lost ? "guest_on_air_unsure" : me.on_air ? "guest_on_air_text" : "guest_have_floor_text";
  const silent = lost ? "" : me.muted ? "guest_muted_by_secretary" : devices.microphone === null ? "guest_hear_no_microphone" : devices.muted ? "guest_hear_muted" : devices.silent ? "guest_level_silent" : "";
  return html`<section class="card floor" data-look=${onAir ? "on" : "have"} data-clock=${look}>
    <p class="card-title">${words(lost ? "guest_floor_lost" : me.on_air ? "guest_on_air" : "guest_have_floor")}</p>
    <p class="floor-clock" role="timer"><b>${countdown ? clockText(countdown.remainingS()) : ""}</b> <span>${under}</span></p>
    ${silent !== "" ? html`<p class="warn" role="alert">${words(silent)}</p>` : html`<p>${words(heard)}</p>`}
  </section>`;
}

// ---- what he can do ----

/** @param {Guest} guest */
function hands(guest) {
  const { words, view } = guest;
  const raised = view?.me.hand ?? null;
  const raise = (/** @type {string} */ kind, /** @type {string} */ label, /** @type {"question"|"order"} */ picture) =>
    acting(guest, { name: `hand-${kind}`, message: { type: "hand.raise", kind }, look: "button", label: html`${icon(picture)}<span>${words(label)}${picture === "order" ? html`<small>${words("guest_raise_order_when")}</small>` : nothing}</span>`, own: raised ? words("guest_hand_is_up") : "" });
  return html`<section class="hands" aria-label=${words("guest_hand")}>
    ${view?.me.has_floor
      ? acting(guest, { name: "finish", message: { type: "finish" }, look: "button button-main hand", label: html`<span>${words("guest_finish")}</span>` })
      : raised
      ? acting(guest, { name: "hand", message: { type: "hand.lower" }, look: "button hand", label: html`${icon("hand")}<span>${words(raised.state === "suspended" ? "guest_give_up_turn" : "guest_lower")}</span>`, pressed: true })
      : acting(guest, { name: "hand", message: { type: "hand.raise", kind: "debate" }, look: "button button-main hand", label: html`${icon("hand")}<span>${words("guest_raise")}</span>` })}
    <div class="hand-kinds">${raise("question", "guest_raise_question", "question")} ${raise("point_of_order", "guest_raise_order", "order")}</div>
    <p class="why" role="status">${guest.said}</p>
  </section>`;
}

/**
 * A button that would be refused stays where it is, can be focused, and says why when pressed.
 * @param {Guest} guest
 * @param {{name: string, message: {type: string, kind?: string}, label: unknown, look: string, own?: string, pressed?: boolean}} button
 */
function acting(guest, { name, message, label, look, own = "", pressed }) {
  const why = guest.whyNot(message.type, own);
  return html`<button type="button" class=${look} data-act=${name} aria-disabled=${why !== "" ? "true" : nothing} data-raised=${pressed ? "true" : nothing}
    aria-busy=${guest.pending === name ? "true" : nothing} title=${why || nothing} @click=${() => guest.act(name, message, why)}>${label}</button>`;
}

/**
 * What is so, and what a press would do.
 * @param {{name: string, picture: Parameters<typeof icon>[0], is: string, does: string, look?: string, press: () => void}} tool
 */
function tool({ name, picture, is, does, look, press }) {
  return html`<button type="button" class="tool" data-act=${name} data-look=${look ?? nothing} @click=${press}>${icon(picture)}<span><b>${is}</b><small>${does}</small></span></button>`;
}

/** @param {Guest} guest */
function microphoneButton(guest) {
  const { words, devices, toggleMicrophone, view } = guest;
  if (devices.microphone === null) return tool({ name: "microphone", picture: "microphoneOff", is: words("guest_microphone_missing"), does: words("guest_try_again"), look: "soon", press: toggleMicrophone });
  if (view?.me.muted && !devices.muted) return tool({ name: "microphone", picture: "microphoneOff", is: words("guest_microphone_by_secretary"), does: words(view.me.asks ? "guest_ask_sent" : "guest_ask"), look: "soon", press: () => guest.act("microphone", { type: "ask" }, guest.lostAt === null ? "" : guest.lostWords()) });
  return devices.muted
    ? tool({ name: "microphone", picture: "microphoneOff", is: words("guest_microphone_is_off"), does: words("guest_unmute"), look: "soon", press: toggleMicrophone })
    : tool({ name: "microphone", picture: "microphone", is: words("guest_microphone_is_on"), does: words("guest_mute"), press: toggleMicrophone });
}

/** @param {Guest} guest */
function cameraButton({ words, devices, toggleCamera }) {
  return devices.camera === null
    ? tool({ name: "camera", picture: "cameraOff", is: words("guest_camera_is_off"), does: words(devices.state.camera === "off" ? "guest_camera_on" : "guest_try_again"), look: "off", press: toggleCamera })
    : tool({ name: "camera", picture: "camera", is: words("guest_camera_is_on"), does: words("guest_camera_off"), press: toggleCamera });
}

/** Phones cannot. @param {Guest} guest */
function screenButton({ words, screen, canShare, toggleScreen, view }) {
  if (!canShare) return nothing;
  return screen !== null
    ? tool({ name: "screen", picture: "screen", is: words(view?.me.has_floor ? "guest_screen_is_shown" : "guest_screen_is_ready"), does: words("guest_screen_stop"), look: "on", press: toggleScreen })
    : tool({ name: "screen", picture: "screen", is: words("guest_screen"), does: words("guest_screen_start"), press: toggleScreen });
}
