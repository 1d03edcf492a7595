// A page is made of the meeting's record: agenda, people, titles. Before the sitting is opened the record may be corrected; a page that
// is open then is made anew.

/** Whether somebody is filling something in on this page, or is being asked something. */
function isBusy() {
  const typed = [...document.querySelectorAll("input, textarea")].some((field) => /** @type {HTMLInputElement} */ (field).type !== "checkbox" && !(/** @type {HTMLInputElement} */ (field).readOnly) && /** @type {HTMLInputElement} */ (field).value !== /** @type {HTMLInputElement} */ (field).defaultValue);
  return typed || document.querySelector("dialog[open]") !== null;
}

/**
 * Loads the page again when its record is not the newest, as soon as nobody is in the middle of something.
 * @param {number} made the edition that the page was made of @param {number} now the edition that the view tells
 */
export function keepRecord(made, now) {
  if (now > made && !isBusy()) location.reload();
}
