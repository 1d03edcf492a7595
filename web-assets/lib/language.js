// Remembers the language a reader chose, for the next visit to "/".
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-language]") : null;
  if (link instanceof HTMLElement) {
    document.cookie = `lang=${link.dataset.language}; path=/; max-age=31536000; samesite=lax`;
  }
});
