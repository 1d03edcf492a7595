// A guest without a page: a browser that sends by WHIP, as an encoder would, for tests and benchmarks.

/** For page.addInitScript(): gives the page `send(token, options)`, `unsend(sender)`, `offerOf(options)` and `drawnDevices()`. */
export function installWhip() {
  /** One picture with something moving and one tone for all senders of the page. */
  let devices;
  const drawn = () => {
    if (devices) return devices;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const context = canvas.getContext('2d');
    let x = 0;
    setInterval(() => {
      context.fillStyle = 'lime';
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = 'white';
      context.fillRect((x += 16) % 600, 280, 40, 40);
    }, 40);
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: 6000 });
    const to = audio.createMediaStreamDestination();
    tone.connect(new GainNode(audio, { gain: 0.2 })).connect(to);
    tone.start();
    devices = { video: canvas.captureStream(25).getVideoTracks()[0], audio: to.stream.getAudioTracks()[0] };
    return devices;
  };
  window.drawnDevices = drawn;
  /**
   * @param {{video?: string|null, audio?: boolean, once?: boolean, tracks?: {video?: MediaStreamTrack, audio?: MediaStreamTrack}}} options
   *   video: "H264", "VP8", null for none, "" for all that the browser can; tracks: instead of the drawn ones
   */
  const connect = async ({ video = '', audio = true, tracks = drawn() } = {}) => {
    const connection = new RTCPeerConnection();
    if (audio) connection.addTransceiver(tracks.audio, { direction: 'sendonly' });
    if (video !== null) {
      const line = connection.addTransceiver(tracks.video, { direction: 'sendonly' });
      if (video) line.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter((codec) => codec.mimeType === `video/${video}`));
    }
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, { once: true }));
    }
    return connection;
  };
  window.offerOf = async (options) => {
    const connection = await connect(options);
    const { sdp } = connection.localDescription;
    connection.close();
    return sdp;
  };
  /** What holds for all lines is said once, before them, as OBS does. @param {string} sdp */
  const saidOnce = (sdp) => {
    const shared = /^a=(?:setup|ice-ufrag|ice-pwd|ice-options|fingerprint):.*\r\n/gm;
    const once = [...new Set(sdp.match(shared))].join('');
    return sdp.replace(shared, '').replace(/^m=/m, `${once}m=`);
  };
  /** Gives the sender once it is connected. `once`: what holds for all lines is said before them, as OBS does. */
  window.send = async (token, options) => {
    const connection = await connect(options);
    const { sdp } = connection.localDescription;
    const response = await fetch('/api/v1/whip', {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` },
      body: options?.once ? saidOnce(sdp) : sdp,
    });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    while (connection.connectionState !== 'connected') {
      if (connection.connectionState === 'failed') {
        connection.close();
        throw new Error('no connection');
      }
      await new Promise((done) => connection.addEventListener('connectionstatechange', done, { once: true }));
    }
    return { connection, name: response.headers.get('Location'), token };
  };
  /** Without `told` the server hears nothing of it but the connection's end. */
  window.unsend = async ({ connection, name, token }, told = true) => {
    connection.close();
    if (told) await fetch(name, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } });
  };
}
