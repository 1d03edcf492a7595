// A browser that takes the return feed (WHEP), for tests and benchmarks.

/** For page.addInitScript(): gives the page `enter(account)`, `join()` and `leave(seat)`. */
export function installJoin() {
  let csrf = '';
  window.enter = async (account) => {
    const response = await fetch('/api/v1/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(account),
    });
    csrf = (await response.json()).csrf;
  };
  /** Joins, and gives the seat once it shows something. @param {{video?: string}} [options] video: a codec, the only one that it takes */
  window.join = async ({ video: codec } = {}) => {
    const connection = new RTCPeerConnection();
    const stream = new MediaStream();
    connection.ontrack = ({ track, receiver }) => {
      receiver.jitterBufferTarget = 0;
      stream.addTrack(track);
    };
    const line = connection.addTransceiver('video', { direction: 'recvonly' });
    if (codec) line.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${codec}`));
    connection.addTransceiver('audio', { direction: 'recvonly' });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, { once: true }));
    }
    const response = await fetch('/api/v1/whep', {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', 'X-CSRF-Token': csrf },
      body: connection.localDescription.sdp,
    });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    const name = response.headers.get('Location');
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    const video = document.createElement('video');
    video.muted = false; // a muted element is sent silence by the browser, and its statistics hear nothing
    video.srcObject = stream;
    document.body.append(video);
    await video.play();
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    return { connection, video, name };
  };
  /** Without a name the server is told nothing: only the connection ends. */
  window.leave = async ({ connection, video, name }) => {
    video.remove();
    connection.close();
    if (name) await fetch(name, { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } });
  };
}
