// The secretary's desk: shows what the server says and sends what she presses. No rules here: which buttons would be
// refused, and why, comes with the view.

import { html, nothing, render } from "../vendor/lit-html.js";
import { Countdown, ServerClock } from "../lib/clock.js";
import { LiveSocket, act, logout, session } from "../lib/wire.js";
import { inLanguage, must, pageData, timeOfDay, wordsOf } from "../lib/words.js";
import { PersonFinder } from "./finder.js";
import { GuestLines } from "./guest_lines.js";
import { Invitation } from "./invitation.js";
import { Meters } from "./meters.js";
import { HallSound, keepPreview } from "./preview.js";
import { bottom, confirmation, help, middle, nextSpeaker, left, top } from "./screen.js";
import { Side, nextItem } from "./side.js";
import { sourceForm } from "./source.js";

const root = must(document, "#desk", HTMLElement);
/** @type {import("./screen.js").Page} */
const page = pageData(root);
const words = wordsOf(page.words);
const clock = new ServerClock();
const meters = new Meters(words);
const guests = new GuestLines(page.meeting);

/** @type {import("../lib/types.js").DeskView|null} */
let view = null;
/** @type {Countdown|null} */
let countdown = null;
/** @type {number|null} */
let lostAt = null;
let signedOut = false;
let csrf = "";
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
};
desk.finder = new PersonFinder(desk, show);
desk.invitation = new Invitation(desk, show);
desk.hallSound = new HallSound(root, show);
desk.side = new Side(desk, show);

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
 * A press: refused with its reason, asked about first, or sent. `name` is the button that shows it as pending; `done` gets
 * the result that only the presser sees.
 * @param {string} name @param {Record<string, unknown> & {action: string}} action
 * @param {{own?: string, confirm?: import("./screen.js").Confirmation, done?: (result: any) => void}} [options]
 */
async function press(name, action, { own = "", confirm, done } = {}) {
  const reason = whyNot(action.action, own);
  if (reason !== "") return say(reason, "refused");
  if (pending.has(name)) return;
  if (confirm) return ask({ ...confirm, yes: () => press(name, action, { done }) });
  const mine = { seq: /** @type {number|null} */ (null) };
  pending.set(name, mine);
  say(words("desk_pending"), "said");
  const outcome = await act(page.meeting, action, csrf);
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
}

async function signOut() {
  try {
    await logout(csrf);
  } finally {
    location.assign("/desk/login");
  }
}

// ---- the keyboard: by place on it, so that Kazakh and Russian layouts do not matter ----

/** @type {Record<string, () => void>} */
const keys = {
  KeyN: () => nextSpeaker(desk).press(),
  KeyI: () => nextItem(desk).press(),
  KeyE: () => press("floor.end", { action: "floor.end" }),
  KeyC: () => {
    const kind = view?.meeting.state === "recess" ? "recess.end" : "recess.start";
    press("recess", { action: kind });
  },
  KeyU: () => press("undo", { action: "undo" }),
  KeyF: () => must(root, "#finder", HTMLInputElement).focus(),
};

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, select, textarea, dialog") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "?") {
    event.preventDefault();
    return desk.openHelp();
  }
  const key = keys[event.code];
  if (!key || event.repeat || event.shiftKey || view === null) return;
  event.preventDefault();
  key();
});

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
  render(
    html`${top(desk, air())}
      <main id="main" class="rooms" tabindex="-1">
        <h1 class="unseen">${words("desk_title")}: ${page.title}</h1>
        ${left(desk)} ${middle(desk)} ${desk.side.template()} ${bottom(desk)}
      </main>
      ${confirmation(desk)} ${sourceForm(desk)} ${desk.invitation.template()} ${help(desk)}`,
    root,
  );
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
  countdown = view.floor.person === null ? null : new Countdown(view.floor, performance.now());
  if (wasLost && message.kind === "refused") message = { text: "", kind: "said" };
  settle();
  keepPreview(root, () => ({ "X-CSRF-Token": csrf }));
}

root.replaceChildren();
show();
setInterval(() => view !== null && show(), 250);
session().then((mine) => {
  if (mine === null) return leave();
  csrf = mine.csrf;
  new LiveSocket(page.meeting, {
    message: heard,
    lost: (at) => {
      if (lostAt === null) lostAt = at;
      meters.clear();
      show();
    },
    signedOut: leave,
  });
});
