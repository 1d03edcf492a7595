// What changes several times a second about remote guests: level, line, picture. Drawn apart from the templates, as the meters are.

import { gradeOf } from "../lib/line.js";

const kLowest = -60; // dBFS at the left end
const kPictureMs = 1000;

/** @typedef {import("../lib/types.js").DeskGuest} DeskGuest */
/** @typedef {Pick<DeskGuest, "line"|"measured">} Heard */

export class GuestLines {
  /** @type {Map<string, Heard>} */
  #heard = new Map();
  /** One picture for each person, whatever row he stands in: a face never appears beside another name. @type {Map<string, HTMLImageElement>} */
  #pictures = new Map();
  /** @type {Set<string>} */
  #loading = new Set();

  /** @param {string} meeting */
  constructor(meeting) {
    this.meeting = meeting;
    setInterval(() => this.#refresh(), kPictureMs);
  }

  /** @param {DeskGuest[]} guests as a new view has them */
  view(guests) {
    for (const { person, line, measured } of guests) this.#heard.set(person, { line, measured });
  }
  /** @param {{person: string} & Heard} news */
  set({ person, line, measured }) {
    this.#heard.set(person, { line, measured });
    const bar = document.querySelector(`[data-guest-level="${CSS.escape(person)}"]`);
    const share = line === null ? 0 : Math.min(1, Math.max(0, (line.level_db - kLowest) / -kLowest));
    bar?.setAttribute("width", String(Math.round(share * 100)));
  }

  /** @param {DeskGuest} guest @returns {Heard} */
  of(guest) {
    return this.#heard.get(guest.person) ?? guest;
  }

  /** His line in one word. @param {DeskGuest} guest @returns {"lost"|"connecting"|"none"|import("../lib/line.js").Grade} */
  look(guest) {
    const { line, measured } = this.of(guest);
    if (guest.line_lost || line?.line === "silent") return "lost";
    if (!line) return guest.page ? "connecting" : "none";
    if (line.line === "connecting") return "connecting";
    return gradeOf(this.numbers(guest)) ?? "good";
  }

  /** What his page measured, and what media sees of it. @param {DeskGuest} guest */
  numbers(guest) {
    const { line, measured } = this.of(guest);
    return {
      uplink_kbps: measured?.uplink_kbps ?? null,
      rtt_ms: measured?.rtt_ms ?? line?.rtt_ms ?? null,
      loss_percent: Math.max(measured?.loss_percent ?? 0, line?.loss_percent ?? 0),
    };
  }

  /** @param {string} person @param {string} label */
  picture(person, label) {
    let picture = this.#pictures.get(person);
    if (!picture) {
      picture = new Image(160, 90);
      picture.dataset.guestPicture = person;
      picture.hidden = true;
      this.#pictures.set(person, picture);
    }
    if (picture.getAttribute("alt") !== label) picture.alt = label;
    return picture;
  }

  /** Only those that are looked at. */
  #refresh() {
    if (document.hidden) return;
    for (const [person, picture] of this.#pictures) {
      const place = picture.parentElement?.getBoundingClientRect(), list = picture.closest("ol")?.getBoundingClientRect();
      if (!place || !list || place.height === 0 || place.bottom < list.top || place.top > list.bottom || this.#loading.has(person)) continue;
      this.#load(person, picture);
    }
  }

  /** @param {string} person @param {HTMLImageElement} picture */
  #load(person, picture) {
    const fresh = new Image();
    this.#loading.add(person);
    fresh.onload = () => {
      picture.src = fresh.src;
      picture.hidden = false;
      this.#loading.delete(person);
    };
    fresh.onerror = () => {
      picture.hidden = true;
      this.#loading.delete(person);
    };
    fresh.src = `/desk/guests/${encodeURIComponent(person)}.jpg?${new URLSearchParams({ meeting: this.meeting, n: String(Date.now()) })}`;
  }
}
