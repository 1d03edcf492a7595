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
