// Keeps a guest connected to his seat: a media connection is made when he may have one, watched, and made anew after any break.

import { Backoff, pause } from "../lib/wire.js";
import { GuestConnection } from "./connection.js";
import { Doubt, PictureRule, Statistics, received } from "./line.js";

const kAnswerMs = 6000, kConnectMs = 6000;
const kHastyMs = 1500, kHastyRoundTrips = 10; // of the first attempt after a break
const kSampleMs = 1000, kReportMs = 2000;
const kWaverMs = 1000; // "disconnected" often heals by itself
const kPreparedMs = 300_000;
const kProofMs = 250, kProofs = 4; // a laptop that is busy may show nothing of it for a while
const kStalledMs = 2000, kFirstPacketMs = 8000; // the programme's sound never pauses once it has begun

/**
 * @typedef {object} Wire
 * @property {() => boolean} open whether the server can be asked
 * @property {(message: Record<string, unknown>) => boolean} send
 */

export class SeatLine {
  /** @type {GuestConnection|null} */
  connection = null;
  /** @type {RTCIceServer[]} */
  iceServers = [];
  /** When media was lost that had been there. @type {number|null} */
  lostAt = null;
  /** @type {import("./line.js").Sample|null} */
  sample = null;
  paused = false;
  #wanted = false;
  #attempt = 0;
  /** @type {"low"|"full"} */
  #picture = "low";
  /** @type {import("./connection.js").Tracks} */
  #tracks = { voice: null, camera: null, screen: null };
  /** @type {(answer: {sdp: string, peer: string}|null) => void} */
  #answered = () => {};
  #backoff = new Backoff();
  #statistics = new Statistics();
  #rule = new PictureRule();
  #doubt = new Doubt();
  #received = { packets: 0, at: 0 };
  /** @type {Promise<{connection: GuestConnection, sdp: string}>|null} */
  #prepared = null;
  #preparedAt = 0;
  #reported = 0;

  /** @param {Wire} wire @param {() => void} changed */
  constructor(wire, changed) {
    this.wire = wire;
    this.changed = changed;
    setInterval(() => this.#watch(), kSampleMs);
  }

  /** The name of the connection that lives here, for the server to recognise. After a break of everything it may go on by itself. */
  get peer() {
    return ["connected", "disconnected"].includes(this.connection?.rtc.connectionState ?? "") ? (this.connection?.name ?? null) : null;
  }
  get connected() {
    return this.connection?.connected ?? false;
  }

  /** Whether he has a seat now, and what of his picture is wanted. @param {boolean} wanted @param {"low"|"full"} picture */
  want(wanted, picture) {
    this.#picture = picture;
    this.connection?.tune(picture, this.paused);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) this.renew();
    else this.stop();
  }

  /** The server let us in again; `peer` is what it still has of us. @param {string|null} peer */
  welcomed(peer) {
    if (!this.#wanted) return;
    if (peer === null || peer !== this.connection?.name) this.renew();
    else this.#prove(this.connection);
  }

  /** The server was away, and still has our connection. Whether that lives is seen at once: the programme's sound never pauses. */
  async #prove(/** @type {GuestConnection} */ connection) {
    const before = await received(connection.rtc);
    for (let proof = 0; proof < kProofs; proof += 1) {
      await pause(kProofMs);
      if (connection !== this.connection || (await received(connection.rtc)) !== before) return;
    }
    this.lostAt ??= Date.now();
    this.renew();
  }

  /** An answer, a refusal, or the news that the connection is gone. @param {any} message */
  heard(message) {
    if (message.type === "answer") this.#answered(message);
    else if (message.type === "refused") this.#answered(null);
    else if (message.type === "reconnect" && this.#wanted) this.renew();
  }

  /** @param {import("./connection.js").Tracks} tracks */
  async carry(tracks) {
    this.#tracks = tracks;
    try {
      await this.connection?.carry(tracks);
      await this.connection?.tune(this.#picture, this.paused);
    } catch {
      // It has just been closed; the next one carries them.
    }
  }

  stop() {
    ++this.#attempt;
    this.#wanted = false;
    this.#drop();
    this.lostAt = null;
  }

  /** A new connection in the place of the old one, tried until there is one. */
  async renew() {
    const mine = ++this.#attempt;
    if (this.connection?.name && this.lostAt === null) this.lostAt = Date.now();
    // Just after a change of networks the browser may still offer addresses of the old one: such an attempt comes to nothing, and
    // is not waited for long.
    const roundTrips = kHastyRoundTrips * (this.sample?.rtt_ms ?? 0);
    let patience = this.lostAt === null ? kConnectMs : Math.min(kConnectMs, Math.max(kHastyMs, roundTrips));
    while (mine === this.#attempt && this.#wanted && this.wire.open()) {
      this.#drop();
      if (await this.#connect(mine, patience)) break;
      patience = kConnectMs;
      if (mine === this.#attempt) await this.#backoff.wait();
    }
    this.changed();
  }

  /** A new connection beside the old one, which the server lets go when it has answered. */
  async #measureAnew() {
    const mine = ++this.#attempt;
    const old = this.connection;
    this.#rule = new PictureRule();
    this.paused = false;
    const stands = await this.#connect(mine);
    if (old !== this.connection) old?.close();
    if (mine === this.#attempt && !stands) {
      this.lostAt ??= Date.now();
      this.renew();
    }
    this.changed();
  }

  #drop() {
    this.#answered(null);
    this.connection?.close();
    this.connection = null;
    this.sample = null;
    this.changed();
  }

  /** Makes the offer beforehand, so that he is in at once when he asks to be. */
  prepare() {
    this.#forget(this.#prepared);
    this.#prepared = this.#offer();
    this.#preparedAt = performance.now();
  }
  /** @param {Promise<{connection: GuestConnection}>|null} prepared */
  #forget(prepared) {
    prepared?.then(({ connection }) => connection.close()).catch(() => {}); // none was made: none to close
  }

  /** A connection and its offer. */
  async #offer() {
    const connection = new GuestConnection(this.iceServers, () => this.#moved(connection));
    await connection.carry(this.#tracks);
    return { connection, sdp: await connection.offer() };
  }

  /** What was prepared, while the network is likely to be the same. */
  #taken() {
    const prepared = this.#prepared;
    this.#prepared = null;
    if (prepared !== null && performance.now() - this.#preparedAt < kPreparedMs) return prepared;
    this.#forget(prepared);
    return this.#offer();
  }

  /** @param {number} mine @param {number} patience ms @returns {Promise<boolean>} whether it stands, or is nobody's business any more */
  async #connect(mine, patience = kConnectMs) {
    try {
      const { connection, sdp } = await this.#taken();
      if (mine !== this.#attempt) {
        connection.close();
        return true;
      }
      this.connection = connection;
      await this.#negotiate(connection, sdp, patience);
    } catch {
      // It could not be made, was closed under us, refused, or the answer was none.
    }
    if (mine !== this.#attempt) return true;
    if (!this.connected) return false;
    this.#backoff.reset();
    this.lostAt = null;
    this.#received = { packets: 0, at: performance.now() };
    return true;
  }

  /** @param {GuestConnection} connection @param {string} sdp its offer @param {number} patience */
  async #negotiate(connection, sdp, patience) {
    await connection.carry(this.#tracks);
    connection.tune(this.#picture, this.paused);
    const answered = new Promise((resolve) => (this.#answered = resolve));
    if (!this.wire.send({ type: "offer", sdp })) return;
    const answer = await Promise.race([answered, pause(kAnswerMs)]);
    if (!answer) return;
    await connection.answer(answer.sdp, answer.peer);
    await this.#settled(connection.rtc, patience);
  }

  /** @param {RTCPeerConnection} rtc @param {number} patience */
  async #settled(rtc, patience) {
    const settled = new Promise((resolve) => {
      const look = () => ["connected", "failed", "closed"].includes(rtc.connectionState) && resolve(undefined);
      rtc.addEventListener("connectionstatechange", look);
      look();
    });
    await Promise.race([settled, pause(patience)]);
  }

  /** @param {GuestConnection} connection */
  async #moved(connection) {
    if (connection !== this.connection) return;
    this.changed();
    const { connectionState } = connection.rtc;
    if (connection.name === null || (connectionState !== "failed" && connectionState !== "disconnected")) return;
    this.lostAt ??= Date.now();
    if (connectionState === "disconnected") await pause(kWaverMs);
    if (connection !== this.connection || connection.connected) return;
    this.renew();
  }

  /** Once a second: how the line is, whether the picture must rest, whether anything still comes. */
  async #watch() {
    const { connection } = this;
    if (connection?.connected && connection.name !== null) {
      const sample = await this.#statistics.read(connection.rtc);
      if (connection !== this.connection) return;
      this.sample = sample;
      this.#rest(sample);
      if (this.#doubt.due(sample, performance.now(), this.#picture) && this.wire.open()) this.#measureAnew();
      this.#stall(sample);
      this.changed();
    }
    const now = performance.now();
    if (now - this.#reported < kReportMs - kSampleMs / 2) return;
    this.#reported = now;
    this.wire.send({ type: "line", ...this.measured() });
  }

  /** What the page measured; before there is a connection, what the line test said. */
  measured() {
    const { sample } = this;
    const { uplink_kbps: tested, rtt_ms } = this.tested;
    if (sample === null) return { uplink_kbps: tested, rtt_ms, loss_percent: null };
    // While little is sent the browser does not know how much more would go.
    const known = this.#picture === "full" ? sample.available_kbps : Math.max(sample.available_kbps ?? 0, tested ?? 0) || null;
    return { uplink_kbps: known ?? tested, rtt_ms: sample.rtt_ms, loss_percent: sample.loss_percent };
  }
  /** @type {{uplink_kbps: number|null, rtt_ms: number|null}} */
  tested = { uplink_kbps: null, rtt_ms: null };

  /** @param {import("./line.js").Sample} sample */
  #rest(sample) {
    const paused = this.#tracks.camera !== null && this.#rule.decide(sample, performance.now(), this.#picture);
    if (paused === this.paused) return;
    this.paused = paused;
    this.connection?.tune(this.#picture, paused);
  }

  /** Nothing comes though the server is there: the network was changed under us. @param {import("./line.js").Sample} sample */
  #stall({ received }) {
    const now = performance.now();
    if (received !== this.#received.packets) {
      this.#received = { packets: received, at: now };
      this.lostAt = null;
    } else if (now - this.#received.at > (received === 0 ? kFirstPacketMs : kStalledMs)) {
      this.lostAt ??= Date.now();
      if (this.wire.open()) this.renew();
    }
  }
}
