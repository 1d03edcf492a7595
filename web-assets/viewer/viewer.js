// The meeting's page: announced, live, recording, at one address and without a reload. The server has rendered it already;
// this keeps it true and puts the player in.

import { html, nothing, render } from "../vendor/lit-html.js";
import { Countdown, ServerClock } from "../lib/clock.js";
import "../lib/language.js";
import { Player } from "../lib/player.js";
import { keepRecord } from "../lib/record.js";
import { fetchWithin, followState } from "../lib/wire.js";
import { clockText, inLanguage, must, pageData, wordsOf } from "../lib/words.js";
import { agendaRows } from "./agenda.js";
import { statusOf } from "./status.js";

const main = must(document, "main.meeting", HTMLElement);
const page = pageData(main);
const words = wordsOf(page.words);
const clock = new ServerClock();
const video = must(main, "[data-video]", HTMLVideoElement);
const player = (window.tyndauPlayer = new Player(video, { media: page.media, clock }));

/** @type {import("../lib/types.js").PublicView} */
let view = page.state;
/** @type {Countdown|null} */
let countdown = null;
/** Offsets of the chapters in the recording, by chapter. @type {Map<string, import("../lib/types.js").RecordedChapter>} */
let offsets = new Map();
/** @type {number|null} */
let troubleSince = null;

// ---- where the address points ----

/** Seconds of #t=725 or ?t=725, else null. */
function momentInAddress() {
  const text = new URLSearchParams(location.hash.slice(1)).get("t") ?? new URLSearchParams(location.search).get("t");
  const seconds = text === null ? NaN : Number(text.replace(/s$/, ""));
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** @param {number} seconds */
function momentLink(seconds) {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set("t", String(Math.floor(seconds)));
  return link.href;
}

// ---- the stage: announced, live or recording ----

function stage() {
  const { state } = view.broadcast;
  return state === "idle" ? "announced" : state === "ended" ? "recording" : "live";
}

/** On air, with a card instead of the hall. */
function onCard() {
  return stage() === "live" && (view.broadcast.state === "holding" || view.meeting.state === "recess" || view.meeting.state === "closed");
}

/** What the page says of itself. */
function status() {
  return statusOf({
    stage: stage(),
    view,
    answers: troubleSince === null,
    mode: player.mode,
    trouble: player.trouble,
    pace: player.pace,
    paused: video.paused,
    soundOnly: player.soundOnly,
    startsInS: startsInS(),
    dayIsOver: localDay(clock.now()) > localDay(Date.parse(page.starts_at)),
  });
}

const startsInS = () => (new Date(page.starts_at).getTime() - clock.now()) / 1000;

/** Of the council's own calendar. @param {number} ms */
const localDay = (ms) => new Date(ms + page.utc_offset_s * 1000).toISOString().slice(0, 10);

/** Hours and minutes: a countdown in seconds is read for a time of day. @param {number} seconds */
function spanWords(seconds) {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  const values = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return words(values.hours > 0 ? "viewer_hours_minutes" : "viewer_minutes", values);
}

/** @param {string} key */
function statusWords(key) {
  if (key === "viewer_starts_at") return words(key, { time: page.starts_words });
  if (key === "viewer_starts_in") return words(key, { time: spanWords(startsInS()) });
  if (key === "viewer_recess_until") return words(key, { time: inLanguage(view.recess.until_words, page.language) });
  return words(key);
}

function showStatus() {
  const { key, tone, sound } = status();
  const line = must(main, "[data-stage-line]", HTMLElement);
  line.dataset.tone = tone;
  // A countdown would be read out every minute.
  must(main, "[data-stage-words]", HTMLElement).ariaLive = key === "viewer_starts_in" ? "off" : null;
  setText("[data-stage-words]", statusWords(key));
  const offered = Boolean(sound) && player.canSoundOnly;
  must(main, "[data-offer-sound]", HTMLElement).hidden = !offered;
  // The same words over a picture that stands: on a phone the line may have been scrolled away.
  setText("[data-screen-words]", tone === "bad" || player.trouble !== "" ? statusWords(key) : "");
}

function showStage() {
  const now = stage();
  main.dataset.stage = now;
  main.toggleAttribute("data-card", onCard());
  const title = now === "live" ? `● ${words("viewer_title_live")} – ${page.named}` : page.named;
  if (document.title !== title) document.title = title;
  const tag = { announced: "viewer_announced", live: "viewer_live", recording: "viewer_recording" }[now];
  setText("[data-stage-tag]", words(tag));
  showStatus();
  must(main, "[data-picture]", HTMLElement).hidden = now === "announced";
  must(main, "[data-hls]", HTMLElement).hidden = now === "announced";
  must(main, "[data-download]", HTMLElement).hidden = now !== "recording";
}

/** The form is not taken away from whoever is filling it in, nor from whoever was told what is wrong with it. */
function showSignUp() {
  const open = view.registration === "open";
  const form = must(main, "[data-sign-up]", HTMLElement);
  form.hidden = !open && !("stays" in form.dataset) && !form.contains(document.activeElement);
  must(main, "[data-to-sign-up]", HTMLElement).hidden = !open;
}

/** Whoever presses twice signs up once. Back to the page, he may do so again. */
function sendSignUpOnce() {
  const form = must(main, "[data-sign-up] form", HTMLFormElement);
  const send = must(form, "button", HTMLButtonElement);
  form.addEventListener("submit", () => (send.disabled = true));
  addEventListener("pageshow", () => (send.disabled = false));
}

/** Writes only what differs: a status line is read out when it changes. @param {string} selector @param {string} text */
function setText(selector, text) {
  const element = must(main, selector, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
}

/** Starts what the stage asks for, once for each change of it. */
let stageShown = "";
function followStage() {
  const now = stage();
  if (now === stageShown) return;
  const before = stageShown;
  stageShown = now;
  const moment = momentInAddress();
  if (now === "live" && before === "recording") {
    player.broadcastGoesOn();
  } else if (now === "live") {
    player.toLive();
    if (moment !== null) player.seekTo(moment);
  } else if (now === "recording") {
    if (before === "live") player.broadcastEnded();
    else player.toRecording(moment ?? 0, moment !== null);
  }
}

// ---- under the picture ----

const kBack = 10, kForward = 30; // seconds of the buttons and keys

/** The chapter at the moment on the screen: the open item's when live, the recording's otherwise. */
function currentChapters() {
  const position = player.position();
  if (position === null) return { item: view.item.id, turn: view.floor.turn === null ? null : `${view.item.id}-t${view.floor.turn}` };
  /** @type {{item: string|null, turn: string|null}} */
  const current = { item: null, turn: null };
  for (const chapter of view.chapters) {
    const at = offsets.get(chapter.id);
    if (!at || position + 0.25 < at.start_s || (at.end_s !== null && position + 0.25 >= at.end_s)) continue;
    if (chapter.kind === "turn") current.turn = chapter.id;
    else current.item = chapter.kind === "item" ? chapter.item : chapter.id;
  }
  return current;
}

function nowLine() {
  const current = currentChapters();
  const item = page.items.find((/** @type {import("../lib/types.js").AgendaItem} */ one) => one.id === current.item);
  const turn = view.chapters.find((chapter) => chapter.id === current.turn);
  const person = page.people.find((/** @type {import("../lib/types.js").Person} */ one) => one.id === turn?.person);
  const live = player.position() === null && view.floor.person !== null && countdown !== null;
  const name = live ? inLanguage(view.floor.name, page.language) : person?.name ?? inLanguage(turn?.title, page.language);
  const position = live ? inLanguage(view.floor.position, page.language) : person?.position ?? "";
  return html`<div>
      ${item ? html`<p class="now-item">${item.no}. ${item.title}</p>` : nothing}
      ${name ? html`<p class="now-person">${name} <span class="now-position">${position}</span></p>` : nothing}
    </div>
    ${live ? floorClock() : nothing}`;
}

function floorClock() {
  if (countdown === null) return nothing;
  const look = countdown.look();
  const under = countdown.floor.running ? (look === "over" ? "viewer_floor_over" : "viewer_floor_until_end") : "viewer_floor_paused";
  return html`<p class="now-clock" data-look=${look}>${clockText(countdown.remainingS())}<small>${words(under)}</small></p>`;
}

function controls() {
  const live = stage() === "live";
  const atLive = player.mode === "live";
  const behind = player.behind();
  const far = live && !atLive && behind !== null;
  const watched = stage() !== "announced";
  const qualities = player.qualities();
  return html`
    ${far ? html`<p class="where"><span aria-hidden="true">−${clockText(behind)}</span><span class="unseen">${words("viewer_behind", { time: clockText(behind) })}</span></p>` : nothing}
    ${live && atLive ? html`<button class="button" type="button" data-from-start @click=${() => player.seekTo(0)}>${words("viewer_from_start")}</button>` : nothing}
    ${live && !atLive ? html`<button class="button button-main" type="button" data-to-live @click=${() => player.toLive()}>${words("viewer_to_live")}</button>` : nothing}
    ${watched ? html`<button class="button" type="button" data-back aria-label=${words("viewer_skip_back_label")} title=${words("viewer_skip_back_label")} @click=${() => player.skip(-kBack)}>${words("viewer_skip_back")}</button>` : nothing}
    ${watched && !(live && atLive) ? html`<button class="button" type="button" data-forward aria-label=${words("viewer_skip_forward_label")} title=${words("viewer_skip_forward_label")} @click=${() => player.skip(kForward)}>${words("viewer_skip_forward")}</button>` : nothing}
    ${qualities.length > 1 && !player.soundOnly
      ? html`<label>${words("viewer_quality")}
          <select data-quality @change=${(/** @type {Event} */ event) => (player.quality = Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
            <option value="-1" ?selected=${player.quality < 0}>${words("viewer_quality_auto")}</option>
            ${qualities.map((one) => html`<option value=${one.index} ?selected=${player.quality === one.index}>${one.height}p</option>`)}
          </select></label>`
      : nothing}
    ${player.canSoundOnly
      ? html`<button class="button" type="button" data-sound-only aria-pressed=${player.soundOnly ? "true" : "false"} @click=${() => player.setSoundOnly(!player.soundOnly)}>${words("viewer_sound_only")}</button>`
      : nothing}`;
}

function showPlayer() {
  const screen = must(main, "[data-screen]", HTMLElement);
  showStatus();
  must(screen, "[data-unmute]", HTMLElement).hidden = !(player.mutedByBrowser && video.muted);
  if (player.soundOnly) screen.dataset.soundOnly = words("viewer_sound_only_on");
  else delete screen.dataset.soundOnly;
  render(controls(), must(main, "[data-controls]", HTMLElement));
  render(nowLine(), now);
}

// ---- the agenda is the index ----

const now = must(main, "[data-now]", HTMLElement);
const list = must(main, "[data-items]", HTMLElement);
const copied = must(main, "[data-copied]", HTMLElement);
now.replaceChildren();
list.replaceChildren();

function showAgenda() {
  render(
    agendaRows({
      items: page.items,
      people: page.people,
      language: page.language,
      utcOffsetS: page.utc_offset_s,
      view,
      offsets,
      current: currentChapters(),
      words,
      link: momentLink,
      seek: (seconds) => {
        player.seekTo(seconds);
        must(main, "[data-picture]", HTMLElement).scrollIntoView({ block: "nearest" });
        history.replaceState(null, "", momentLink(seconds));
      },
      copy: copyMoment,
    }),
    list,
  );
}

let copiedTimer = 0;
/** @param {number} seconds */
async function copyMoment(seconds) {
  const link = momentLink(seconds);
  try {
    await navigator.clipboard.writeText(link);
    copied.textContent = words("viewer_copied");
  } catch {
    copied.textContent = words("viewer_copy_failed", { link });
  }
  clearTimeout(copiedTimer);
  copiedTimer = window.setTimeout(() => (copied.textContent = ""), 4000);
}

const kRecordedMs = 1500, kAnswers = 5; // what was opened a moment ago is not recorded yet: so often it is asked about
const kNoAnswerMs = 10_000, kLongestMs = 15_000;

const chaptersKey = () => `${stage()} ${view.chapters.map((chapter) => chapter.id + chapter.start + chapter.end).join()}`;
/** The chapters that were asked about last, and how many answers there were. */
let offsetsFor = "";
let answers = 0;
let askingOffsets = false;
let offsetsTimer = 0;
let offsetsPause = kRecordedMs;

/** Where the chapters lie in the recording; asked again whenever there are new ones, and for ever while nobody answers. */
async function learnOffsets() {
  clearTimeout(offsetsTimer);
  const wanted = chaptersKey();
  if (wanted !== offsetsFor) answers = 0;
  offsetsFor = wanted;
  if (askingOffsets || stage() === "announced" || answers >= kAnswers) return;
  askingOffsets = true;
  const answered = await askOffsets();
  askingOffsets = false;
  if (offsetsFor !== wanted) return learnOffsets(); // there were new ones meanwhile
  if (answered) {
    answers += 1;
    offsetsPause = kRecordedMs;
    if (view.chapters.every((chapter) => offsets.has(chapter.id))) return;
  }
  offsetsTimer = window.setTimeout(learnOffsets, offsetsPause * (0.75 + Math.random() / 2));
  if (!answered) offsetsPause = Math.min(offsetsPause * 2, kLongestMs);
}

/** @returns {Promise<boolean>} whether there was an answer; that there is no recording yet is one */
async function askOffsets() {
  try {
    const { status, json } = await fetchWithin(`${page.media}/chapters.json?lang=${page.language}`, {}, kNoAnswerMs);
    if (status === 404) return true;
    if (status !== 200 || !json) return false;
    offsets = new Map(json.map((/** @type {import("../lib/types.js").RecordedChapter} */ chapter) => [chapter.id, chapter]));
    showAgenda();
    return true;
  } catch {
    return false;
  }
}

// ---- everything in motion ----

/** @param {import("../lib/types.js").PublicView} news */
function heard(news) {
  view = news;
  keepRecord(page.state.record, news.record);
  countdown = news.floor.person === null ? null : new Countdown(news.floor, news.now, clock);
  showStage();
  showSignUp();
  followStage();
  showPlayer();
  showAgenda();
  if (chaptersKey() !== offsetsFor) learnOffsets();
}

player.addEventListener("change", () => {
  showStage();
  showPlayer();
});
must(main, "[data-unmute]", HTMLElement).addEventListener("click", () => player.unmute());
must(main, "[data-offer-sound]", HTMLElement).addEventListener("click", () => player.setSoundOnly(true));
video.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -kBack, ArrowRight: kForward }[event.key];
  if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  player.skip(by);
});
// The other language goes on at the same moment.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-language]") : null;
  const at = player.position();
  if (link instanceof HTMLAnchorElement && at !== null && at >= 1) link.hash = `t=${Math.floor(at)}`;
}, true);
addEventListener("hashchange", () => {
  const moment = momentInAddress();
  if (moment !== null) player.seekTo(moment);
});
let shownChapter = "";
setInterval(() => {
  showPlayer();
  const current = JSON.stringify(currentChapters());
  if (current !== shownChapter) {
    shownChapter = current;
    showAgenda();
  }
}, 250);

sendSignUpOnce();
showStage();
followStage();
showPlayer();
showAgenda();
learnOffsets();
followState(page.meeting, view.seq, clock, {
  view: heard,
  trouble: (since) => {
    troubleSince = since;
    showStage();
  },
});
