// The secretary's desk: shows what the server says and sends what she presses. No rules here: which buttons would be
// refused, and why, comes with the view.

import { html, nothing, render } from "../vendor/lit-html.js";
import { Countdown, ServerClock } from "../lib/clock.js";
import { guardPresses } from "../lib/presses.js";
import { keepRecord } from "../lib/record.js";
import { LiveSocket, keepTime, logout } from "../lib/wire.js";
import { inLanguage, must, pageData, timeOfDay, wordsOf } from "../lib/words.js";
import { PersonFinder } from "./finder.js";
import { GuestLines } from "./guest_lines.js";
import { Invitation } from "./invitation.js";
import { Meters } from "./meters.js";
import { HallSound, keepPreview } from "./preview.js";
import { Keys } from "./keys.js";
import { Relogin } from "./relogin.js";
import { bottom, confirmation, help, middle, nextSpeaker, ofTurn, left, recess, top, undoAction } from "./screen.js";
import { Side, nextItem } from "./side.js";
import { sourceForm } from "./source.js";
import { Steady } from "./steady.js";

const root = must(document, "#desk", HTMLElement);
/** @type {import("./screen.js").Page} */
const page = pageData(root);
const words = wordsOf(page.words);
const clock = new ServerClock();
const meters = new Meters(words);
const guests = new GuestLines(page.meeting);

/** @type {import("../lib/types.js").DeskView|null} */
let view = null;
/** The edition of the record that the page was made of: the first view's. @type {number|null} */
let made = null;
/** @type {Countdown|null} */
let countdown = null;
/** @type {number|null} */
let lostAt = null;
let signedOut = false;
/** What was pressed and is not in the journal's view yet: the button's name, and the event to wait for once it is known. */
/** @type {Map<string, {seq: number|null}>} */
const pending = new Map();
/** @type {{text: string, kind: "said"|"refused"|"why"}} */
let message = { text: "", kind: "said" };
/** @type {import("./screen.js").Confirmation|null} */
let asking = null;

/** Everything the templates may ask and do. @type {import("./screen.js").Desk} */
const desk = {
  page,
  words,
  clock,
  meters,
  guests,
  get view() {
    return /** @type {import("../lib/types.js").DeskView} */ (view);
  },
  get countdown() {
    return countdown;
  },
  get lostAt() {
    return lostAt;
  },
  get message() {
    return message;
  },
  get asking() {
    return asking;
  },
  text: (text) => inLanguage(text, page.language),
  pending: (name) => pending.has(name),
  whyNot,
  press,
  say,
  openHelp: () => must(root, "#help", HTMLDialogElement).showModal(),
  openSource: () => must(root, "#source", HTMLDialogElement).showModal(),
  signOut,
  finder: /** @type {any} */ (null),
  invitation: /** @type {any} */ (null),
  hallSound: /** @type {any} */ (null),
  side: /** @type {any} */ (null),
  steady: new Steady(show),
  keys: /** @type {any} */ (null),
};
const dialogCloses = guardPresses();
desk.finder = new PersonFinder(desk, show);
desk.invitation = new Invitation(desk, show);
desk.hallSound = new HallSound(root, show);
desk.side = new Side(desk, show);
const relogin = new Relogin(desk, show);

// ---- acting ----

/** The sentence that says why this cannot be done now, or "". @param {string} kind @param {string} [own] a reason of the screen's own */
function whyNot(kind, own = "") {
  if (signedOut) return words("desk_signed_out");
  if (view === null) return words("desk_connecting");
  if (lostAt !== null) return lostWords();
  const refused = view.refused[kind];
  return refused ? inLanguage(refused, page.language) : own;
}

function lostWords() {
  return words("desk_lost", { time: timeOfDay(lostAt ?? 0, page.utc_offset_s) });
}

/**
 * A press: refused with its reason, asked about first, or sent; nothing when the button has only just come to mean this, unless it
 * was asked about (`sure`). `name` is the button that shows it as pending; `done` gets
 * the result that only the presser sees.
 * @param {string} name @param {Record<string, unknown> & {action: string}} action
 * @param {{own?: string, confirm?: import("./screen.js").Confirmation, sure?: boolean, done?: (result: any) => void}} [options]
 */
async function press(name, action, { own = "", confirm, sure = false, done } = {}) {
  if (!sure && desk.steady.unsettled(name)) return say(words("desk_just_changed"), "refused");
  const reason = whyNot(action.action, own);
  if (reason !== "") return say(reason, "refused");
  if (pending.has(name)) return;
  if (confirm) return ask({ ...confirm, yes: () => press(name, action, { sure: true, done }) });
  const mine = { seq: /** @type {number|null} */ (null) };
  pending.set(name, mine);
  say(words("desk_pending"), "said");
  const outcome = await relogin.act(action);
  if (outcome.done) {
    mine.seq = outcome.seq;
    settle();
    done?.(outcome.result);
    if (message.text === words("desk_pending")) say("", "said");
    return;
  }
  pending.delete(name);
  if (outcome.refusal) say(inLanguage(outcome.refusal, page.language), "refused");
  else if (outcome.status === 401 || outcome.status === 403) leave();
  else say(outcome.detail ? words("desk_failed_detail", { detail: outcome.detail }) : words("desk_failed"), "refused");
}

/** Done is what the view shows: the journal has it, and every screen was told. */
function settle() {
  for (const [name, { seq }] of pending) {
    if (seq !== null && view !== null && view.seq >= seq) pending.delete(name);
  }
  show();
}

/** @param {string} text @param {"said"|"refused"|"why"} kind */
function say(text, kind) {
  // A reason that is only being read over a button does not push a refusal away.
  if (kind === "why" && message.kind === "refused" && text === "") return;
  message = { text, kind };
  show();
}

/** @param {import("./screen.js").Confirmation} question */
function ask(question) {
  asking = question;
  show();
  must(root, "#confirm", HTMLDialogElement).showModal();
}

function leave() {
  signedOut = true;
  const wanted = new URLSearchParams({ meeting: page.meeting });
  location.assign(`/desk/login?${wanted}`);
  return false;
}

async function signOut() {
  try {
    await logout(relogin.csrf);
  } finally {
    location.assign("/desk/login");
  }
}

// ---- the keyboard ----

desk.keys = new Keys(
  desk,
  {
    KeyN: () => nextSpeaker(desk).press(),
    KeyI: () => nextItem(desk).press(),
    KeyE: () => press("floor.end", ofTurn(desk, "floor.end")),
    KeyC: () => {
      const { action, confirm } = recess(desk);
      press("recess", action, { confirm });
    },
    KeyU: () => press("undo", undoAction(desk)),
    KeyF: () => must(root, "#finder", HTMLInputElement).focus(),
  },
  { show, ready: () => view !== null && !dialogCloses() },
);

// ---- showing ----

/** One word and one colour. */
function air() {
  if (view === null) return "none";
  const { state } = view.broadcast;
  if (state === "idle") return "off";
  if (state === "ended") return "ended";
  return state === "holding" || view.meeting.state === "recess" ? "card" : "on";
}

function show() {
  root.className = "desk";
  root.dataset.air = air();
  root.toggleAttribute("data-lost", lostAt !== null || view === null);
  if (view === null) {
    render(html`<main id="main" class="connecting"><h1>${words("desk_title")}</h1><p role="status">${lostAt === null ? words("desk_connecting") : lostWords()}</p></main>`, root);
    return;
  }
  desk.steady.frame(() => render(
    html`${top(desk, air())}
      <main id="main" class="rooms" tabindex="-1">
        <h1 class="unseen">${words("desk_title")}: ${page.title}</h1>
        ${left(desk)} ${middle(desk)} ${desk.side.template()} ${bottom(desk)}
      </main>
      ${confirmation(desk)} ${sourceForm(desk)} ${desk.invitation.template()} ${help(desk)} ${relogin.template()}`,
    root,
  ));
}

/** @param {any} news */
function heard(news) {
  if (news.type === "levels") return meters.set(news);
  if (news.type === "guest") return guests.set(news);
  if (news.type !== "view") return;
  const wasLost = lostAt !== null;
  view = /** @type {import("../lib/types.js").DeskView} */ (news.view);
  lostAt = null;
  clock.heard(view.now);
  guests.view(view.guests);
  desk.side.heard(view);
  made ??= view.record;
  keepRecord(made, view.record);
  countdown = view.floor.person === null ? null : new Countdown(view.floor, view.now, clock);
  if (wasLost && message.kind === "refused") message = { text: "", kind: "said" };
  settle();
  keepPreview(root, () => ({ "X-CSRF-Token": relogin.csrf }));
}

root.replaceChildren();
show();
setInterval(() => view !== null && show(), 250);
keepTime(page.meeting, clock);
relogin.start().then((signedIn) => {
  if (!signedIn) return leave();
  new LiveSocket(page.meeting, {
    message: heard,
    lost: (at) => {
      if (lostAt === null) lostAt = at;
      meters.clear();
      show();
    },
    // What was pressed waits for the password.
    signedOut: async () => (relogin.asking ? await relogin.ask() : false) || leave(),
  });
});
