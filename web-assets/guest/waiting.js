// The page behind the link of somebody who signed up to speak: it asks every few seconds whether the secretary has looked, and
// goes on by itself when she has. The server makes the page of each answer.

import { copied } from "../lib/clipboard.js";
import "../lib/language.js";
import { fetchWithin } from "../lib/wire.js";
import { must, pageData, wordsOf } from "../lib/words.js";

const kFirstMs = 2000, kLongestMs = 15_000;

const main = must(document, "#main", HTMLElement);
/** @type {{token: string, status: "pending"|"declined", words: Record<string, string>}} */
const page = pageData(main);
const words = wordsOf(page.words);
const said = must(main, "[data-said]", HTMLElement);
const headers = { Authorization: `Bearer ${page.token}` };

/** @returns {Promise<string>} the status; "gone" when there is no such registration any more, "" when nobody answers */
async function ask() {
  try {
    const { status, json } = await fetchWithin("/api/v1/registrations", { cache: "no-store", headers }, kLongestMs);
    if (status === 401) return "gone";
    return status === 200 && json ? json.status : "";
  } catch {
    return ""; // the line is away: ask again
  }
}

let wait = kFirstMs;
let timer = 0;
let asking = false;
let over = false;
async function look() {
  if (asking || over) return; // while it asks: it looks again when it has the answer
  clearTimeout(timer);
  asking = true;
  const status = await ask();
  asking = false;
  if (over) return;
  if (status === "gone") {
    over = true;
    said.textContent = words("signup_link_gone");
    return;
  }
  if (status !== "" && status !== page.status) return location.reload();
  wait = Math.min(wait * 1.25, kLongestMs);
  timer = window.setTimeout(look, wait * (0.75 + Math.random() / 2));
}

/** Deletes it; it is free to sign up again. @param {HTMLButtonElement} button */
async function withdraw(button) {
  button.disabled = true;
  let status = 0;
  try {
    ({ status } = await fetchWithin("/api/v1/registrations", { method: "DELETE", headers }, kLongestMs));
  } catch {
    // no answer: said below
  }
  button.disabled = false;
  if (status === 409) return location.reload(); // the secretary was first
  // One that is gone already is what was wanted.
  if (status !== 204 && status !== 401) {
    said.textContent = words("signup_link_not_withdrawn");
    return;
  }
  over = true;
  const title = must(main, "h1", HTMLElement);
  title.textContent = words("signup_link_withdrawn");
  said.textContent = words("signup_link_withdrawn_text");
  must(main, "[data-standing]", HTMLElement).remove();
  title.tabIndex = -1;
  title.focus();
}

/** @param {HTMLInputElement} link */
async function copy(link) {
  said.textContent = words((await copied(link)) ? "signup_link_copied" : "signup_link_not_copied");
}

// Whoever was declined needs no link.
if (page.status === "pending") {
  const link = must(main, "[data-link]", HTMLInputElement);
  link.value = new URL(location.pathname, location.href).href;
  must(main, "[data-copying]", HTMLElement).hidden = false;
  must(main, "[data-copy]", HTMLElement).addEventListener("click", () => copy(link));
}
must(main, "[data-withdrawal]", HTMLElement).hidden = false;
const withdrawing = must(main, "[data-withdraw]", HTMLButtonElement);
withdrawing.addEventListener("click", () => withdraw(withdrawing));
// Whoever comes back to the page wants to know at once.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || over) return;
  wait = kFirstMs;
  look();
});
timer = window.setTimeout(look, wait);
