// hls.min.js is a classic script that leaves its class in the global Hls; undefined when it could not be loaded.
import type HlsClass from "hls.js";
declare global {
  interface Window {
    Hls?: typeof HlsClass;
    /** For tests and the benchmark: the page's player. */
    tyndauPlayer?: import("../lib/player.js").Player;
    /** For tests and the benchmark: the guest's page. */
    tyndauGuest?: {
      stage(): string;
      connection(): RTCPeerConnection | null;
      socket(): string;
      view(): import("../lib/types.js").GuestView | null;
      line(): object;
    };
    /** Safari's: plays without MediaSource on iPhones. */
    ManagedMediaSource?: typeof MediaSource;
  }
}
export {};
