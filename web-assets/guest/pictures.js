// What the guest sees and hears: the programme and himself. Elements that outlive the templates, so that neither blinks when
// something beside them changes.

import { html, nothing } from "../vendor/lit-html.js";

const kHeard = 0.35; // of the meter: a voice, not a room
const kMeterMs = 66; // what moves on the page makes the whole page be drawn again, and an old laptop has a camera to encode

export class Pictures {
  /** Whether there is a programme to see. */
  shows = false;
  /** The browser plays sound only after a press. */
  needsPress = false;
  speaker = "";
  /** Whether the microphone has heard a voice. */
  heard = false;

  /** @param {import("../lib/words.js").Words} words @param {import("./devices.js").Devices} devices @param {() => void} show */
  constructor(words, devices, show) {
    this.words = words;
    this.devices = devices;
    this.show = show;
    this.programme = document.createElement("video");
    this.programme.autoplay = this.programme.playsInline = this.programme.disablePictureInPicture = true;
    this.programme.setAttribute("aria-label", words("guest_programme"));
    this.last = document.createElement("canvas");
    this.last.setAttribute("aria-hidden", "true");
    this.oneself = document.createElement("video");
    this.oneself.autoplay = this.oneself.playsInline = this.oneself.muted = this.oneself.disablePictureInPicture = true;
    this.oneself.setAttribute("aria-label", words("guest_self"));
    for (const event of ["playing", "resize", "emptied"]) this.programme.addEventListener(event, () => this.#look());
    for (const video of [this.programme, this.oneself]) video.addEventListener("pause", () => this.#goOn(video));
    let drawn = -Infinity;
    const draw = (/** @type {number} */ now) => {
      if (now - drawn >= kMeterMs) {
        drawn = now;
        this.#draw();
      }
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }

  /** Nobody pauses what is live; a browser does when the element gets another place in the page (Firefox). @param {HTMLVideoElement} video */
  async #goOn(video) {
    if (video.srcObject === null) return;
    try {
      await video.play();
    } catch (error) {
      if (video === this.programme) this.#refused(error);
    }
  }

  /** @param {unknown} error why it does not play; one that was replaced meanwhile need not */
  #refused(error) {
    if (!(error instanceof Error) || error.name !== "NotAllowedError") return;
    this.needsPress = true;
    this.show();
  }

  #look() {
    this.shows = this.programme.videoWidth > 0;
    this.show();
  }

  /** A new connection's programme takes the place of the old one's. @param {MediaStream|null} stream */
  async play(stream) {
    if (this.programme.srcObject === stream || (stream !== null && stream.getTracks().length === 0)) return;
    if (stream === null) this.last.width = this.last.height = 0;
    this.programme.srcObject = stream;
    if (stream === null) return this.#look();
    try {
      await this.soundTo(this.programme);
      await this.programme.play();
      this.needsPress = false;
    } catch (error) {
      this.#refused(error);
    }
    this.show();
  }

  /** Called now and then: the last picture stays behind the programme, so that a break is not darkness. */
  keep() {
    const { programme, last } = this, { videoWidth, videoHeight, srcObject } = programme;
    const live = srcObject instanceof MediaStream && srcObject.getVideoTracks().some(({ readyState }) => readyState === "live");
    if (!live || programme.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    last.width = videoWidth / 2;
    last.height = videoHeight / 2;
    last.getContext("2d")?.drawImage(programme, 0, 0, last.width, last.height);
  }

  async press() {
    await this.programme.play();
    this.needsPress = false;
    this.show();
  }

  mirror() {
    const { camera } = this.devices;
    const now = this.oneself.srcObject;
    if (now instanceof MediaStream && now.getVideoTracks()[0] === camera) return;
    if (now === null && camera === null) return;
    this.oneself.srcObject = camera === null ? null : new MediaStream([camera]);
    if (camera !== null) this.oneself.play().catch(() => {}); // muted: it may always play, unless it was replaced meanwhile
  }

  /** @param {HTMLMediaElement} element */
  async soundTo(element) {
    if (this.speaker !== "" && "setSinkId" in element) await element.setSinkId(this.speaker);
  }
  /** @param {string} id */
  async chooseSpeaker(id) {
    this.speaker = id;
    await this.soundTo(this.programme);
    this.show();
  }

  #draw() {
    const level = this.devices.level();
    if (level > kHeard && !this.heard) {
      this.heard = true;
      this.show();
    }
    const width = String(Math.round(level * 100));
    for (const bar of document.querySelectorAll("[data-level] .level-now")) {
      if (bar.getAttribute("width") !== width) bar.setAttribute("width", width);
    }
  }

  /** Himself, as in a mirror. */
  self() {
    const { devices, words } = this;
    const off = devices.camera === null;
    return html`<div class="self" ?data-off=${off}>${this.oneself}${off ? html`<p>${words(devices.asked || !devices.possible ? "guest_self_off" : "guest_asking")}</p>` : nothing}</div>`;
  }

  /** How loud he is. @param {string} place names the meter on the page */
  level(place) {
    const { words, devices } = this;
    const says = devices.microphone === null ? "" : words(devices.silent ? "guest_level_silent" : this.heard ? "guest_level_heard" : "guest_level_speak");
    return html`<div class="level" data-level=${place} ?data-silent=${devices.silent}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="level-ground" width="100" height="10" /><rect class="level-now" width="0" height="10" /></svg>
      ${place === "seat" ? nothing : html`<p role="status">${says}</p>`}
    </div>`;
  }
}
