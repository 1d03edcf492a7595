// Firefox as the flow tests use it: a real second engine, as Debian builds it. It has no H.264 for calls, which Mozilla's builds
// fetch from elsewhere, so the programme comes to it in VP8.
import puppeteer from 'puppeteer-core';

export const firefoxPath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/**
 * With a camera whose colour changes and a microphone that hears a steady tone.
 * @param {number} [tone] Hz @returns {Promise<import('puppeteer-core').Browser>}
 */
export function launchFirefox(tone = 1000) {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    defaultViewport: { width: 1366, height: 768 },
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.audio.fake_frequency': tone,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      // Nothing is fetched from anywhere.
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'media.gmp-manager.updateEnabled': false,
    },
  });
}
