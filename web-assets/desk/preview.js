// The programme on the desk: the return feed, a quarter of a second behind the hall; while it is not there, a still about three
// times a second.

import { keepReturnFeed } from "../lib/return_feed.js";

/**
 * Whether this computer plays the remote participants into the hall. The desk's feed lacks the hall's own sound, so that the
 * loudspeakers do not howl; a press starts it, as browsers want it.
 */
export class HallSound {
  on = false;
  /** @param {HTMLElement} root @param {() => void} show */
  constructor(root, show) {
    this.root = root;
    this.show = show;
  }
  /** @param {boolean} on */
  async turn(on) {
    const video = this.root.querySelector("[data-return-feed]");
    if (!(video instanceof HTMLVideoElement)) return;
    video.muted = !on;
    try {
      // Without a feed there is nothing to play yet: it starts with its sound when it comes.
      if (on && video.srcObject !== null) await video.play();
      this.on = on;
    } catch {
      video.muted = true;
      this.on = false;
    }
    this.show();
  }
}

const kPauseMs = 300, kPauseAfterFailureMs = 1500;
let running = false;

/** Whether pictures of the return feed arrive. @param {HTMLVideoElement|null} video */
const shows = (video) => video !== null && video.srcObject !== null && video.videoWidth > 0;

/**
 * Keeps the desk's picture fresh from now on; a second call changes nothing.
 * @param {HTMLElement} root @param {() => Record<string, string>} headers that let the desk act
 */
export function keepPreview(root, headers) {
  if (running) return;
  running = true;
  const video = /** @type {HTMLVideoElement|null} */ (root.querySelector("[data-return-feed]"));
  if (video) {
    video.muted = true; // the attribute alone does not count in an element that a script made
    keepReturnFeed(video, headers, "hall");
  }
  const next = () => {
    const picture = root.querySelector("[data-preview]");
    if (!(picture instanceof HTMLImageElement) || document.hidden) return setTimeout(next, kPauseMs);
    const live = shows(video);
    video?.toggleAttribute("hidden", !live);
    if (live) {
      picture.hidden = true;
      return setTimeout(next, kPauseMs);
    }
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
