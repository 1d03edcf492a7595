// How the screens speak with the server: the numbered public view (a blocking GET), the desk's socket, and actions.

import { within } from "./within.js";

const kPollTimeoutMs = 40_000; // the server answers after 25 s at the latest
const kFirstPauseMs = 250, kLongestPauseMs = 3000;
const kLookAtClockMs = 30_000;

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Grows from a quarter of a second to three (or `longest`), with some chance in it, so that a thousand pages do not return as one. */
export class Backoff {
  #next = kFirstPauseMs;
  /** @param {number} [longest] ms */
  constructor(longest = kLongestPauseMs) {
    this.longest = longest;
  }
  reset() {
    this.#next = kFirstPauseMs;
  }
  async wait() {
    const ms = this.#next * (0.75 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.longest);
    await pause(ms);
  }
}

/**
 * fetch() that gives up.
 * @param {string} url @param {RequestInit} options @param {number} timeoutMs
 */
export function fetchWithin(url, options, timeoutMs) {
  return within(timeoutMs, async (signal) => {
    const response = await fetch(url, { ...options, signal });
    const body = await response.text();
    return { status: response.status, json: body === "" ? null : parse(body) };
  });
}

/** @param {string} body */
function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null; // a proxy's error page
  }
}

/** @param {string} meeting */
const stateAddress = (meeting) => `/api/v1/meetings/${encodeURIComponent(meeting)}/state`;

/**
 * Keeps the clock of a screen that hears by a socket, where nothing says how long a message was on its way.
 * @param {string} meeting @param {import("./clock.js").ServerClock} clock
 */
export async function keepTime(meeting, clock) {
  for (let tries = 0; ; ) {
    if (clock.wantsQuestion(tries)) {
      const asked = performance.now();
      try {
        const { status, json } = await fetchWithin(stateAddress(meeting), { cache: "no-store" }, 10_000);
        if (status === 200 && json) clock.heard(json.now, performance.now() - asked);
      } catch {
        // The socket says that the line is away.
      }
      tries += 1;
    } else {
      tries = 0;
    }
    await pause(tries === 0 ? kLookAtClockMs : kFirstPauseMs);
  }
}

/**
 * Follows a meeting's public view for ever: asks "newer than N?", and again from the last one after any failure.
 * @param {string} meeting
 * @param {number} since
 * @param {import("./clock.js").ServerClock} clock is set by it
 * @param {{view: (view: import("./types.js").PublicView) => void, trouble?: (since: number|null) => void}} tell
 */
export async function followState(meeting, since, clock, tell) {
  const backoff = new Backoff();
  /** @type {number|null} */
  let troubleSince = null;
  let measured = 0;
  for (;;) {
    // A question that does not block says by its round trip what time it is.
    const blocking = !clock.wantsQuestion(measured);
    measured = blocking ? 0 : measured + 1;
    const question = stateAddress(meeting) + (blocking ? `?since=${since}` : "");
    const asked = performance.now();
    try {
      const answer = await fetchWithin(question, { cache: "no-store" }, kPollTimeoutMs);
      if (answer.status !== 200 || !answer.json) throw new Error(`the state is not there: ${answer.status}`);
      if (troubleSince !== null) tell.trouble?.((troubleSince = null));
      backoff.reset();
      const news = answer.json.seq !== since;
      clock.heard(answer.json.now, blocking ? null : performance.now() - asked);
      tell.view(answer.json);
      // A cache in between that answers at once with old news must not be asked in a tight loop.
      if (blocking && !news && performance.now() - asked < 1000) await backoff.wait();
      since = answer.json.seq;
    } catch {
      if (troubleSince === null) tell.trouble?.((troubleSince = Date.now()));
      await backoff.wait();
    }
  }
}

/**
 * The desk's socket, reconnecting for ever. `lost` is told once for each loss, with the time it was noticed.
 */
export class LiveSocket {
  #backoff = new Backoff(1000); // few desks, and she waits for it
  #heard = performance.now();
  /** @type {WebSocket|null} */
  #socket = null;

  /**
   * @param {string} meeting
   * @param {{message: (message: any) => void, lost: (at: number) => void, signedOut: () => Promise<boolean>}} tell
   *   signedOut: gives whether somebody has signed in again
   */
  constructor(meeting, tell) {
    this.tell = tell;
    const address = new URL(`/api/v1/live?meeting=${encodeURIComponent(meeting)}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.address = address.href;
    this.#connect();
    setInterval(() => this.#watch(), 2000);
    // The moment the machine says that its line is gone is better than waiting for silence.
    addEventListener("offline", () => this.#drop());
  }

  #connect() {
    const socket = (this.#socket = new WebSocket(this.address));
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#heard = performance.now();
      this.#backoff.reset();
      const message = parse(String(event.data));
      if (message) this.tell.message(message);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#drop();
    };
  }

  async #drop() {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    socket.onclose = null;
    socket.close();
    this.tell.lost(Date.now());
    await this.#backoff.wait();
    if (!(await signedOut()) || (await this.tell.signedOut())) this.#connect();
  }

  /** A cable that was pulled closes no socket: after some silence the server must answer a question, or it counts as gone. */
  async #watch() {
    if (this.#socket === null || performance.now() - this.#heard < 4000) return;
    const socket = this.#socket;
    try {
      const answer = await fetchWithin("/api/v1/session", { cache: "no-store" }, 3000);
      if (answer.status === 200) this.#heard = performance.now();
      else if (socket === this.#socket) this.#drop();
    } catch {
      if (socket === this.#socket) this.#drop();
    }
  }
}

async function signedOut() {
  try {
    const answer = await fetchWithin("/api/v1/session", { cache: "no-store" }, 3000);
    return answer.status === 401 || answer.status === 403;
  } catch {
    return false;
  }
}

/** @returns {Promise<{name: string, csrf: string}|null>} null when nobody is signed in */
export async function session() {
  const backoff = new Backoff();
  for (;;) {
    try {
      const answer = await fetchWithin("/api/v1/session", { cache: "no-store" }, 5000);
      if (answer.status === 200 && answer.json) return answer.json;
      if (answer.status === 401 || answer.status === 403) return null;
    } catch {
      // The server is away: ask again.
    }
    await backoff.wait();
  }
}

/** A key for one press: 128 random bits; crypto.randomUUID() exists only in secure contexts. */
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One outcome of a press.
 * @typedef {{done: true, seq: number, result: any} | {done: false, refusal?: import("./types.js").Text, status: number, detail: string}} Outcome
 */

/**
 * Acts once: when the line fails the same request is sent once more with the same key, and the server remembers the key.
 * @param {string} meeting @param {Record<string, unknown>} action @param {string} csrf @param {string} [key] of the press
 * @returns {Promise<Outcome>}
 */
export async function act(meeting, action, csrf, key = freshKey()) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": key },
    body: JSON.stringify(action),
  };
  const url = `/api/v1/meetings/${encodeURIComponent(meeting)}/actions`;
  for (let attempt = 1; ; ++attempt) {
    try {
      const { status, json } = await fetchWithin(url, request, 6000);
      if (status === 200 && json) return { done: true, seq: json.seq, result: json.result };
      if (status === 409 && json?.refusal) return { done: false, refusal: json.refusal.text, status, detail: json.refusal.code };
      return { done: false, status, detail: json?.error?.detail ?? "" };
    } catch {
      if (attempt === 2) return { done: false, status: 0, detail: "" };
      await pause(kFirstPauseMs);
    }
  }
}

/** @param {string} name @param {string} password @returns {Promise<number>} the HTTP status, 0 without an answer */
export async function login(name, password) {
  try {
    const body = JSON.stringify({ name, password });
    return (await fetchWithin("/api/v1/login", { method: "POST", headers: { "Content-Type": "application/json" }, body }, 10_000)).status;
  } catch {
    return 0;
  }
}

/** @param {string} csrf */
export async function logout(csrf) {
  await fetchWithin("/api/v1/logout", { method: "POST", headers: { "X-CSRF-Token": csrf } }, 5000);
}
