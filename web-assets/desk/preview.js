// The programme's picture on the desk: a still about three times a second, asked for only when the last one is here.

const kPauseMs = 300, kPauseAfterFailureMs = 1500;
let running = false;

/** Keeps the desk's picture fresh from now on; a second call changes nothing. @param {HTMLElement} root */
export function keepPreview(root) {
  if (running) return;
  running = true;
  const next = () => {
    const picture = root.querySelector("[data-preview]");
    if (!(picture instanceof HTMLImageElement) || document.hidden) return setTimeout(next, kPauseMs);
    const fresh = new Image();
    fresh.onload = () => {
      picture.src = fresh.src;
      picture.hidden = false;
      setTimeout(next, kPauseMs);
    };
    fresh.onerror = () => {
      picture.hidden = true;
      setTimeout(next, kPauseAfterFailureMs);
    };
    fresh.src = `/desk/preview.jpg?n=${Date.now()}`;
  };
  next();
}
