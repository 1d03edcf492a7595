// Copying what stands in a field.

/** Selects it, so that it can be copied by hand where nothing else works. @param {HTMLInputElement} field @returns {Promise<boolean>} whether it was copied */
export async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Over plain http there is no clipboard; the old way may work.
    return document.execCommand("copy");
  }
}
