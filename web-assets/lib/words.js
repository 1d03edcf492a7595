// The words of the screen, handed over by the page, and how numbers of time are written. Dates in words come from the
// server: many browsers do not know the Kazakh months.

/** @typedef {(key: string, values?: Record<string, string|number>) => string} Words */

/** @param {Record<string, string>} texts @returns {Words} */
export function wordsOf(texts) {
  return (key, values = {}) => {
    const text = texts[key];
    if (text === undefined) throw new Error(`the page has no word for ${key}`);
    return text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
  };
}

/** What somebody speaks as; an agenda may name parts that nobody here has a word for. @param {Words} words @param {string|null} as */
export function roleWord(words, as) {
  try {
    return words(`as_${as}`);
  } catch {
    return words("as_other");
  }
}

/**
 * In the screen's language; Kazakh stands in for a missing one.
 * @param {import("./types.js").Text|null|undefined} text @param {string} language
 */
export function inLanguage(text, language) {
  if (!text) return "";
  return text[/** @type {"kk"} */ (language)] || text.kk || text.ru || "";
}

/** 75 → "1:15", 3675 → "1:01:15", -5 → "−0:05". @param {number} seconds */
export function clockText(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60, rest = String(whole % 60).padStart(2, "0");
  const sign = seconds < 0 && whole > 0 ? "−" : "";
  return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${sign}${minutes}:${rest}`;
}

/**
 * 90 → "1 мин 30 с", 3900 → "1 ч 05 мин", 40 → "40 с": as projections::duration of the server writes it, to the second.
 * @param {Words} words @param {number} seconds
 */
export function durationText(words, seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const hour = Math.floor(whole / 3600), minute = Math.floor(whole / 60) % 60, second = whole % 60;
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const parts = [];
  if (hour > 0) parts.push(`${hour} ${words("unit_hour")} ${two(minute)} ${words("unit_minute")}`);
  else if (minute > 0) parts.push(`${minute} ${words("unit_minute")}`);
  if (whole < 60) parts.push(`${second} ${words("unit_second")}`);
  else if (second > 0) parts.push(`${two(second)} ${words("unit_second")}`);
  return (seconds < 0 && whole > 0 ? "−" : "") + parts.join(" ");
}

/** Of what is only expected: to the half minute, beyond five to the minute, and never less than it is. @param {Words} words @param {number} seconds */
export function aboutText(words, seconds) {
  const step = seconds > 300 ? 60 : 30;
  return durationText(words, Math.ceil(seconds / step) * step);
}

/** "15:04" in the council's zone, whatever the reader's own is. @param {number|string} time @param {number} utcOffsetS */
export function timeOfDay(time, utcOffsetS) {
  return new Date(new Date(time).getTime() + utcOffsetS * 1000).toISOString().slice(11, 16);
}

/** The page's data, from the attribute the server wrote. @param {Element} element */
export function pageData(element) {
  return JSON.parse(/** @type {HTMLElement} */ (element).dataset.page ?? "{}");
}

/**
 * An element that the page's template always has.
 * @template {Element} T @param {ParentNode} within @param {string} selector @param {new () => T} type @returns {T}
 */
export function must(within, selector, type) {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page lacks ${selector}`);
  return found;
}
