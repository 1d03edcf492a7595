// Says aloud what the guest must not miss: on screen for a screen reader, as a chime, and in words where the browser has a voice
// of the page's language.

/** @typedef {import("../lib/types.js").GuestView} GuestView */

export class Announcer {
  /** What a screen reader reads at once. */
  urgent = "";
  /** What it reads when it has time. */
  calm = "";
  /** @type {GuestView|null} */
  #before = null;

  /**
   * @param {import("../lib/words.js").Words} words @param {string} language @param {() => void} chime
   */
  constructor(words, language, chime) {
    this.words = words;
    this.language = language;
    this.chime = chime;
    // Some browsers load their voices when first asked.
    if (typeof speechSynthesis !== "undefined") speechSynthesis.getVoices();
  }

  /** @param {GuestView} view */
  heard(view) {
    const before = this.#before?.me, { me } = view;
    this.#before = view;
    if (!before) return;
    const begun = (/** @type {"next"|"has_floor"|"on_air"|"muted"} */ what) => me[what] && !before[what];
    if (begun("on_air")) return this.#say(this.words("guest_on_air"), true);
    if (begun("has_floor")) return this.#say(this.words("guest_have_floor"), true);
    if (begun("next")) {
      this.#say(this.words("guest_next"), true);
      this.#attract(this.words("guest_next"));
      return;
    }
    if (before.has_floor && !me.has_floor) return this.#say(this.words(me.hand?.state === "suspended" ? "guest_held_said" : "guest_floor_ended"), true);
    if (begun("muted")) return this.#say(this.words("guest_muted_by_secretary"), true);
    if (before.stage !== "admitted" && me.stage === "admitted") {
      this.#say(this.words("guest_admitted_said"), false);
      this.chime();
      return;
    }
    if (me.hand?.place && me.hand.place !== before.hand?.place) this.#say(this.words("guest_place", { n: me.hand.place }), false);
  }

  /** @param {string} text @param {boolean} urgent */
  #say(text, urgent) {
    this.urgent = urgent ? text : "";
    this.calm = urgent ? "" : text;
  }

  /** Only before his microphone is open: nobody else must hear it. @param {string} text */
  #attract(text) {
    this.chime();
    navigator.vibrate?.([200, 100, 200]);
    if (typeof speechSynthesis === "undefined") return;
    const voice = speechSynthesis.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(this.language));
    if (!voice) return;
    const saying = new SpeechSynthesisUtterance(text);
    saying.voice = voice;
    saying.lang = voice.lang;
    speechSynthesis.speak(saying);
  }
}
