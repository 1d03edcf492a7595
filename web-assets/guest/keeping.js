// What outlives a reload of the page, and what keeps the screen lit.

/** Of this tab only: another tab with the same link begins at the beginning. @param {string} prefix */
export function memory(prefix) {
  const guarded = (/** @type {() => any} */ use) => {
    try {
      return use();
    } catch {
      return null; // storage may be forbidden; then a reload begins at the beginning
    }
  };
  return {
    /** @param {string} key @returns {string|null} */
    get: (key) => guarded(() => sessionStorage.getItem(`${prefix}:${key}`)),
    /** @param {string} key @param {string} value */
    set: (key, value) => guarded(() => sessionStorage.setItem(`${prefix}:${key}`, value)),
    clear: () => guarded(() => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix)).forEach((key) => sessionStorage.removeItem(key))),
  };
}

/** A phone must not fall asleep while he waits for his turn. @param {() => boolean} wanted */
export function keepAwake(wanted) {
  /** @type {WakeLockSentinel|null} */
  let lock = null;
  const look = async () => {
    if (!("wakeLock" in navigator) || document.hidden || !wanted() || (lock !== null && !lock.released)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // The battery is low, or the browser does not want to.
    }
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5000);
}
