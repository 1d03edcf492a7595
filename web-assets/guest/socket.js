// The guest's socket: who he is goes in the first message, never in the address. It comes back by itself; what the server
// closed for good stays closed.

import { Backoff } from "../lib/wire.js";

const kSilenceMs = 5000; // the server pings every two seconds
const kOpeningMs = 5000;
const kAnswerMs = 30_000; // somebody is asked whether he gives the seat away

/** The server's reasons not to come back by itself. */
export const kClosed = { token: 4001, takenOver: 4002, removed: 4003, denied: 4005 };

/**
 * @typedef {object} Listener
 * @property {(message: any) => void} message
 * @property {(at: number) => void} lost told once for each loss, with the time it was noticed
 * @property {(code: number) => void} closed for good
 */

export class GuestSocket {
  #backoff = new Backoff(1000);
  #heard = 0;
  /** @type {WebSocket|null} */
  #socket = null;
  #wanted = false;
  #welcomed = false;
  /** Somebody else must answer first, whether we may come in. */
  #waiting = false;
  /** Wakes a waiting reconnection. @type {() => void} */
  #hurry = () => {};

  /** @param {string} token @param {() => string|null} peer the media connection that this page has @param {Listener} tell */
  constructor(token, peer, tell) {
    this.token = token;
    this.peer = peer;
    this.tell = tell;
    const address = new URL("/api/v1/guest/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.address = address.href;
    setInterval(() => this.#watch(), 500);
    addEventListener("offline", () => this.#drop());
    addEventListener("online", () => this.#hurry());
  }

  /** Whether the server has let us in. */
  get open() {
    return this.#welcomed;
  }
  /** For tests. @returns {"off"|"connecting"|"open"|"lost"} */
  get state() {
    return !this.#wanted ? "off" : this.#welcomed ? "open" : this.#socket ? "connecting" : "lost";
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#backoff.reset();
    this.#connect();
  }
  stop() {
    this.#wanted = this.#welcomed = this.#waiting = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** @param {Record<string, unknown>} message @returns {boolean} whether it went out */
  send(message) {
    if (!this.#welcomed && message.type !== "hello") return false;
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    if (!this.#wanted || this.#socket !== null) return;
    const socket = (this.#socket = new WebSocket(this.address));
    this.#heard = performance.now();
    socket.onopen = () => {
      const peer = this.peer();
      socket.send(JSON.stringify({ type: "hello", token: this.token, ...(peer === null ? {} : { peer }) }));
    };
    socket.onmessage = (event) => socket === this.#socket && this.#take(String(event.data));
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      if (!Object.values(kClosed).includes(event.code)) return this.#drop();
      this.stop();
      this.tell.closed(event.code);
    };
  }

  /** @param {string} text */
  #take(text) {
    this.#heard = performance.now();
    const message = JSON.parse(text);
    if (message.type === "ping") return this.#socket?.send('{"type":"pong"}');
    if (message.type === "occupied") this.#waiting = true;
    if (message.type === "welcome") {
      this.#welcomed = true;
      this.#waiting = false;
      this.#backoff.reset();
    }
    this.tell.message(message);
  }

  async #drop() {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    this.#welcomed = this.#waiting = false;
    socket.close();
    this.tell.lost(Date.now());
    await Promise.race([this.#backoff.wait(), new Promise((resolve) => (this.#hurry = () => resolve(undefined)))]);
    this.#connect();
  }

  /** A cable that was pulled closes no socket: silence does. */
  #watch() {
    const limit = this.#waiting ? kAnswerMs : this.#welcomed ? kSilenceMs : kOpeningMs;
    if (this.#socket !== null && performance.now() - this.#heard > limit) this.#drop();
  }
}
