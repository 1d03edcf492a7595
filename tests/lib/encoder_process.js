// An encoder that sends by WHIP, in a process of its own as in life: libdatachannel, which OBS sends with, and ffmpeg's H.264 and
// Opus.
//   node encoder_process.js URL TOKEN COLOUR HERTZ
// Says "connected" or why not, and sends until its standard input ends; then it tells the server, and what that answered.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Audio, PeerConnection, Video } from 'node-datachannel';

const [url, token, colour, hertz] = process.argv.slice(2);
const kVideo = { type: 96, ssrc: 42 }, kAudio = { type: 111, ssrc: 43 };

const headers = { authorization: `Bearer ${token}` };
const peer = new PeerConnection('encoder', { iceServers: [] });
const audio = new Audio('0', 'SendOnly'), video = new Video('1', 'SendOnly');
audio.addOpusCodec(kAudio.type);
audio.addSSRC(kAudio.ssrc, 'encoder', 'stream', 'audio');
video.addH264Codec(kVideo.type);
video.addSSRC(kVideo.ssrc, 'encoder', 'stream', 'video');
const tracks = [peer.addTrack(audio), peer.addTrack(video)];

/** The library's threads do not let a process end by itself. */
const end = () => process.kill(process.pid, 'SIGKILL');
const say = (/** @type {string} */ line) => new Promise((written) => process.stdout.write(`${line}\n`, written));

/** The port of our own to which a track's packets are sent. @param {import('node-datachannel').Track} track */
async function portOf(track) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (packet) => track.isOpen() && track.sendMessageBinary(packet));
  return socket.address().port;
}

// Its candidates are not waited for: OBS does neither.
const state = new Promise((done) => {
  peer.onStateChange((now) => ['connected', 'failed', 'closed'].includes(now) && done(now));
  setTimeout(() => done('no connection'), 20_000);
});
peer.setLocalDescription('offer');
const response = await fetch(`${url}/api/v1/whip`, { method: 'POST', headers: { 'content-type': 'application/sdp', ...headers }, body: peer.localDescription()?.sdp });
const answer = await response.text();
if (response.status !== 201) {
  await say(`${response.status} ${answer}`);
  end();
}
peer.setRemoteDescription(answer, 'answer');
const became = await state;
if (became !== 'connected') {
  await say(became);
  end();
}

const live = (/** @type {string} */ source) => ['-re', '-f', 'lavfi', '-i', source];
const to = (/** @type {number} */ port, { type, ssrc }) => ['-payload_type', `${type}`, '-ssrc', `${ssrc}`, '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200`];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-g', '25', '-pix_fmt', 'yuv420p'];
const ffmpeg = spawn(
  'setpriv',
  ['--pdeathsig', 'KILL', 'ffmpeg', '-nostdin', '-v', 'error', ...live(`sine=frequency=${hertz}:sample_rate=48000`), ...live(`color=c=${colour}:s=640x360:r=25`)].concat(
    ['-map', '0:a', '-c:a', 'libopus', ...to(await portOf(tracks[0]), kAudio)],
    ['-map', '1:v', ...h264, ...to(await portOf(tracks[1]), kVideo)],
  ),
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
await say('connected');

process.stdin.resume();
await once(process.stdin, 'end');
const { status } = await fetch(new URL(response.headers.get('location') ?? '', url), { method: 'DELETE', headers });
ffmpeg.kill();
await say(String(status));
end();
