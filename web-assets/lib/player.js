// One player for a meeting's whole life: live (low latency, the rate steered by LatencyController), from the start while live,
// and the recording. It never gives up: whatever breaks, it says so in words within two seconds and tries again.

import { exactReports, exactStarts, kAheadSeconds, paceSettings, settings } from "./hls_settings.js";
import { LatencyController } from "./latency.js";
import { Arrivals, calmRate, carried, kCalmMostSeconds, kCalmSeconds, LineMeter, PaceRule } from "./pace.js";
import { endsSegment, measuredBy } from "./quality.js";
import { crossSeams } from "./seams.js";
import { Throughput } from "./throughput.js";
import { recordedAt } from "./timeline.js";
import { Witness } from "./witness.js";

/** @typedef {import("hls.js").default} Hls */
/** @typedef {"none"|"live"|"start"|"recording"} Mode */
/**
 * Why nothing moves: loading, waiting (slow line), stands (not known yet), signal (the house sends nothing new), server (no
 * answer), offline (this device has no line), blocked (the browser wants a press first), unsupported.
 * @typedef {""|"loading"|"waiting"|"stands"|"signal"|"server"|"offline"|"blocked"|"unsupported"} Trouble
 */

const kTickMs = 100;
const kAskAfterMs = 500; // so long may it stand before the witness is asked who is to blame
const kSilentTroubleMs = 1200; // how long the picture may stand before it is said
const kRestartAfterMs = 6000; // how long it may stand, with nothing arriving nor owed, before everything is set up anew
const kRestartAnywayMs = 30_000; // and though something arrives or is owed: a decoder may have given up
const kArrivesMs = 1500; // a byte in the last so many: the line works, however slowly
const kFlowsMs = 500; // a byte in the last so many when it runs dry or stands: the line brings it, too slowly
const kMovesMs = 200; // a picture younger than this moves
const kFlowsAloneMs = 1000; // what was on its way when the house died has come after so long
const kExcusedMs = 6000; // after the house was away: so long its line is not judged
const kPausedMs = 3000; // a pause as long as this stays at its moment, and live goes on without it
const kSeekBack = 1.5; // seconds: hls.js itself seeks back by less
const kNearEdge = 6; // so near the edge "forward" goes there: whole segments are no nearer
const kLoadingMs = 4000; // so long the first picture may take before it is called trouble
const kGoesOnMs = 1500; // after the playlist's end: so long does the page have to hear that the broadcast has ended, too
const kFreshFailureMs = 5000;
const kForgiveMs = 10_000; // how long after the last error every quality may be tried again

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
  #pace = new PaceRule();
  #meter = new LineMeter();
  #arrivals = new Arrivals();
  #catchingUp = false;
  /** What is loaded of the picture ends with a segment. */
  #between = true;
  /** Where a script has sought last, ours or hls.js': what goes elsewhere is the viewer's own, by the native bar or its keys. */
  #scriptedTo = NaN;
  /** What was shown last, and when that was: where a seek began. @type {{time: number, wall: number}|null} */
  #shown = null;
  #pausedAt = Infinity;
  /** From the edge to a moment of the recording. */
  #leaving = false;
  /** @type {Witness} */
  #witness;
  /** What it has said of the picture that stands. @type {import("./witness.js").Verdict|null} */
  #verdict = null;
  /** The house was away, and begins again with gaps. */
  #excusedUntil = -Infinity;
  #played = false;
  #lastTime = -1;
  #advancedAt = performance.now();
  #failedAt = -Infinity;
  #erredAt = -Infinity;
  #restartedAt = 0;
  #restartTimer = 0;
  #startAt = 0;
  #wantsPlay = true;
  #mediaErrorAt = -Infinity;
  #quality = -1;
  #closing = false;
  #goesOnTimer = 0;
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
    this.#witness = new Witness(house.media);
    this.#tellScriptsApart();
    video.addEventListener("playing", () => {
      this.#played = true;
      this.#controller.started(performance.now() / 1000);
      this.#changed();
    });
    video.addEventListener("waiting", () => this.#ranDry());
    video.addEventListener("play", () => {
      this.#wantsPlay = true;
      this.#advancedAt = performance.now(); // it stands only from now on
      if (this.#hls && this.mode !== "live") this.#hls.config.maxMaxBufferLength = kAheadSeconds;
    });
    video.addEventListener("seeking", () => {
      // A jump shows nothing new by itself: hls.js nudges a picture that stands.
      this.#lastTime = video.currentTime;
      if (this.mode !== "live") this.#advancedAt = performance.now();
      this.#sought();
    });
    video.addEventListener("pause", () => {
      // A pause that the end of the film or a new source made is not the viewer's wish.
      if (!video.ended && video.readyState >= 2) {
        this.#wantsPlay = false;
        this.#pausedAt = performance.now();
      }
      this.#changed();
    });
    video.addEventListener("ended", () => {
      this.#finished();
      if (this.mode === "start") this.#beginAnew();
    });
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

  /** Back or forward from what is shown. Back from the edge leaves it; forward to the edge goes there. @param {number} seconds */
  skip(seconds) {
    if (this.mode === "live") {
      if (seconds < 0 && this.#shown) this.#leaveFor(this.#shown.wall + seconds * 1000, true);
      return;
    }
    const behind = this.mode === "start" ? this.behind() : null;
    if (behind !== null && behind - seconds < kNearEdge && seconds > 0) return this.toLive();
    const last = Number.isFinite(this.video.duration) ? this.video.duration : Infinity;
    this.video.currentTime = Math.min(Math.max(0, this.video.currentTime + seconds), last);
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
    clearTimeout(this.#goesOnTimer);
    // `ended` comes when the last part has been shown; a stream that had broken down before never gets there.
    setTimeout(() => this.#finished(), 3000);
  }

  /**
   * The broadcast that had ended goes on. Whoever watches the recording goes on watching it, and it grows; everybody else is live
   * again.
   */
  broadcastGoesOn() {
    const watches = (this.mode === "recording" || this.mode === "start") && !this.video.paused;
    if (watches) return this.#show("start", this.video.currentTime, true);
    this.toLive();
    this.#excuse();
  }

  /** What stands in the next seconds stands because the house begins again with gaps, and not for the line's sake. */
  #excuse() {
    this.#pace.excused();
    this.#excusedUntil = performance.now() + kExcusedMs;
  }

  /** The playlist has ended and nobody has said that the broadcast has: it may have been ended and started again in a moment. */
  #beginAnew() {
    if (this.#closing || this.mode === "recording") return;
    clearTimeout(this.#goesOnTimer);
    this.#goesOnTimer = window.setTimeout(() => {
      if (this.#closing || this.mode === "none" || this.mode === "recording") return;
      this.#show(this.mode, this.mode === "live" ? -1 : this.video.currentTime, this.#wantsPlay);
      this.#excuse();
    }, kGoesOnMs);
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

  /** At the edge, or some ten seconds behind for the line's sake; "edge" when not live. */
  get pace() {
    return this.mode === "live" ? this.#pace.pace : "edge";
  }

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
      pace: this.pace,
      line: this.#meter.carries,
      latency,
      target: this.#controller.target,
      trough: this.#controller.trough,
      late: this.#controller.late,
      carries: this.#throughput.bitsPerSecond,
      ahead: this.#ahead(),
      rate: this.video.playbackRate,
      stalls: this.stalls,
      trouble: this.trouble,
      soundOnly: this.soundOnly,
      height: this.video.videoHeight,
      time: this.video.currentTime,
    };
  }

  // ---- away from the edge ----

  /** The native bar does not set the element's property, scripts do. */
  #tellScriptsApart() {
    const property = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime"));
    Object.defineProperty(this.video, "currentTime", {
      configurable: true,
      get: property.get,
      set: (/** @type {number} */ time) => {
        this.#scriptedTo = time;
        property.set?.call(this.video, time);
      },
    });
  }

  /** The viewer has dragged the native bar, or pressed its keys. */
  #sought() {
    const { currentTime } = this.video;
    const scripted = Math.abs(currentTime - this.#scriptedTo) < 0.01; // browsers round to microseconds
    if (this.mode !== "live" || !this.#played || this.#leaving || scripted || !this.#shown) return;
    const back = this.#shown.time - currentTime;
    if (back > kSeekBack) this.#leaveFor(this.#shown.wall - back * 1000, !this.video.paused);
  }

  /**
   * To a moment of wall time in the recording that grows: nothing pulls it from there.
   * @param {number} wall ms @param {boolean} play
   */
  async #leaveFor(wall, play) {
    if (this.#leaving) return;
    this.#leaving = true;
    // hls.js would pull it back to the edge meanwhile.
    if (this.#hls) this.#hls.config.liveMaxLatencyDuration = Infinity;
    const seconds = await recordedAt(this.media, wall);
    this.#leaving = false;
    if (this.mode !== "live" || this.#closing) return;
    if (seconds !== null) return this.#show("start", seconds, play);
    this.#pausedAt = performance.now(); // asked again after as long
    if (this.#hls) Object.assign(this.#hls.config, paceSettings(this.#pace.pace));
  }

  /** Every tick: what is shown, and whether it has been held for long. @param {number} now */
  #remember(now) {
    if (this.mode !== "live" || this.video.seeking || this.#leaving || !this.#played) return;
    const wall = this.shownAt();
    if (wall !== null && !this.video.paused) this.#shown = { time: this.video.currentTime, wall };
    const held = this.video.paused && !this.#wantsPlay && now - this.#pausedAt > kPausedMs;
    if (held && this.#shown) this.#leaveFor(this.#shown.wall, false);
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
    this.#shown = null;
    this.#pausedAt = play ? Infinity : performance.now();
    this.#controller = new LatencyController();
    this.#beginPace();
    this.#advancedAt = performance.now();
    this.#setTrouble(play ? "loading" : "");
    this.#setUp();
    this.#changed();
  }

  #setUp() {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#goesOnTimer);
    this.#restartedAt = performance.now();
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
    const abrController = measuredBy(HlsClass.DefaultConfig.abrController, this.#throughput, () => this.#between);
    const hls = (this.#hls = new HlsClass({ ...settings(mode, this.#startAt, this.#pace.pace, this.#wantsPlay), abrController }));
    crossSeams(hls);
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
    hls.on(Events.LEVEL_UPDATED, (_, { details }) => {
      exactStarts(details);
      exactReports(details);
      if (mode === "live" && !details.live) this.#beginAnew();
    });
    hls.on(Events.AUDIO_TRACK_UPDATED, (_, { details }) => {
      exactStarts(details);
      if (mode === "live" && !details.live) this.#beginAnew();
    });
    this.#watchLoads(hls, Events);
    hls.on(Events.BUFFER_APPENDED, (_, { frag, part }) => this.#arrived(frag, part));
    hls.on(Events.ERROR, (_, error) => this.#failed(hls, error));
    hls.loadSource(this.#url());
    hls.attachMedia(this.video);
  }

  /** @param {Hls} hls @param {typeof import("hls.js").Events} Events */
  #watchLoads(hls, Events) {
    const arrivals = (this.#arrivals = new Arrivals());
    const asked = (/** @type {string} */ kind) => arrivals.asked(kind, performance.now());
    hls.on(Events.FRAG_LOADING, (_, { frag, part }) => {
      arrivals.loading(frag.type, (part ?? frag).stats);
      asked(frag.type);
    });
    hls.on(Events.FRAG_LOADED, (_, { frag }) => arrivals.answered(frag.type));
    hls.on(Events.LEVEL_LOADING, () => asked("level"));
    hls.on(Events.LEVEL_LOADED, () => arrivals.answered("level"));
    hls.on(Events.AUDIO_TRACK_LOADING, () => asked("sound"));
    hls.on(Events.AUDIO_TRACK_LOADED, () => arrivals.answered("sound"));
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
        this.#meter.loaded(load.responseStart, load.responseEnd, load.encodedBodySize);
      }
    });
    loads.observe({ type: "resource" });
  }

  /** The page's own files, on their way here, have shown what the line carries. */
  #beginPace() {
    this.#pace = new PaceRule();
    this.#catchingUp = false;
    if (this.mode !== "live") return;
    let line = this.#meter.carries;
    if (line === null) {
      const loads = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource")).filter((load) => load.transferSize > 0 && load.responseEnd > 0);
      line = carried(loads.map((load) => ({ from: load.responseStart, to: load.responseEnd, bytes: load.encodedBodySize })));
    }
    this.#pace.begin(performance.now() / 1000, line, this.#need());
  }

  /** What the smallest picture and the sound need, bits per second; undefined while nothing is known of them. */
  #need() {
    const rates = (this.#hls?.levels ?? []).map((level) => level.bitrate).filter((rate) => rate > 0);
    return rates.length > 0 ? Math.min(...rates) : undefined;
  }

  /** Nothing that is buffered is thrown away: the same stream is loaded in other pieces. */
  #takePace() {
    const hls = this.#hls;
    if (!hls) return;
    const { pace } = this.#pace;
    Object.assign(hls.config, paceSettings(pace));
    this.#catchingUp = pace === "edge";
    if (pace === "calm") {
      this.#restartedAt = performance.now(); // what it asks for now has not failed because the edge stood
      hls.nextAutoLevel = 0;
      const latency = this.behind();
      const at = hls.liveSyncPosition;
      if (at !== null && (latency === null || latency < kCalmSeconds - 2)) this.video.currentTime = at;
    } else {
      // It goes there by playing a little faster: nobody loses ten seconds of a speech.
      hls.config.liveMaxLatencyDuration = kCalmMostSeconds;
    }
    this.#changed();
  }

  /** @param {import("hls.js").Fragment} frag @param {import("hls.js").Part|null} part */
  #arrived(frag, part) {
    const now = performance.now();
    if (frag.type === "main") this.#between = !part || endsSegment(part);
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
    // An answer, even "not yet" or "nothing more", shows that the server is there; these two are a proxy's that got none.
    const code = error.response?.code ?? 0;
    // A playlist that is held back too long says nothing: the house may have nothing to send.
    const noAnswer = code === 0 && !error.details.endsWith("TimeOut");
    if (network && (noAnswer || code === 502 || code === 504)) this.#failedAt = performance.now();
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
    const now = performance.now();
    const flows = this.#arrivals.underWay && now - this.#arrivals.at(now) < kFlowsMs;
    if (flows && now > this.#excusedUntil) this.#pace.stalled(now / 1000);
    if (this.mode === "live") this.#controller.stalled(performance.now() / 1000);
  }

  #tick() {
    if (this.mode === "none" || this.trouble === "unsupported") return;
    const now = performance.now();
    this.#remember(now);
    if (this.video.currentTime !== this.#lastTime) {
      this.#lastTime = this.video.currentTime;
      // A new source begins at another time without showing anything yet, and so does a jump.
      if (this.video.readyState >= 2 && !this.video.seeking) this.#advancedAt = now;
    }
    if (now - this.#erredAt > kForgiveMs) this.#forgive();
    const standing = now - this.#advancedAt;
    const arriving = now - this.#arrivals.at(now) < kArrivesMs;
    this.#nameTrouble(now, standing, now - this.#arrivals.at(now) < kFlowsMs);
    if (this.mode === "live") {
      const stands = this.#wantsPlay && !this.#closing && now > this.#excusedUntil ? standing / 1000 : 0;
      // While it stands the line is blamed only for what is known of it: a house that has just died leaves bytes on their way, too.
      const flows = now - this.#arrivals.at(now) < kFlowsMs;
      const known = standing < kMovesMs || this.#verdict === "fresh" || (flows && standing > kFlowsAloneMs);
      if (known && this.#pace.tick(now / 1000, { stands, arriving, line: this.#meter.carries, need: this.#need() })) this.#takePace();
    }
    if (this.#moving()) this.#steer(now);
    const awaited = arriving || now - this.#arrivals.owedSince > kArrivesMs;
    const patience = awaited ? kRestartAnywayMs : this.mode === "live" ? kRestartAfterMs : 2 * kRestartAfterMs;
    // Asking again is all that can be done; and the last seconds once more are no picture of now.
    if (this.trouble === "server" || this.trouble === "offline" || this.trouble === "signal") return;
    if (this.#wantsPlay && !this.video.ended && standing > patience && now - this.#restartedAt > patience) this.#restart();
  }

  /** hls.js never again chooses a better quality that failed once: a server that was restarted would leave everybody at the lowest. */
  #forgive() {
    this.#erredAt = Infinity;
    for (const level of this.#hls?.levels ?? []) level.loadError = level.fragmentError = 0;
  }

  #moving() {
    return this.mode === "live" && this.#hls !== null && this.#played && !this.video.paused && !this.video.seeking && !this.#leaving;
  }

  /** @param {number} now */
  #steer(now) {
    const latency = this.behind();
    if (latency === null || this.#closing) {
      this.video.playbackRate = 1;
      return;
    }
    if (this.#pace.pace === "calm") {
      this.video.playbackRate = calmRate(latency, this.#ahead());
      return;
    }
    if (this.#catchingUp && latency < 3 && this.#hls) {
      this.#catchingUp = false;
      Object.assign(this.#hls.config, paceSettings("edge"));
    }
    const { rate, seek } = this.#controller.tick(now / 1000, latency, this.#ahead());
    if (seek > 0.05) this.video.currentTime += seek;
    if (Math.abs(this.video.playbackRate - rate) > 0.005) this.video.playbackRate = rate;
  }

  /** @param {number} now @param {number} standing ms @param {boolean} arriving whether bytes come in this moment */
  #nameTrouble(now, standing, arriving) {
    if (this.trouble === "blocked" && this.video.paused) return;
    const wanted = this.#wantsPlay && !this.video.ended && !this.#closing;
    if (!wanted || standing < kAskAfterMs) {
      this.#witness.forget();
      if (!wanted || this.#played) return this.#setTrouble("");
    }
    const verdict = (this.#verdict = standing < kAskAfterMs ? null : this.#witness.verdict(now));
    if (this.#played && standing < kSilentTroubleMs) return this.#setTrouble("");
    if (!navigator.onLine && standing > kSilentTroubleMs) return this.#setTrouble("offline");
    if (verdict === "silent" || (verdict === "stale" && !arriving)) this.#excuse();
    if (verdict === "silent") return this.#setTrouble("server");
    // The house may send nothing new while the rest of what it sent is still on its way.
    if (verdict === "stale" && this.mode === "live" && !arriving) return this.#setTrouble("signal");
    if (!this.#played && standing < kLoadingMs) return this.#setTrouble("loading");
    if (arriving || verdict !== null) return this.#setTrouble("waiting");
    // The witness's own answer takes long: then a line that failed says more.
    this.#setTrouble(now - this.#failedAt < kFreshFailureMs ? "server" : "stands");
  }

  /** @param {Trouble} trouble */
  #setTrouble(trouble) {
    if (trouble === this.trouble) return;
    if (this.trouble === "" || trouble === "") this.troubleSince = Date.now();
    this.trouble = trouble;
    this.#changed();
  }
}
