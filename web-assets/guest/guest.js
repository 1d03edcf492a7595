// A remote guest's page: agree, check, wait in the lobby, take the seat. It shows what the server says of him and keeps him
// connected; whether he is heard and when it is his turn is decided there.

import { html, render } from "../vendor/lit-html.js";
import "../lib/language.js";
import { copied } from "../lib/clipboard.js";
import { Countdown, ServerClock } from "../lib/clock.js";
import { guardPresses } from "../lib/presses.js";
import { keepTime } from "../lib/wire.js";
import { inLanguage, must, pageData, timeOfDay, wordsOf } from "../lib/words.js";
import { Announcer } from "./announcer.js";
import { Check } from "./check.js";
import { Devices } from "./devices.js";
import { keepAwake, memory } from "./keeping.js";
import { Pictures } from "./pictures.js";
import { room } from "./room.js";
import { SeatLine } from "./seat_line.js";
import { GuestSocket, kClosed } from "./socket.js";
import { dialogs, notice, outside, waiting } from "./steps.js";

/**
 * @typedef {object} Page
 * @property {string} language
 * @property {string[]} languages
 * @property {string} token
 * @property {string} meeting
 * @property {string} title
 * @property {string} person
 * @property {string} name
 * @property {string} [position]
 * @property {string} starts_at
 * @property {string} starts_text
 * @property {string} comes_text a quarter of an hour before: when to come
 * @property {number} utc_offset_s
 * @property {string} contact_phone
 * @property {string} contact_email
 * @property {Record<string, string>} words
 */

const kAnswerMs = 20_000; // how long the server waits for the answer to a takeover
const kPendingMs = 4000;
const kMeantMs = 1500; // "I have finished" stands where "raise the hand" stood until just now

const root = must(document, "#guest", HTMLElement);
/** @type {Page} */
const page = pageData(root);
const words = wordsOf(page.words);
const clock = new ServerClock();
const kept = memory(`tyndau-guest:${page.meeting}:${page.person}`);

/** Where he is on this page; what the server knows of him comes on top. @type {"notice"|"check"|"in"} */
let step = kept.get("in") ? "in" : "notice";
/** Why the server let him go. @type {"token"|"taken_over"|"removed"|"denied"|null} */
let ended = null;
/** He pressed it himself: the page does not bring him back. */
let leftByHand = false;
/** Another window has the seat, and is being asked. */
let occupied = false;
/** @type {import("../lib/types.js").GuestView|null} */
let view = null;
/** @type {Countdown|null} */
let countdown = null;
/** @type {number|null} */
let socketLostAt = null;
/** Since when he has the floor. */
let floorSince = 0;
let hadFloor = false;
/** Why the house has nothing for him yet, as it said last. @type {"day"|"other"|null} */
let waits = null;
/** Until the question about another window has been open for too long. */
let takeoverTimer = 0;
/** The button that waits for the server. */
let pending = "";
/** What was said about the last press. */
let said = "";
/** What became of copying the link, as a word. @type {""|"guest_in_app_copied"|"guest_in_app_not_copied"} */
let linkSaid = "";
/** What he shares. @type {MediaStreamTrack|null} */
let screen = null;
/** @type {string|null} */
let shown = null;

guardPresses();
const devices = new Devices(devicesChanged);
const pictures = new Pictures(words, devices, show);
/** @type {SeatLine} */
const line = new SeatLine({ open: () => socket.open, send: (message) => socket.send(message) }, lineChanged);
/** @type {GuestSocket} */
const socket = new GuestSocket(page.token, () => line.peer, { message: heard, lost, closed });
const announcer = new Announcer(words, page.language, () => devices.chime());

/** Everything the templates may ask and do. */
const guest = {
  page,
  words,
  devices,
  line,
  pictures,
  get view() {
    return view;
  },
  get countdown() {
    return countdown;
  },
  get screen() {
    return screen;
  },
  get pending() {
    return pending;
  },
  get said() {
    return said;
  },
  get lostAt() {
    return socketLostAt ?? line.lostAt;
  },
  get linkSaid() {
    return linkSaid;
  },
  /** Whether the server knows him, so that he may go in. */
  get early() {
    return waits === "day";
  },
  get ready() {
    return socket.open && view !== null;
  },
  /** Phones cannot. */
  canShare: devices.possible && "getDisplayMedia" in navigator.mediaDevices && !matchMedia("(pointer: coarse) and (max-width: 60rem)").matches,
  /** @param {import("../lib/types.js").Text|null|undefined} text */
  text: (text) => inLanguage(text, page.language),
  /** Seconds until the announced time. */
  startsInS: () => (new Date(page.starts_at).getTime() - clock.now()) / 1000,
  checkAgain,
  lostWords: () => words("guest_lost", { time: timeOfDay(guest.lostAt ?? Date.now(), page.utc_offset_s) }),
  show,
  whyNot,
  act,
  agree,
  join,
  arrive,
  again,
  leave,
  takeover,
  /** @param {"camera"|"microphone"} kind @param {string} [id] */
  choose: (kind, id) => devices.choose(kind, id),
  copyLink,
  toggleMicrophone,
  toggleCamera,
  toggleScreen,
  askLeave: () => must(root, "#leave", HTMLDialogElement).showModal(),
  openSettings: () => must(root, "#settings", HTMLDialogElement).showModal(),
};
/** @typedef {typeof guest} Guest */

const check = new Check(guest);

// ---- the way in and out ----

/** What is on the screen. @returns {string} */
function stage() {
  if (typeof RTCPeerConnection === "undefined" || typeof WebSocket === "undefined") return "unsupported";
  if (ended !== null) return ended;
  if (view?.meeting.state === "closed") return "over";
  if (leftByHand) return "left";
  if (occupied) return "occupied";
  if (step !== "in") return step;
  if (waits !== null) return waits === "day" ? "early" : "elsewhere";
  const at = view?.me.stage;
  if (at === "lobby" || at === "declined" || at === "removed") return at;
  return at === "admitted" ? "seat" : "connecting";
}

function agree() {
  step = "check";
  socket.start();
  check.start();
  show();
}

function join() {
  check.stop();
  step = "in";
  kept.set("in", "yes");
  // Until the day the camera need not look.
  if (waits === "day") devices.close();
  devicesChanged();
  if (waits !== "day") arrive();
  settle();
}

/** From the screen that says "come on that day". */
function checkAgain() {
  step = "check";
  check.start();
  show();
}

/** Asks to be let in: the first time, after he left, after he was declined. */
async function arrive() {
  if (leftByHand) await devices.open();
  leftByHand = false;
  socket.send({ type: "arrive" });
  settle();
}

/** After another window had the seat. Whoever left before that comes back by it. */
function again() {
  ended = null;
  if (leftByHand) devices.asked = false; // to be opened again with the seat
  leftByHand = false;
  socket.start();
  show();
}

/** @param {HTMLInputElement} field */
async function copyLink(field) {
  linkSaid = (await copied(field)) ? "guest_in_app_copied" : "guest_in_app_not_copied";
  show();
}

function leave() {
  leftByHand = true;
  socket.send({ type: "leave" });
  goOut();
}

/** No picture, no sound, nothing remembered. */
function goOut() {
  line.stop();
  stopScreen();
  devices.close();
  kept.clear();
  pictures.play(null);
  show();
}

/** @param {boolean} yes whether the other window may have the seat */
function takeover(yes) {
  clearTimeout(takeoverTimer);
  must(root, "#takeover", HTMLDialogElement).close();
  socket.send({ type: "takeover", yes });
}

// ---- what the server says ----

/** @param {any} message */
function heard(message) {
  switch (message.type) {
    case "welcome":
      line.iceServers = message.ice_servers ?? [];
      occupied = false;
      socketLostAt = null;
      line.welcomed(message.peer ?? null);
      // Whoever left while the line was lost has said so to nobody: their turn and their hand would be kept for them.
      if (leftByHand) socket.send({ type: "leave" });
      if (step === "check") line.prepare();
      return show();
    case "view":
      return viewed(message.view);
    case "occupied":
      // Come back over a new line, the page may meet its own old one.
      occupied = view === null || step !== "in";
      return show();
    case "takeover_asked":
      return takeoverAsked();
    case "refusal":
      pending = "";
      said = inLanguage(message.text, page.language);
      return show();
    default:
      return line.heard(message);
  }
}

/** @param {import("../lib/types.js").GuestView} news */
function viewed(news) {
  view = news;
  const before = waits;
  waits = view.me.waits;
  if (view.me.has_floor && !hadFloor) floorSince = performance.now();
  hadFloor = view.me.has_floor;
  clock.heard(view.now);
  countdown = view.floor.person === null ? null : new Countdown(view.floor, view.now, clock);
  pending = "";
  said = "";
  announcer.heard(view);
  const { stage: at } = view.me;
  // The server lets a guest go whose line was away for long; he himself did not leave.
  if (step === "in" && waits === null) openDevices(before === "day");
  if (step === "in" && waits !== "day" && !leftByHand && (at === "invited" || at === "left")) socket.send({ type: "arrive" });
  if (stage() === "over" && line.connection !== null) goOut();
  settle();
}

/** Once he may be seen: on a page that was loaded again, and when the day has come. @param {boolean} [again] */
async function openDevices(again = false) {
  if (devices.asked && !again) return;
  devices.asked = true;
  await devices.open();
  settle();
}

/** The connection as it belongs to where he is. */
function settle() {
  const seated = step === "in" && ["lobby", "seat"].includes(stage());
  line.want(seated, view?.send.picture ?? "low");
  show();
}

function takeoverAsked() {
  const dialog = must(root, "#takeover", HTMLDialogElement);
  if (!dialog.open) dialog.showModal();
  devices.chime();
  // The next question has all its time, whatever became of this one.
  clearTimeout(takeoverTimer);
  takeoverTimer = window.setTimeout(() => dialog.close(), kAnswerMs);
}

/** @param {number} at */
function lost(at) {
  socketLostAt ??= at;
  pending = "";
  show();
}

/** @param {number} code */
function closed(code) {
  const reasons = /** @type {const} */ ({ [kClosed.token]: "token", [kClosed.takenOver]: "taken_over", [kClosed.removed]: "removed", [kClosed.denied]: "denied" });
  ended = reasons[code] ?? "token";
  occupied = false;
  view = null;
  line.stop();
  pictures.play(null);
  if (ended === "removed" || ended === "token") goOut();
  if (ended === "taken_over") {
    stopScreen();
    devices.closeCamera();
  }
  show();
}

// ---- what he does ----

/** The sentence that says why this cannot be done now, or "". @param {string} kind @param {string} own a reason of the page's own */
function whyNot(kind, own) {
  if (guest.lostAt !== null) return guest.lostWords();
  return inLanguage(view?.refused[kind], page.language) || own;
}

/** @param {string} name the button @param {Record<string, unknown>} message @param {string} why it cannot be done */
function act(name, message, why) {
  if (message.type === "finish" && performance.now() - floorSince < kMeantMs) return;
  said = why;
  if (why === "" && pending === "" && socket.send(message)) {
    pending = name;
    setTimeout(() => {
      if (pending !== name) return;
      pending = "";
      show();
    }, kPendingMs);
  }
  show();
}

function devicesChanged() {
  pictures.mirror();
  if (step === "in") line.carry({ voice: devices.voice(), camera: devices.camera, screen });
  show();
}

function toggleMicrophone() {
  if (devices.microphone === null) {
    devices.choose("microphone");
    return guest.openSettings();
  }
  devices.mute(!devices.muted);
  kept.set("muted", devices.muted ? "yes" : "");
}

function toggleCamera() {
  if (devices.camera !== null) devices.closeCamera();
  else devices.choose("camera");
}

async function toggleScreen() {
  if (screen !== null) return stopScreen();
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } } });
    const [track] = stream.getVideoTracks();
    track.contentHint = "detail";
    track.addEventListener("ended", () => track === screen && stopScreen());
    screen = track;
    devicesChanged();
  } catch {
    // He closed the browser's question.
  }
}

function stopScreen() {
  if (screen === null) return;
  screen.stop();
  screen = null;
  devicesChanged();
}

function lineChanged() {
  if (line.connection) pictures.play(line.connection.programme);
  pictures.keep();
  show();
}

// ---- showing ----

function titleOf(/** @type {string} */ at) {
  const me = at === "seat" ? view?.me : undefined;
  const state = me?.has_floor && guest.lostAt !== null ? words("guest_floor_lost") : me?.on_air ? words("guest_on_air") : me?.has_floor ? words("guest_have_floor") : me?.next ? words("guest_next") : "";
  return (state === "" ? "" : `● ${state} · `) + page.title;
}

/** @param {string} at */
function screenOf(at) {
  if (at === "notice") return notice(guest);
  if (at === "check") return check.template();
  if (at === "early" || at === "elsewhere") return waiting(guest, at);
  return at === "lobby" || at === "seat" ? room(guest, at) : outside(guest, at);
}

function show() {
  const at = stage();
  root.className = "guest";
  root.dataset.stage = at;
  render(
    html`${screenOf(at)} ${dialogs(guest)}
      <p class="unseen" role="status">${announcer.calm}</p>
      <p class="unseen" role="alert">${announcer.urgent}</p>`,
    root,
  );
  const title = titleOf(at);
  if (document.title !== title) document.title = title;
  const moved = shown !== null && shown !== at && !(shown === "lobby" && at === "seat");
  shown = at;
  // The button that was pressed is gone: whoever reads by ear goes on at the new heading.
  if (moved) /** @type {HTMLElement|null} */ (root.querySelector("[data-heading]"))?.focus();
}

root.replaceChildren();
if (step === "in") {
  devices.muted = kept.get("muted") === "yes";
  socket.start();
}
show();
setInterval(show, 250);
keepTime(page.meeting, clock);
keepAwake(() => ["lobby", "seat"].includes(stage()));
addEventListener("pagehide", () => line.connection?.close());

/** For tests and the benchmark. */
window.tyndauGuest = {
  stage,
  connection: () => line.connection?.rtc ?? null,
  socket: () => socket.state,
  view: () => view,
  line: () => ({ ...line.measured(), paused: line.paused, lostAt: guest.lostAt, sample: line.sample }),
};
