// The check before the lobby: does the camera see him, does the microphone hear him, how does he sound, will the line do.

import { html, nothing } from "../vendor/lit-html.js";
import { probe } from "./probe.js";

const kRecordMs = 3000;
const kPictureKbps = 600, kVoiceKbps = 100; // what a good picture and what a voice need

/** @typedef {import("./guest.js").Guest} Guest */

export class Check {
  /** @type {"idle"|"recording"|"playing"|"heard"|"failed"} */
  recording = "idle";
  /** @type {import("./probe.js").Probe} */
  result = null;
  /** @type {"idle"|"running"|"done"} */
  line = "idle";
  #ends = 0;
  #player = new Audio();

  /** @param {Guest} guest */
  constructor(guest) {
    this.guest = guest;
    this.#player.addEventListener("ended", () => this.#record("heard"));
  }

  async start() {
    this.test();
    await this.guest.devices.open();
  }

  async test() {
    if (this.line === "running") return;
    this.line = "running";
    this.guest.show();
    this.result = await probe(this.guest.page.token);
    this.line = "done";
    if (this.result) this.guest.line.tested = this.result;
    this.guest.show();
  }

  stop() {
    this.#player.pause();
    if (this.#player.src) URL.revokeObjectURL(this.#player.src);
    this.#player.removeAttribute("src");
  }

  /** @param {Check["recording"]} state */
  #record(state) {
    this.recording = state;
    this.guest.show();
  }

  /** Three seconds of himself, played to him at once. */
  record() {
    const { microphone } = this.guest.devices;
    if (microphone === null || this.recording === "recording") return;
    this.stop();
    try {
      const recorder = new MediaRecorder(new MediaStream([microphone]));
      /** @type {Blob[]} */
      const pieces = [];
      recorder.ondataavailable = ({ data }) => pieces.push(data);
      recorder.onstop = () => this.#play(new Blob(pieces, { type: recorder.mimeType }));
      recorder.onerror = () => this.#record("failed");
      recorder.start();
      this.#ends = performance.now() + kRecordMs;
      setTimeout(() => recorder.state === "recording" && recorder.stop(), kRecordMs);
      this.#record("recording");
    } catch {
      this.#record("failed");
    }
  }

  /** @param {Blob} sound */
  async #play(sound) {
    this.#player.src = URL.createObjectURL(sound);
    this.#record("playing");
    try {
      await this.guest.pictures.soundTo(this.#player);
      await this.#player.play();
    } catch {
      this.#record("failed");
    }
  }

  // ---- what it looks like ----

  template() {
    const { guest } = this;
    const { words, devices } = guest;
    return html`<main id="main" class="check" tabindex="-1">
      <h1 tabindex="-1" data-heading>${words("guest_check_title")}</h1>
      ${noDevices(guest, "check")}
      <div class="check-parts">
        <section class="part" aria-labelledby="check-microphone">
          <h2 id="check-microphone">${words("guest_microphone")}</h2>
          ${guest.pictures.level("check")}
          ${deviceWords(guest, "microphone")} ${deviceChoice(guest, "microphone")}
          ${this.#recorder()} ${speakerChoice(guest)}
        </section>
        <section class="part" aria-labelledby="check-camera">
          <h2 id="check-camera">${words("guest_camera")}</h2>
          ${guest.pictures.self()}
          ${deviceWords(guest, "camera")} ${deviceChoice(guest, "camera")}
        </section>
        <section class="part" aria-labelledby="check-line">
          <h2 id="check-line">${words("guest_line")}</h2>
          ${this.#lineWords()}
          <button type="button" class="button" data-act="test-line" ?disabled=${this.line === "running"} @click=${() => this.test()}>${words("guest_line_again")}</button>
        </section>
      </div>
      <div class="check-go">
        <p class="quiet">${words(guest.early ? "guest_join_early" : devices.silent ? "guest_level_silent" : devices.state.microphone === "ok" ? "guest_join_hint" : devices.asked || !devices.possible ? "guest_join_watching" : "guest_asking")}</p>
        <button type="button" class="button button-main big" data-act="join" ?disabled=${!guest.ready || (devices.possible && !devices.asked)} @click=${guest.join}>${words(guest.early ? "guest_checked" : "guest_join")}</button>
      </div>
    </main>`;
  }

  #recorder() {
    const { words, devices } = this.guest;
    if (devices.microphone === null || typeof MediaRecorder === "undefined") return nothing;
    const left = Math.max(1, Math.ceil((this.#ends - performance.now()) / 1000));
    const text = this.recording === "recording" ? words("guest_record_speak", { n: left }) : words(`guest_record_${this.recording}`);
    const busy = this.recording === "recording" || this.recording === "playing";
    return html`<div class="recorder" data-recording=${this.recording}>
      <button type="button" class="button" data-act="record" ?disabled=${busy} @click=${() => this.record()}>${words(this.recording === "idle" ? "guest_record" : "guest_record_again")}</button>
      <p role="status">${text}</p>
    </div>`;
  }

  #lineWords() {
    const { words } = this.guest;
    if (this.line !== "done") return html`<p class="verdict" role="status">${words("guest_line_testing")}</p>`;
    if (this.result === null) return html`<p class="verdict" role="status" data-grade="bad">${words("guest_line_none")}</p>`;
    const { uplink_kbps, rtt_ms } = this.result;
    const grade = uplink_kbps < kVoiceKbps || rtt_ms > 1000 ? "bad" : uplink_kbps < kPictureKbps || rtt_ms > 400 ? "weak" : "good";
    return html`<p class="verdict" role="status" data-grade=${grade}><b>${words(`guest_line_${grade}`)}</b> ${words(`guest_line_${grade}_text`)}</p>
      <p class="quiet">${words("guest_line_numbers", { speed: speed(uplink_kbps), ms: rtt_ms })}</p>`;
  }
}

/** Megabits, as providers write them. @param {number} kbps */
const speed = (kbps) => (kbps >= 10_000 ? String(Math.round(kbps / 1000)) : (kbps / 1000).toFixed(1));

/**
 * Why there is no camera and no microphone here whatever he does, and where they are. `where` tells the copies apart.
 * @param {Guest} guest @param {string} where
 */
export function noDevices(guest, where) {
  const { words, devices } = guest;
  const refused = devices.state.camera === "refused" || devices.state.microphone === "refused";
  if (devices.inApp && (!devices.possible || refused)) return inAnotherBrowser(guest, where);
  return devices.possible ? nothing : html`<p class="notice" role="alert">${words("guest_insecure")}</p>`;
}

/** The link is its holder's: copying it gives nobody more. @param {Guest} guest @param {string} where */
export function inAnotherBrowser(guest, where) {
  const { words } = guest;
  return html`<div class="notice in-app" data-in-app>
    <p role="alert"><b>${words("guest_in_app")}</b></p>
    <p>${words(/iPhone|iPad|iPod/.test(navigator.userAgent) ? "guest_in_app_apple" : "guest_in_app_how")}</p>
    <p>${words("guest_in_app_or")}</p>
    <div class="copying">
      <label for="link-${where}">${words("guest_in_app_link")}</label>
      <input id="link-${where}" readonly .value=${location.href} />
      <button type="button" class="button button-main" data-act="copy-link" @click=${(/** @type {Event} */ event) => guest.copyLink(/** @type {HTMLInputElement} */ (/** @type {Element} */ (event.currentTarget).parentElement?.querySelector("input")))}>${words("guest_in_app_copy")}</button>
      <p role="status" data-link-said>${guest.linkSaid === "" ? "" : words(guest.linkSaid)}</p>
    </div>
  </div>`;
}

/** What is wrong with a device, and what he can do. @param {Guest} guest @param {"camera"|"microphone"} kind */
export function deviceWords(guest, kind) {
  const state = guest.devices.state[kind];
  if (!guest.devices.possible || state === "off" || state === "ok") return nothing;
  return html`<div class="trouble" role="alert">
    <p>${guest.words(`guest_${kind}_${state}`)}</p>
    <button type="button" class="button" data-act="retry-${kind}" @click=${() => guest.choose(kind)}>${guest.words("guest_try_again")}</button>
  </div>`;
}

/** @param {Guest} guest @param {"camera"|"microphone"} kind */
export function deviceChoice(guest, kind) {
  const { devices, words } = guest;
  const list = devices.of(kind === "camera" ? "videoinput" : "audioinput");
  const current = devices[kind]?.getSettings().deviceId;
  if (list.length < 2) return nothing;
  return html`<label class="choice"><span>${words(`guest_choose_${kind}`)}</span>
    <select data-choose=${kind} @change=${(/** @type {Event} */ event) => guest.choose(kind, /** @type {HTMLSelectElement} */ (event.target).value)}>
      ${list.map(({ deviceId, label }, index) => html`<option value=${deviceId} .selected=${deviceId === current}>${label || `${words(`guest_${kind}`)} ${index + 1}`}</option>`)}
    </select></label>`;
}

/** Where the sound comes out; some browsers leave that to the system. @param {Guest} guest */
export function speakerChoice(guest) {
  const list = guest.devices.of("audiooutput");
  if (list.length < 2 || !("setSinkId" in HTMLMediaElement.prototype)) return nothing;
  return html`<label class="choice"><span>${guest.words("guest_choose_speaker")}</span>
    <select data-choose="speaker" @change=${(/** @type {Event} */ event) => guest.pictures.chooseSpeaker(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${list.map(({ deviceId, label }) => html`<option value=${deviceId} .selected=${deviceId === guest.pictures.speaker}>${label}</option>`)}
    </select></label>`;
}
