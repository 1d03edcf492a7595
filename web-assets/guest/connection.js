// One media connection of a guest: his voice and picture go out, the programme comes in. Made once, never renegotiated: a new
// one takes its place.

import { gathered } from "../lib/return_feed.js";

/** What is sent of a picture: lines, kbit/s, frames a second. */
const kLow = { lines: 180, kbps: 120, fps: 10 };
const kFull = { lines: 720, kbps: 1200, fps: 30 };
const kShared = { lines: 1080, kbps: 1500, fps: 8 };

/** Our voice pauses on the line while we are silent, when the other side can take that. @param {string} sdp an answer */
export function withDtx(sdp) {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (opus === undefined) return sdp;
  const format = new RegExp(`^a=fmtp:${opus} ([^\\r\\n]*)`, "m");
  const found = format.exec(sdp);
  if (found === null) return sdp.replace(/^(a=rtpmap:\d+ opus\/48000[^\r\n]*)/im, `$1\r\na=fmtp:${opus} useinbandfec=1;usedtx=1`);
  return /usedtx=/.test(found[1]) ? sdp : sdp.replace(format, `a=fmtp:${opus} $1;usedtx=1`);
}

/** @typedef {{voice: MediaStreamTrack|null, camera: MediaStreamTrack|null, screen: MediaStreamTrack|null}} Tracks */

export class GuestConnection {
  /** The server's name for it. @type {string|null} */
  name = null;
  programme = new MediaStream();
  /** Changes of the senders' parameters one after the other: each needs the newest. @type {Promise<void>} */
  #tuning = Promise.resolve();

  /** @param {RTCIceServer[]} iceServers @param {() => void} changed its state did, or the programme has come */
  constructor(iceServers, changed) {
    this.rtc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 });
    // The order is the contract: the last line is the presentation.
    this.voice = this.rtc.addTransceiver("audio", { direction: "sendrecv", sendEncodings: [{ priority: "high", networkPriority: "high" }] });
    this.rtc.addTransceiver("video", { direction: "recvonly" });
    this.camera = this.rtc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ priority: "low", maxBitrate: kLow.kbps * 1000, maxFramerate: kLow.fps, scaleResolutionDownBy: 4 }] });
    this.screen = this.rtc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ active: false, priority: "medium", maxBitrate: kShared.kbps * 1000, maxFramerate: kShared.fps }] });
    this.rtc.addEventListener("track", ({ track, receiver }) => {
      // What the browser would keep back to be smooth is heard as delay here.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      this.programme.addTrack(track);
      changed();
    });
    this.rtc.addEventListener("connectionstatechange", changed);
  }

  get connected() {
    return this.rtc.connectionState === "connected";
  }

  /** @param {Tracks} tracks */
  async carry({ voice, camera, screen }) {
    const put = (/** @type {RTCRtpTransceiver} */ line, /** @type {MediaStreamTrack|null} */ track) => (line.sender.track === track ? null : line.sender.replaceTrack(track));
    await Promise.all([put(this.voice, voice), put(this.camera, camera), put(this.screen, screen)]);
  }

  /** The offer, with all candidates. */
  async offer() {
    await this.rtc.setLocalDescription();
    await gathered(this.rtc);
    return this.rtc.localDescription?.sdp ?? "";
  }

  /** @param {string} sdp @param {string} name */
  async answer(sdp, name) {
    this.name = name;
    await this.rtc.setRemoteDescription({ type: "answer", sdp: withDtx(sdp) });
  }

  /**
   * What is sent of the picture. Framed: all that the line carries; else only what the desk needs to recognise him.
   * @param {"low"|"full"} picture @param {boolean} paused to keep the voice
   */
  tune(picture, paused) {
    const wanted = picture === "full" ? kFull : kLow;
    this.#tuning = this.#tuning.then(async () => {
      await change(this.camera.sender, wanted, !paused, picture === "full" ? "maintain-framerate" : "maintain-resolution");
      await change(this.screen.sender, kShared, !paused && picture === "full", "maintain-resolution");
    });
    return this.#tuning;
  }

  close() {
    this.rtc.close();
  }
}

/** @param {RTCRtpSender} sender @param {typeof kFull} wanted @param {boolean} active @param {RTCDegradationPreference} preference */
async function change(sender, wanted, active, preference) {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings?.[0];
  if (!encoding) return;
  const { width = 1280, height = 720 } = sender.track?.getSettings() ?? {};
  // A phone held upright sends a tall picture: its short side counts.
  const scale = Math.max(1, Math.min(width, height) / wanted.lines);
  const same = encoding.active === active && encoding.maxBitrate === wanted.kbps * 1000 && Math.abs((encoding.scaleResolutionDownBy ?? 1) - scale) < 0.01;
  if (same) return;
  Object.assign(encoding, { active, maxBitrate: wanted.kbps * 1000, maxFramerate: wanted.fps, scaleResolutionDownBy: scale });
  parameters.degradationPreference = preference;
  try {
    await sender.setParameters(parameters);
  } catch {
    // A browser that lacks one of these sends as it would have.
  }
}
