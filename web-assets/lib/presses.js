// A hand presses twice, a key is held down, a dialog closes over another button: none of that may act on what was not seen.

/** What is younger than this was not seen. Longer than a double click, shorter than reading a name. */
export const kSettleMs = 600;

/** @param {Event} event */
function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * From now on the second click of a double click, a key that is held down, and a press beneath a dialog that has just closed
 * reach no button.
 * @returns {() => boolean} whether a dialog has just closed
 */
export function guardPresses() {
  const page = document.documentElement;
  let timer = 0;
  const closing = () => page.hasAttribute("data-dialog-closes");
  // Not by the event "close": it comes a task later, and a press may come before it.
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => target instanceof HTMLDialogElement && !target.open)) return;
    page.setAttribute("data-dialog-closes", "");
    clearTimeout(timer);
    timer = window.setTimeout(() => page.removeAttribute("data-dialog-closes"), kSettleMs);
  }).observe(page, { subtree: true, attributes: true, attributeFilter: ["open"] });
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button && (event.detail > 1 || (closing() && !button.closest("dialog")))) swallow(event);
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      const presses = event.key === "Enter" || event.key === " ";
      if (event.repeat && presses && event.target instanceof Element && event.target.closest("button")) swallow(event);
    },
    true,
  );
  return closing;
}
