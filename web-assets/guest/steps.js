// The screens before and after the room, and the questions that are asked over it.

import { html, nothing } from "../vendor/lit-html.js";
import { deviceChoice, deviceWords, inAnotherBrowser, noDevices, speakerChoice } from "./check.js";

/** @typedef {import("./guest.js").Guest} Guest */

/** Each in its own name, whatever the page's language. @type {Record<string, string>} */
const kAutonyms = { kk: "Қазақша", ru: "Русский", en: "English" };

/** Who he joins as, what it means, and that he agrees. @param {Guest} guest */
export function notice(guest) {
  const { words, page } = guest;
  return html`<header class="bar">
      <nav class="languages" aria-label=${words("language")}>
        ${page.languages.map((code) => html`<a href="?lang=${code}" lang=${code} hreflang=${code} data-language=${code} aria-current=${code === page.language ? "true" : nothing}>${kAutonyms[code]}</a>`)}
      </nav>
    </header>
    <main id="main" class="step" tabindex="-1">
      <p class="quiet">${words("guest_invited_to")}</p>
      <h1 tabindex="-1" data-heading>${page.title}</h1>
      <p>${page.starts_text}</p>
      <p class="who"><span>${words("guest_you_join_as")}</span> <b>${page.name}</b> ${page.position ? html`<span>${page.position}</span>` : nothing}</p>
      <div class="notice">
        <p><b>${words("guest_notice")}</b></p>
        <p>${words("guest_notice_text")}</p>
      </div>
      <button type="button" class="button button-main big" data-act="agree" @click=${guest.agree}>${words("guest_agree")}</button>
      <p class="quiet">${words("guest_not_you")} ${contact(guest)}</p>
      <p><a href=${publicPage(guest)}>${words("guest_only_watch")}</a></p>
    </main>`;
}

/** Days, hours and minutes: seconds would be read for a time of day. @param {Guest} guest */
function left({ words, startsInS }) {
  const minutes = Math.max(1, Math.ceil(startsInS() / 60));
  const values = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
  return words(values.days > 0 ? "guest_left_days" : values.hours > 0 ? "guest_left_hours" : "guest_left_minutes", values);
}

/**
 * What he is invited to is not what is seen and heard now. @param {Guest} guest @param {"early"|"elsewhere"} why
 */
export function waiting(guest, why) {
  const { words, page } = guest;
  return html`<main id="main" class="step" tabindex="-1">
    <p class="quiet">${page.title}</p>
    <h1 tabindex="-1" data-heading>${words(`guest_${why}`)}</h1>
    <p class="big-time">${page.starts_text}</p>
    ${guest.startsInS() > 0 ? html`<p data-left>${words("guest_left_until", { time: left(guest) })}</p>` : nothing}
    <p>${words(`guest_${why}_text`, { time: page.comes_text })}</p>
    ${guest.lostAt === null ? nothing : html`<p role="status">${guest.lostWords()}</p>`}
    ${why === "early"
      ? html`<p class="choices-left"><a class="button button-main" data-act="calendar" href="/join/${page.token}/calendar.ics?lang=${page.language}" download>${words("guest_calendar")}</a>
        <button type="button" class="button" data-act="check-again" @click=${guest.checkAgain}>${words("guest_check_again")}</button></p>`
      : nothing}
    <p class="quiet">${contact(guest)}</p>
  </main>`;
}

/** @param {Guest} guest */
const publicPage = ({ page }) => `/${page.language}/meetings/${encodeURIComponent(page.meeting)}`;

/** @param {Guest} guest */
function contact({ page, words }) {
  const { contact_phone: phone, contact_email: email } = page;
  if (!phone && !email) return "";
  // The words stand around what they name, whatever the language's order.
  const [before, after] = words("guest_contact").split("{contact}");
  return html`${before}${phone ? html`<a href="tel:${phone.replace(/[^\d+]/g, "")}">${phone}</a>` : nothing}${phone && email ? ", " : ""}${email ? html`<a href="mailto:${email}">${email}</a>` : nothing}${after}`;
}

/**
 * A screen that says one thing, and what he can do.
 * @param {Guest} guest
 * @param {{title: string, text: string, does?: {name: string, label: string, press: () => void}, more?: unknown, watch?: boolean, busy?: boolean}} said
 */
function plain(guest, { title, text, does, more = nothing, watch = false, busy = false }) {
  const { words } = guest;
  return html`<main id="main" class="step" tabindex="-1">
    <h1 tabindex="-1" data-heading>${words(title)}</h1>
    <p role=${busy ? "status" : nothing}>${text}</p>
    ${more}
    ${does ? html`<button type="button" class="button button-main big" data-act=${does.name} @click=${does.press}>${words(does.label)}</button>` : nothing}
    ${watch ? html`<p><a class="button" href=${publicPage(guest)}>${words("guest_watch_page")}</a></p>` : nothing}
    ${busy ? nothing : html`<p class="quiet">${contact(guest)}</p>`}
  </main>`;
}

/** Everything that is neither a step nor the room. @param {Guest} guest @param {string} stage */
export function outside(guest, stage) {
  const { words } = guest;
  const text = (/** @type {string} */ key) => words(`guest_${key}_text`);
  switch (stage) {
    case "occupied":
      return plain(guest, { title: "guest_occupied", text: text("occupied"), busy: true });
    case "denied":
      return plain(guest, { title: "guest_denied", text: text("denied"), does: { name: "again", label: "guest_try_again", press: guest.again } });
    case "taken_over":
      return plain(guest, { title: "guest_taken_over", text: text("taken_over"), does: { name: "again", label: "guest_use_here", press: guest.again } });
    case "declined":
      return plain(guest, { title: "guest_declined", text: text("declined"), does: { name: "arrive", label: "guest_ask_again", press: guest.arrive }, watch: true });
    case "left":
      return plain(guest, { title: "guest_left", text: text("left"), does: { name: "arrive", label: "guest_come_back", press: guest.arrive }, watch: true });
    case "removed":
      return plain(guest, { title: "guest_removed", text: text("removed"), watch: true });
    case "token":
      return plain(guest, { title: "guest_token", text: text("token"), watch: true });
    case "over":
      return plain(guest, { title: "guest_over", text: text("over"), watch: true });
    case "unsupported":
      return plain(guest, { title: "guest_unsupported", text: text("unsupported"), more: guest.devices.inApp ? inAnotherBrowser(guest, "unsupported") : nothing, watch: true });
    default:
      return plain(guest, { title: "guest_connecting", text: guest.lostAt === null ? text("connecting") : guest.lostWords(), busy: true });
  }
}

// ---- dialogs ----

/** @param {Event} event */
const closeDialog = (event) => /** @type {Element} */ (event.currentTarget).closest("dialog")?.close();

/** @param {Guest} guest */
export function dialogs(guest) {
  const { words, view } = guest;
  return html`<dialog id="leave" aria-labelledby="leave-title">
      <h2 id="leave-title">${words("guest_leave_title")}</h2>
      <p>${words(view?.me.has_floor ? "guest_leave_floor" : view?.me.hand ? "guest_leave_hand" : "guest_leave_text")}</p>
      <div class="choices">
        <button type="button" class="button" data-no @click=${closeDialog}>${words("guest_stay")}</button>
        <button type="button" class="button button-danger" data-yes @click=${(/** @type {Event} */ event) => {
          closeDialog(event);
          guest.leave();
        }}>${words("guest_leave")}</button>
      </div>
    </dialog>
    <dialog id="takeover" aria-labelledby="takeover-title" @cancel=${() => guest.takeover(false)}>
      <h2 id="takeover-title">${words("guest_takeover")}</h2>
      <p>${words("guest_takeover_text")}</p>
      <div class="choices">
        <button type="button" class="button" data-yes @click=${() => guest.takeover(true)}>${words("guest_takeover_yes")}</button>
        <button type="button" class="button button-main" data-no autofocus @click=${() => guest.takeover(false)}>${words("guest_takeover_no")}</button>
      </div>
    </dialog>
    <dialog id="settings" aria-labelledby="settings-title">
      <h2 id="settings-title">${words("guest_settings")}</h2>
      ${noDevices(guest, "settings")}
      ${deviceWords(guest, "microphone")} ${deviceChoice(guest, "microphone")}
      ${guest.pictures.level("settings")}
      ${deviceWords(guest, "camera")} ${deviceChoice(guest, "camera")}
      ${speakerChoice(guest)}
      <div class="choices"><button type="button" class="button button-main" data-no @click=${closeDialog}>${words("guest_close")}</button></div>
    </dialog>`;
}
