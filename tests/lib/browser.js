// Chromium as tests and benchmarks use it.
import { chromium } from 'playwright-core';

export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** @param {string[]} [flags] more than the usual @param {string} [executablePath] a script that starts it elsewhere */
export function launch(flags = [], executablePath = chromiumPath) {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
      // Several pages are looked at at once; only one of them is in front.
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
      ...flags,
    ],
  });
}

/**
 * A button of the desk by its name, once it may be pressed: one that has only just come to mean what it says does nothing, and
 * neither does one beneath a dialog that has just closed.
 * @param {string} name
 */
export const settled = (name) => `html:not([data-dialog-closes]) [data-act="${name}"]:not([data-unsettled])`;
