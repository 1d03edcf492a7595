// The session behind the desk. It is kept as long as the desk is open; when it has ended all the same, the password is asked for
// in place, over a desk that goes on, and what was pressed is done then, once: the press keeps its key.

import { html, nothing } from "../vendor/lit-html.js";
import { act, freshKey, login, session } from "../lib/wire.js";

const kKeepMs = 600_000; // the cookie is renewed with each question

/** @typedef {import("../lib/wire.js").Outcome} Outcome */

export class Relogin {
  csrf = "";
  /** Who is asked just now, and what to tell those whose presses wait. @type {{answer: Promise<boolean>, tell: (signedIn: boolean) => void}|null} */
  #question = null;
  #problem = "";
  #busy = false;

  /** @param {import("./screen.js").Desk} desk @param {() => void} show */
  constructor(desk, show) {
    this.desk = desk;
    this.show = show;
  }

  /** Takes the session that is there. @returns {Promise<boolean>} whether there is one */
  async start() {
    const mine = await session();
    if (mine === null) return false;
    this.csrf = mine.csrf;
    setInterval(() => session(), kKeepMs);
    return true;
  }

  /** Whether the password is asked for just now. */
  get asking() {
    return this.#question !== null;
  }

  /** As act() of wire.js; whoever is signed out is asked first. @param {Record<string, unknown>} action @returns {Promise<Outcome>} */
  async act(action) {
    const key = freshKey();
    for (;;) {
      const outcome = await act(this.desk.page.meeting, action, this.csrf, key);
      if (outcome.done || (outcome.status !== 401 && outcome.status !== 403)) return outcome;
      const mine = await session();
      // Refused for another reason: a second try would meet it, too.
      if (mine !== null && mine.csrf === this.csrf) return outcome;
      if (mine === null && !(await this.ask())) return { done: false, status: 0, detail: this.desk.words("desk_relogin_not_done") };
      // Somebody signed in anew in another window: this page goes on with that session.
      if (mine !== null) this.csrf = mine.csrf;
    }
  }

  /** Asks for the password. @returns {Promise<boolean>} whether somebody signed in */
  ask() {
    if (this.#question === null) {
      let tell = (/** @type {boolean} */ _signedIn) => {};
      const answer = new Promise((/** @type {(signedIn: boolean) => void} */ resolve) => (tell = resolve));
      this.#question = { answer, tell };
      this.#problem = "";
      this.show();
      const dialog = this.#dialog();
      dialog.showModal();
      this.#input("relogin-password").focus();
    }
    return this.#question.answer;
  }

  #dialog() {
    return /** @type {HTMLDialogElement} */ (document.getElementById("relogin"));
  }
  /** @param {string} id */
  #input(id) {
    return /** @type {HTMLInputElement} */ (document.getElementById(id));
  }

  /** @param {boolean} signedIn */
  #end(signedIn) {
    const question = this.#question;
    this.#question = null;
    this.#dialog().close();
    this.show();
    question?.tell(signedIn);
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    const name = this.#input("relogin-name"), password = this.#input("relogin-password");
    const empty = [name, password].find((input) => input.value === "");
    if (empty) return empty.focus();
    this.#say("", true);
    const status = await login(name.value, password.value);
    const mine = status === 200 ? await session() : null;
    this.#busy = false;
    // They closed it meanwhile; the session is there for the next press.
    if (mine !== null) this.csrf = mine.csrf;
    if (this.#question === null) return;
    if (mine !== null) return this.#end(true);
    this.#say(status === 401 || status === 400 ? "login_wrong" : status === 429 ? "login_throttled" : "login_failed", false);
    password.select();
  }

  /** @param {string} problem @param {boolean} busy */
  #say(problem, busy) {
    this.#problem = problem;
    this.#busy = busy;
    this.show();
  }

  template() {
    const { words, page } = this.desk;
    return html`<dialog id="relogin" aria-labelledby="relogin-title" aria-describedby="relogin-text" @close=${() => this.#question !== null && this.#end(false)}>
      ${this.#question === null
        ? nothing
        : html`<h2 id="relogin-title">${words("desk_relogin_title")}</h2>
          <p id="relogin-text">${words("desk_relogin_text")}</p>
          <form class="login" novalidate @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
            <label for="relogin-name">${words("login_name")}</label>
            <input id="relogin-name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required value=${page.account} />
            <label for="relogin-password">${words("login_password")}</label>
            <input id="relogin-password" name="password" type="password" autocomplete="current-password" required />
            <p class="login-problem" role="alert">${this.#problem === "" ? "" : words(this.#problem)}</p>
            <div class="choices">
              <button type="button" class="button" data-no @click=${() => this.#end(false)}>${words("desk_relogin_no")}</button>
              <button type="submit" class="button button-main" data-yes aria-disabled=${this.#busy ? "true" : nothing}>${words("desk_relogin_yes")}</button>
            </div>
          </form>`}
    </dialog>`;
  }
}
