// The guest's camera and microphone: asked for, chosen, measured, and missed in words.

/** `dismissed`: the browser's question was closed without an answer, and may be asked again. @typedef {"off"|"ok"|"none"|"refused"|"dismissed"|"busy"} DeviceState */

/** What the browsers inside of programs say of themselves: Facebook, Instagram, WhatsApp, Telegram, any Android WebView. */
const kInApp = /\bFB(AN|AV|_IAB)\b|Instagram|WhatsApp|Telegram|; wv\)/;

const kVoice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const kPicture = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };

/** @param {unknown} error @param {"camera"|"microphone"} kind @returns {Promise<DeviceState>} */
async function stateOf(error, kind) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return (await asksAgain(kind)) ? "dismissed" : "refused";
  if (name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}

/** Whether the browser would ask once more. Some do not tell. @param {"camera"|"microphone"} kind */
async function asksAgain(kind) {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ (kind) })).state === "prompt";
  } catch {
    return false;
  }
}

const kSilence = 0.08; // of the meter: below this there is not even a room
const kSilentMs = 6000;

export class Devices {
  /** @type {MediaStreamTrack|null} */
  microphone = null;
  /** @type {MediaStreamTrack|null} */
  camera = null;
  /** @type {{microphone: DeviceState, camera: DeviceState}} */
  state = { microphone: "off", camera: "off" };
  /** @type {MediaDeviceInfo[]} */
  list = [];
  asked = false;
  muted = false;
  /** @type {AudioContext|null} */
  #sound = null;
  /** @type {{analyser: AnalyserNode, source: MediaStreamAudioSourceNode, samples: Float32Array<ArrayBuffer>}|null} */
  #ear = null;
  /** @type {MediaStreamTrack|null} */
  #silence = null;

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    // Pages that came over plain http from another machine have no devices at all, and neither have most browsers inside of
    // another program (a messenger that opens its links itself): those must be left.
    this.inApp = window.isSecureContext && (navigator.mediaDevices === undefined || kInApp.test(navigator.userAgent));
    this.possible = window.isSecureContext && navigator.mediaDevices !== undefined;
    if (this.possible) navigator.mediaDevices.addEventListener("devicechange", () => this.#plugged());
  }

  /** Asks for both; what one lacks does not keep the other. */
  async open() {
    if (!this.possible) return;
    try {
      this.#take(await navigator.mediaDevices.getUserMedia({ audio: kVoice, video: kPicture }));
      this.state = { microphone: "ok", camera: "ok" };
    } catch {
      await this.choose("microphone");
      await this.choose("camera");
    }
    this.asked = true;
    await this.#look();
  }

  /** Opens one, or another one. @param {"microphone"|"camera"} kind @param {string} [id] */
  async choose(kind, id) {
    const wish = kind === "microphone" ? { ...kVoice } : { ...kPicture };
    if (id) Object.assign(wish, { deviceId: { exact: id } });
    const old = this[kind];
    try {
      // Some cameras open once only.
      if (kind === "camera") old?.stop();
      this.#take(await navigator.mediaDevices.getUserMedia(kind === "microphone" ? { audio: wish } : { video: wish }));
      if (old !== this[kind]) old?.stop();
      this.state[kind] = "ok";
    } catch (error) {
      // The camera was closed for the other one; the microphone that was open still is.
      if (kind === "camera") this.camera = null;
      if (this[kind] === null) this.state[kind] = await stateOf(error, kind);
    }
    await this.#look();
  }

  /** The camera's light goes out too. */
  closeCamera() {
    this.camera?.stop();
    this.camera = null;
    this.state.camera = "off";
    this.changed();
  }
  close() {
    this.closeCamera();
    this.microphone?.stop();
    this.microphone = null;
    this.state.microphone = "off";
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.microphone) this.microphone.enabled = !muted;
    this.changed();
  }

  /** What is sent as his voice. Without a microphone silence is sent, so that the line is known to be there. */
  voice() {
    if (this.microphone) return this.microphone;
    if (this.#silence === null && typeof AudioContext !== "undefined") {
      this.#silence = this.#context().createMediaStreamDestination().stream.getAudioTracks()[0];
    }
    return this.#silence;
  }

  /** @param {MediaStream} stream */
  #take(stream) {
    const [microphone] = stream.getAudioTracks(), [camera] = stream.getVideoTracks();
    if (microphone) {
      this.microphone = microphone;
      microphone.enabled = !this.muted;
      microphone.addEventListener("ended", () => this.#gone("microphone", microphone));
      this.#listen(stream);
    }
    if (camera) {
      this.camera = camera;
      camera.addEventListener("ended", () => this.#gone("camera", camera));
    }
    this.changed();
  }

  /** Unplugged. @param {"microphone"|"camera"} kind @param {MediaStreamTrack} track */
  #gone(kind, track) {
    if (this[kind] !== track) return;
    this[kind] = null;
    this.state[kind] = "none";
    this.changed();
  }

  async #look() {
    this.list = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.deviceId !== "");
    this.changed();
  }

  /** A missing microphone may have come. */
  async #plugged() {
    await this.#look();
    if (this.asked && this.state.microphone === "none" && this.of("audioinput").length > 0) await this.choose("microphone");
  }

  /** @param {MediaDeviceKind} kind */
  of(kind) {
    return this.list.filter((device) => device.kind === kind);
  }

  #context() {
    this.#sound ??= new AudioContext();
    if (this.#sound.state === "suspended") this.#sound.resume().catch(() => {});
    return this.#sound;
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    if (typeof AudioContext === "undefined") return;
    this.#ear?.source.disconnect();
    const context = this.#context();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    const source = context.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
    source.connect(analyser);
    this.#ear = { analyser, source, samples: new Float32Array(analyser.fftSize) };
  }

  /** How loud it is just now, 0 to 1. */
  level() {
    if (this.#ear === null || this.microphone === null || this.muted) return 0;
    this.#ear.analyser.getFloatTimeDomainData(this.#ear.samples);
    const power = this.#ear.samples.reduce((sum, value) => sum + value * value, 0) / this.#ear.samples.length;
    const decibel = 10 * Math.log10(power + 1e-10);
    return Math.min(1, Math.max(0, (decibel + 60) / 60));
  }

  #soundAt = performance.now();

  /** Whether the open microphone gives nothing at all: a switch on its cable, the wrong one of two, another program's hand on it. */
  get silent() {
    const now = performance.now();
    if (this.#ear === null || this.microphone === null || this.muted || this.level() > kSilence) this.#soundAt = now;
    return now - this.#soundAt > kSilentMs;
  }

  /** Two soft tones: something needs you. */
  chime() {
    if (typeof AudioContext === "undefined") return;
    const context = this.#context();
    for (const [delay, pitch] of [[0, 660], [0.22, 880]]) {
      const tone = context.createOscillator(), volume = context.createGain(), at = context.currentTime + delay;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.65);
    }
  }
}
