// The programme over WebRTC (WHEP): for those who act and cannot wait half a second. One connection, made anew after any break.

import { Backoff } from "./wire.js";

const kGatheringMs = 1500; // the server answers with all its candidates, and wants ours in the offer too
const kFirstPictureMs = 8000;

/** Until all candidates are in the offer, or no more are waited for. @param {RTCPeerConnection} connection */
export function gathered(connection) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, kGatheringMs);
    const look = () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve(undefined);
    };
    connection.addEventListener("icegatheringstatechange", look);
    look();
  });
}

/** Until the connection has broken, or has shown nothing in time. @param {RTCPeerConnection} connection @param {HTMLVideoElement} video */
function broken(connection, video) {
  return new Promise((resolve) => {
    setTimeout(() => video.videoWidth === 0 && resolve(undefined), kFirstPictureMs);
    connection.addEventListener("connectionstatechange", () => {
      if (["failed", "closed", "disconnected"].includes(connection.connectionState)) resolve(undefined);
    });
  });
}

/**
 * Offers to receive, and gives the server's name of the connection.
 * @param {RTCPeerConnection} connection @param {Record<string, string>} headers @param {"programme"|"hall"} sound
 */
async function negotiate(connection, headers, sound) {
  connection.addTransceiver("video", { direction: "recvonly" });
  connection.addTransceiver("audio", { direction: "recvonly" });
  await connection.setLocalDescription();
  await gathered(connection);
  const response = await fetch(`/api/v1/whep?sound=${sound}`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/sdp" },
    body: connection.localDescription?.sdp ?? "",
  });
  if (response.status !== 201) throw new Error(`whep: ${response.status}`);
  await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
  return response.headers.get("Location") ?? "";
}

/**
 * Shows the programme in `video` from now on, until the page goes. Whoever has no WebRTC gets nothing, and no error.
 * @param {HTMLVideoElement} video @param {() => Record<string, string>} headers that open the door, asked for at each attempt
 * @param {"programme"|"hall"} sound all of it, or what the hall's loudspeakers may play
 */
export async function keepReturnFeed(video, headers, sound) {
  if (typeof RTCPeerConnection === "undefined") return;
  const backoff = new Backoff(10_000);
  for (;;) {
    const connection = new RTCPeerConnection();
    const stream = new MediaStream();
    let name = "";
    connection.addEventListener("track", ({ track, receiver }) => {
      // What the browser would keep back to be smooth is seen as delay here.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      stream.addTrack(track);
      video.srcObject = stream;
      video.play().catch(() => {}); // a press will start it
    });
    const goodbye = () => name !== "" && fetch(name, { method: "DELETE", headers: headers(), keepalive: true }).catch(() => {});
    try {
      name = await negotiate(connection, headers(), sound);
      addEventListener("pagehide", goodbye, { once: true });
      backoff.reset();
      await broken(connection, video);
    } catch {
      // The server is away or refused: asked again, later and later.
    }
    removeEventListener("pagehide", goodbye);
    goodbye();
    connection.close();
    video.srcObject = null;
    await backoff.wait();
  }
}
