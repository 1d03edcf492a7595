// One player for a meeting's whole life: live (low latency, the rate steered by LatencyController), from the start while live,
// and the recording. It never gives up: whatever breaks, it says so in words within two seconds and tries again.

import { LatencyController } from "./latency.js";
import { kUnknownBitsPerSecond, Throughput } from "./throughput.js";

/** @typedef {import("hls.js").default} Hls */
/** @typedef {"none"|"live"|"start"|"recording"} Mode */
/**
 * Why nothing moves: loading, waiting (slow line), signal (the house sends nothing new), server (no answer), offline (this
 * device has no line), blocked (the browser wants a press first), unsupported.
 * @typedef {""|"loading"|"waiting"|"signal"|"server"|"offline"|"blocked"|"unsupported"} Trouble
 */

const kTickMs = 100;
const kSilentTroubleMs = 1200; // how long the picture may stand before it is said
const kRestartAfterMs = 6000; // how long it may stand before everything is set up anew
const kFreshFailureMs = 5000;
const kForgiveMs = 10_000; // how long after the last error every quality may be tried again
/**
 * A playlist names no whole segment in the first two seconds of a broadcast, which hls.js takes for an error and asks again only
 * after a second.
 */
const kPlaylistRetry = { maxNumRetry: 20, retryDelayMs: 250, maxRetryDelayMs: 250, backoff: /** @type {const} */ ("linear") };

/** hls.js' settings in each mode. @param {Mode} mode @param {number} at @returns {Partial<import("hls.js").HlsConfig>} */
function settings(mode, at) {
  const common = {
    // Our parts are fMP4 already: nothing to transmux, so a worker would only add a hop (and need a blob: script).
    enableWorker: false,
    capLevelToPlayerSize: true,
    // Or hls.js passes over the last part of a segment (video-dev/hls.js#5028): it must be less than a part.
    maxFragLookUpTolerance: 0.05,
    abrEwmaDefaultEstimate: kUnknownBitsPerSecond,
    // In a low-latency stream a change of quality loads the segment again from its start: not for a line that just suffices.
    abrBandWidthUpFactor: 0.6,
  };
  if (mode !== "live") return { ...common, lowLatencyMode: false, startPosition: at };
  return {
    ...common,
    lowLatencyMode: true,
    playlistLoadPolicy: { default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: kPlaylistRetry, errorRetry: kPlaylistRetry } },
    liveSyncDuration: 0.9,
    liveSyncOnStallIncrease: 0.2,
    // After each run dry Chromium wants twice as much in hand before it goes on, up to three seconds; a small seek makes it forget.
    highBufferWatchdogPeriod: 0.4,
    nudgeOffset: 0.02,
    nudgeMaxRetry: 10,
    liveMaxLatencyDuration: 4, // or one stall can leave it six seconds behind for good
    // Else hls.js sets the duration with every part, which browsers refuse while something is being appended.
    liveDurationInfinity: true,
    backBufferLength: 30,
  };
}

/**
 * hls.js adds up durations in floating point: a segment that begins 4e-15 s after the end of what is buffered is not looked for
 * until its second part is listed, a part too late. Microseconds are what the browser counts in.
 * @param {import("hls.js").LevelDetails} details
 */
function exactStarts(details) {
  for (const segment of details.fragments) segment.setStart(Math.round(segment.start * 1e6) / 1e6);
  const next = details.fragmentHint;
  if (next) next.setStart(Math.round(next.start * 1e6) / 1e6);
}

/**
 * hls.js' choice of quality, resting on our measurement.
 * @param {any} Controller hls.js' own: the method that is replaced is not in its types
 * @param {Throughput} throughput
 * @returns {any}
 */
function measuredBy(Controller, throughput) {
  return class extends Controller {
    getBwEstimate() {
      return throughput.bitsPerSecond;
    }
  };
}

export class Player extends EventTarget {
  /** @type {Mode} */
  mode = "none";
  /** @type {Trouble} */
  trouble = "";
  troubleSince = 0;
  soundOnly = false;
  stalls = 0;
  /** Muted because the browser allows no sound before a press. */
  mutedByBrowser = false;

  /** @type {Hls|null} */
  #hls = null;
  #controller = new LatencyController();
  #throughput = new Throughput();
  #played = false;
  #lastTime = -1;
  #advancedAt = performance.now();
  #arrivedAt = performance.now();
  #failedAt = -Infinity;
  #erredAt = -Infinity;
  #restartedAt = 0;
  #restartTimer = 0;
  #startAt = 0;
  #wantsPlay = true;
  #mediaErrorAt = -Infinity;
  #quality = -1;
  #closing = false;
  /** The sound's own playlists, learnt from the multivariant one. @type {Partial<Record<Mode, string>>} */
  #soundUrls = {};

  /**
   * @param {HTMLVideoElement} video
   * @param {{media: string, clock: import("./clock.js").ServerClock}} house `media`: "/media/{id}"
   */
  constructor(video, house) {
    super();
    this.video = video;
    this.media = house.media;
    this.clock = house.clock;
    video.addEventListener("playing", () => {
      this.#played = true;
      this.#controller.started(performance.now() / 1000);
      this.#changed();
    });
    video.addEventListener("waiting", () => this.#ranDry());
    video.addEventListener("play", () => (this.#wantsPlay = true));
    video.addEventListener("pause", () => {
      // A pause that the end of the film or a new source made is not the viewer's wish.
      if (!video.ended && video.readyState >= 2) this.#wantsPlay = false;
      this.#changed();
    });
    video.addEventListener("ended", () => this.#finished());
    video.addEventListener("volumechange", () => {
      if (!video.muted) this.mutedByBrowser = false;
      this.#changed();
    });
    setInterval(() => this.#tick(), kTickMs);
    this.#measureLoads();
  }

  // ---- what to show ----

  /** Live, as near as the line allows. */
  toLive() {
    this.#show("live", -1, true);
  }

  /**
   * From `seconds` after the start of the recording, live or not: the same moment has the same number before and after the end.
   * @param {number} seconds @param {boolean} [play]
   */
  seekTo(seconds, play = true) {
    if (this.mode === "none") return;
    if (this.mode === "live") return this.#show("start", seconds, play);
    this.#startAt = seconds;
    this.video.currentTime = seconds;
    if (play) this.#play();
  }

  /** The finished film. @param {number} at seconds @param {boolean} play */
  toRecording(at, play) {
    this.#show("recording", at, play);
  }

  /**
   * The broadcast has ended: what is on its way is played out, then the recording stands in the same place. Somebody who
   * watches from the start goes on without noticing: the playlist has become the film's.
   */
  broadcastEnded() {
    if (this.mode === "recording" || this.#closing) return;
    if (this.mode === "start") {
      this.mode = "recording";
      this.#changed();
      return;
    }
    if (this.mode === "none") return this.toRecording(0, false);
    this.#closing = true;
    // `ended` comes when the last part has been shown; a stream that had broken down before never gets there.
    setTimeout(() => this.#finished(), 3000);
  }

  #finished() {
    if (!this.#closing) return;
    this.#closing = false;
    this.toRecording(0, false);
  }

  // ---- what the viewer chooses ----

  /** Heights that can be chosen, best first. */
  qualities() {
    const levels = this.#hls?.levels ?? [];
    return levels.map((level, index) => ({ index, height: level.height })).filter((level) => level.height > 0).sort((a, b) => b.height - a.height);
  }
  get quality() {
    return this.#quality;
  }
  /** @param {number} index of qualities(), -1 for automatic */
  set quality(index) {
    this.#quality = index;
    if (this.#hls) this.#hls.nextLevel = index;
    this.#changed();
  }

  get canSoundOnly() {
    return this.#hls !== null && (this.soundOnly || Boolean(this.#soundUrls[this.mode]));
  }
  /** @param {boolean} on */
  setSoundOnly(on) {
    if (on === this.soundOnly || !this.canSoundOnly) return;
    this.soundOnly = on;
    this.#show(this.mode, this.mode === "live" ? -1 : this.video.currentTime, !this.video.paused);
  }

  unmute() {
    this.video.muted = false;
    this.#play();
  }

  // ---- where it is ----

  /** Seconds from the start of the recording, or null when live (the page knows what is on air). */
  position() {
    return this.mode === "start" || this.mode === "recording" ? this.video.currentTime : null;
  }

  /** Wall time of the frame on the screen, ms, when the playlist tells. */
  shownAt() {
    const date = this.#hls ? this.#hls.playingDate : null;
    if (date) return date.getTime();
    const native = /** @type {any} */ (this.video).getStartDate?.()?.getTime();
    return native ? native + this.video.currentTime * 1000 : null;
  }

  /** Seconds behind what happens in the hall, or null when unknown. */
  behind() {
    const shown = this.shownAt();
    if (shown !== null) return (this.clock.now() - shown) / 1000;
    // Without wall time in the playlist the distance to its end stands in.
    return this.#hls && this.mode === "live" ? this.#hls.latency : null;
  }

  stats() {
    const latency = this.mode === "recording" ? null : this.behind();
    return {
      mode: this.mode,
      latency,
      target: this.#controller.target,
      trough: this.#controller.trough,
      ahead: this.#ahead(),
      rate: this.video.playbackRate,
      stalls: this.stalls,
      trouble: this.trouble,
      soundOnly: this.soundOnly,
      height: this.video.videoHeight,
      time: this.video.currentTime,
    };
  }

  // ---- how it is done ----

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #url() {
    if (this.soundOnly && this.#soundUrls[this.mode]) return /** @type {string} */ (this.#soundUrls[this.mode]);
    return `${this.media}/${this.mode === "start" ? "start" : "index"}.m3u8`;
  }

  /** @param {Mode} mode @param {number} at @param {boolean} play */
  #show(mode, at, play) {
    this.mode = mode;
    this.#startAt = at;
    this.#wantsPlay = play;
    this.#closing = false;
    this.#played = false;
    this.#controller = new LatencyController();
    this.#advancedAt = performance.now();
    this.#setTrouble(play ? "loading" : "");
    this.#setUp();
    this.#changed();
  }

  #setUp() {
    clearTimeout(this.#restartTimer);
    this.#restartedAt = this.#arrivedAt = performance.now();
    this.#hls?.destroy();
    this.#hls = null;
    this.video.playbackRate = 1;
    this.video.preload = "auto";
    const HlsClass = window.Hls;
    if (HlsClass?.isSupported()) this.#setUpHls(HlsClass);
    else if (this.video.canPlayType("application/vnd.apple.mpegurl")) this.#setUpNative();
    else this.#setTrouble("unsupported");
  }

  /** @param {typeof import("hls.js").default} HlsClass */
  #setUpHls(HlsClass) {
    const mode = this.mode;
    const abrController = measuredBy(HlsClass.DefaultConfig.abrController, this.#throughput);
    const hls = (this.#hls = new HlsClass({ ...settings(mode, this.#startAt), abrController }));
    const { Events } = HlsClass;
    hls.on(Events.MANIFEST_PARSED, () => {
      const sound = hls.allAudioTracks.find((track) => track.url)?.url;
      if (sound) {
        this.#soundUrls[mode] = sound;
        // Somebody who wants only sound comes from another mode: that mode's sound is known only now.
        if (this.soundOnly) return this.#setUp();
        if (this.#quality >= 0 && this.#quality < hls.levels.length) hls.nextLevel = this.#quality;
      }
      if (this.#wantsPlay) this.#play();
      this.#changed();
    });
    hls.on(Events.LEVEL_SWITCHING, () => this.#controller.switched(performance.now() / 1000));
    hls.on(Events.LEVEL_SWITCHED, () => {
      this.#controller.switched(performance.now() / 1000);
      this.#changed();
    });
    hls.on(Events.LEVEL_UPDATED, (_, { details }) => exactStarts(details));
    hls.on(Events.AUDIO_TRACK_UPDATED, (_, { details }) => exactStarts(details));
    hls.on(Events.BUFFER_APPENDED, (_, { frag, part }) => this.#arrived(frag, part));
    hls.on(Events.ERROR, (_, error) => this.#failed(hls, error));
    hls.loadSource(this.#url());
    hls.attachMedia(this.video);
  }

  /**
   * The browser's own times of every load (Resource Timing, 4.3): hls.js takes its times on the page's main thread, where decoding
   * and painting make a good line look bad on an old computer.
   */
  #measureLoads() {
    const folder = new URL(`${this.media}/`, location.href).href;
    const loads = new PerformanceObserver((list) => {
      for (const load of /** @type {PerformanceResourceTiming[]} */ (list.getEntries())) {
        // What the browser had already says nothing of the line.
        if (load.transferSize === 0 || !load.name.startsWith(folder) || !load.name.endsWith(".m4s")) continue;
        this.#throughput.took(load.responseEnd / 1000, load.encodedBodySize, load.responseEnd - load.responseStart);
      }
    });
    loads.observe({ type: "resource" });
  }

  /** @param {import("hls.js").Fragment} frag @param {import("hls.js").Part|null} part */
  #arrived(frag, part) {
    const now = (this.#arrivedAt = performance.now());
    if (!part || frag.programDateTime === null || this.mode !== "live") return;
    const end = frag.programDateTime / 1000 + part.fragOffset + part.duration;
    this.#controller.arrived(now / 1000, this.clock.now() / 1000 - end, part.duration);
  }

  /** iPhones before ManagedMediaSource: the system's own player. */
  #setUpNative() {
    const { video } = this;
    video.src = this.#url();
    video.onerror = () => this.#restartSoon(1000);
    if (this.#startAt > 0) video.addEventListener("loadedmetadata", () => (video.currentTime = this.#startAt), { once: true });
    if (this.#wantsPlay) this.#play();
  }

  /** @param {Hls} hls @param {import("hls.js").ErrorData} error */
  #failed(hls, error) {
    if (hls !== this.#hls) return;
    this.#erredAt = performance.now();
    const network = error.type === "networkError";
    // An answer, even "not yet", shows that the server is there.
    const code = error.response?.code ?? 0;
    if (network && (code === 0 || code >= 500)) this.#failedAt = performance.now();
    if (!error.fatal) return;
    if (error.type === "mediaError" && performance.now() - this.#mediaErrorAt > kFreshFailureMs) {
      this.#mediaErrorAt = performance.now();
      hls.recoverMediaError();
      if (this.#wantsPlay) this.#play();
      return;
    }
    if (network && this.#played && error.details !== "manifestLoadError") {
      // The last picture stays on the screen while we ask again.
      setTimeout(() => hls === this.#hls && hls.startLoad(-1), 500);
      return;
    }
    this.#restartSoon(network ? 500 : 1000);
  }

  /** @param {number} ms */
  #restartSoon(ms) {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = window.setTimeout(() => this.#restart(), ms);
  }

  /** From where it stood; live goes to live. */
  #restart() {
    if (this.mode === "none") return;
    if (this.mode !== "live" && this.video.currentTime > 0) this.#startAt = this.video.currentTime;
    this.#setUp();
  }

  async #play() {
    this.#wantsPlay = true;
    try {
      await this.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return; // a newer source took over
      await this.#playMuted();
    }
    this.#changed();
  }

  async #playMuted() {
    this.video.muted = true;
    this.mutedByBrowser = true;
    try {
      await this.video.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        this.#wantsPlay = false;
        this.#setTrouble("blocked");
      }
    }
  }

  #ahead() {
    const { buffered, currentTime } = this.video;
    for (let i = 0; i < buffered.length; ++i) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i)) return buffered.end(i) - currentTime;
    }
    return 0;
  }

  #ranDry() {
    if (!this.#played || this.video.seeking || this.video.paused || this.#closing) return;
    this.stalls += 1;
    if (this.mode === "live") this.#controller.stalled(performance.now() / 1000);
  }

  #tick() {
    if (this.mode === "none" || this.trouble === "unsupported") return;
    const now = performance.now();
    if (this.video.currentTime !== this.#lastTime) {
      this.#lastTime = this.video.currentTime;
      // A new source begins at another time without showing anything yet.
      if (this.video.readyState >= 2) this.#advancedAt = now;
    }
    if (now - this.#erredAt > kForgiveMs) this.#forgive();
    const standing = now - this.#advancedAt;
    this.#nameTrouble(now, standing);
    if (this.#moving()) this.#steer(now);
    const patience = this.mode === "live" ? kRestartAfterMs : 2 * kRestartAfterMs;
    if (this.trouble === "server" || this.trouble === "offline") return; // asking again is all that can be done
    if (this.#wantsPlay && !this.video.ended && standing > patience && now - this.#restartedAt > patience) this.#restart();
  }

  /** hls.js never again chooses a better quality that failed once: a server that was restarted would leave everybody at the lowest. */
  #forgive() {
    this.#erredAt = Infinity;
    for (const level of this.#hls?.levels ?? []) level.loadError = level.fragmentError = 0;
  }

  #moving() {
    return this.mode === "live" && this.#hls !== null && this.#played && !this.video.paused && !this.video.seeking;
  }

  /** @param {number} now */
  #steer(now) {
    const latency = this.behind();
    if (latency === null || this.#closing) {
      this.video.playbackRate = 1;
      return;
    }
    const { rate, seek } = this.#controller.tick(now / 1000, latency, this.#ahead());
    if (seek > 0.05) this.video.currentTime += seek;
    if (Math.abs(this.video.playbackRate - rate) > 0.005) this.video.playbackRate = rate;
  }

  /** @param {number} now @param {number} standing ms */
  #nameTrouble(now, standing) {
    if (this.trouble === "blocked" && this.video.paused) return;
    const wanted = this.#wantsPlay && !this.video.ended && !this.#closing;
    if (!wanted || (this.#played && standing < kSilentTroubleMs)) return this.#setTrouble("");
    if (!navigator.onLine && standing > kSilentTroubleMs) return this.#setTrouble("offline");
    if (now - this.#failedAt < kFreshFailureMs) return this.#setTrouble("server");
    if (!this.#played && standing < 4000) return this.#setTrouble("loading");
    const nothingNew = this.mode === "live" && now - this.#arrivedAt > kSilentTroubleMs;
    this.#setTrouble(nothingNew ? "signal" : "waiting");
  }

  /** @param {Trouble} trouble */
  #setTrouble(trouble) {
    if (trouble === this.trouble) return;
    if (this.trouble === "" || trouble === "") this.troubleSince = Date.now();
    this.trouble = trouble;
    this.#changed();
  }
}
