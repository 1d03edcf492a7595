// The few pictures on buttons of the guest and the desk; each has its word beside it or as its name.

import { html, svg } from "../vendor/lit-html.js";

const kDrawn = {
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5 11a7 7 0 0 0 14 0M12 18v3M8.5 21h7" />`,
  microphoneOff: svg`<path d="M9 9V6a3 3 0 0 1 6 0v5M15 14a3 3 0 0 1-6-1M5 11a7 7 0 0 0 11.5 5.4M19 11a7 7 0 0 1-.6 2.8M12 18v3M8.5 21h7M3 3l18 18" />`,
  camera: svg`<rect x="3" y="6" width="12" height="12" rx="2" /><path d="m15 10.5 6-3.5v10l-6-3.5" />`,
  cameraOff: svg`<path d="M8 6h5a2 2 0 0 1 2 2v5M15 16v0a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 1-1.7M15 10.5 21 7v10l-3-1.7M3 3l18 18" />`,
  screen: svg`<rect x="3" y="4" width="18" height="12" rx="2" /><path d="M8 20h8M12 16v4M12 12V8M9.5 10 12 7.5 14.5 10" />`,
  settings: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9" /><circle cx="15" cy="7" r="2.2" /><circle cx="9" cy="17" r="2.2" />`,
  hand: svg`<path d="M8 13V5.5a1.5 1.5 0 0 1 3 0V11M11 10.5v-6a1.5 1.5 0 0 1 3 0V11M14 11V6a1.5 1.5 0 0 1 3 0v8.5c0 4-2.2 6.5-6 6.5-2.6 0-4.2-1.1-5.5-3.5l-3.2-5a1.5 1.5 0 0 1 2.6-1.4L8 15" />`,
  question: svg`<path d="M9 9a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.200-1.6 2.5M12 17.5v.1" /><circle cx="12" cy="12" r="9" />`,
  order: svg`<path d="M12 4v9M12 17.5v.1" /><circle cx="12" cy="12" r="9" />`,
  leave: svg`<path d="M14 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h8M10 12h10M16.5 8.5 20 12l-3.5 3.5" />`,
};

/** @param {keyof typeof kDrawn} name */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${kDrawn[name]}</svg>`;
}
