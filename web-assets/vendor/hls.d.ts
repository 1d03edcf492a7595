// hls.min.js is a classic script that leaves its class in the global Hls; undefined when it could not be loaded.
import type HlsClass from "hls.js";
declare global {
  interface Window {
    Hls?: typeof HlsClass;
    /** For tests and the benchmark: the page's player. */
    tyndauPlayer?: import("../lib/player.js").Player;
    /** Safari's: plays without MediaSource on iPhones. */
    ManagedMediaSource?: typeof MediaSource;
  }
}
export {};
