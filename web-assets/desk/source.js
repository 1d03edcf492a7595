// Where the hall's picture and sound come from, and what goes back into the hall.

import { html, nothing } from "../vendor/lit-html.js";
import { actionButton } from "./button.js";

/** @typedef {import("./screen.js").Desk} Desk */

/** @param {Event} event of something inside the dialog */
function closeDialog(event) {
  /** @type {Element} */ (event.currentTarget).closest("dialog")?.close();
}

/** So much is not noticed, and says nothing of the line. */
const plainReserveMs = 150;

/** @param {Desk} desk @param {NonNullable<Desk["view"]["source"]>|null} source */
function sourceWords({ words }, source) {
  if (source?.reason === "refused") return words("desk_source_refused");
  const state = words(`desk_source_${source?.state ?? "unknown"}`);
  if (source?.state !== "ok") return state;
  const more = [state];
  for (const trouble of [source.picture, source.sound]) if (trouble) more.push(words(`desk_source_${trouble}`));
  if (source.reserve_ms >= plainReserveMs) more.push(words("desk_source_reserve", { ms: source.reserve_ms }));
  return more.join(", ");
}

/** How it is, and the ways to change it. @param {Desk} desk */
export function sourceRow(desk) {
  const { words, view } = desk;
  const source = view.media_connected ? view.source : null;
  const look = source?.state === "ok" ? "calm" : source?.state === "starting" ? "soon" : "over";
  return html`<div class="source">
    <p><span class="dot" data-look=${look}></span><b>${words("desk_source")}:</b> ${sourceWords(desk, source)}
      <span class="uri" title=${source?.detail || nothing}>${source?.uri.startsWith("whip:") ? words("desk_source_whip") : (source?.uri ?? "")}</span></p>
    ${hallSound(desk)}
    <button type="button" class="button small" data-open-source @click=${desk.openSource}>${words("desk_source_change")}</button>
  </div>`;
}

/** Only where somebody remote may be heard. @param {Desk} desk */
function hallSound(desk) {
  if (desk.view.guests.length === 0) return nothing;
  const { words } = desk;
  return html`<button type="button" class="button small" data-hall-sound aria-pressed=${desk.hallSound.on} title=${words("desk_hall_sound_text")}
    @click=${() => desk.hallSound.turn(!desk.hallSound.on)}>${words("desk_hall_sound")}</button>`;
}

/** @param {Desk} desk */
function encoderWords({ words, view }) {
  const { invited, line } = view.encoder;
  if (line?.line === "ok" && line.width > 0) return words("desk_encoder_picture", { width: line.width, height: line.height });
  if (line) return words("desk_encoder_connected");
  return words(invited ? "desk_encoder_waiting" : "desk_encoder_none");
}

/** @param {Desk} desk */
function encoder(desk) {
  const { words, view } = desk;
  const { invited, line } = view.encoder;
  const sends = line?.line === "ok";
  const uri = `whip:${desk.page.meeting}`, taken = view.source?.uri === uri;
  const confirm = taken && sends ? { title: words("desk_encoder_ask"), text: words("desk_encoder_ask_text"), yes: "", label: words("desk_encoder_ask_yes"), danger: true } : undefined;
  return html`<section class="encoder" aria-labelledby="encoder-title">
    <h3 id="encoder-title">${words("desk_encoder")}</h3>
    <p role="status" data-encoder>${encoderWords(desk)}</p>
    <div class="choices">
      ${actionButton(desk, {
        name: "encoder-invite",
        action: { action: "source.invite" },
        label: words(invited ? "desk_encoder_make_again" : "desk_encoder_make"),
        confirm,
        done: (result) => desk.invitation.openKey(result),
      })}
      ${invited ? actionButton(desk, { name: "encoder-revoke", action: { action: "source.revoke" }, confirm, label: words("desk_encoder_revoke") }) : nothing}
      ${actionButton(desk, {
        name: "encoder-take",
        action: { action: "source.set", uri },
        label: words("desk_encoder_take"),
        own: taken ? words("desk_encoder_taken") : sends ? "" : words("desk_encoder_absent"),
      })}
    </div>
  </section>`;
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
      <div class="link">
        <input id="uri" name="uri" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="2000" />
        <button class="button button-main" data-yes>${words("desk_source_apply")}</button>
      </div>
    </form>
    ${encoder(desk)}
    <div class="choices"><button type="button" class="button" data-no @click=${closeDialog}>${words("desk_help_close")}</button></div>
  </dialog>`;
}
