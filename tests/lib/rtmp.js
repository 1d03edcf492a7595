// A real RTMP server (nginx), and a sender of pictures in codings that the senders of Debian 12 cannot put into FLV: GStreamer writes
// HEVC under the name of AVC, each picture gets here the name that cameras and encoders give it, and goes out as an RTMP message.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from './house.js';

/** @returns {Promise<{url: string, stop: () => void}>} `url`: where a stream is sent and fetched */
export async function startRtmpServer() {
  const folder = mkdtempSync(join(tmpdir(), 'tyndau-rtmp-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so; daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;\n` +
      `events {} rtmp { access_log off; server { listen 127.0.0.1:${port}; application live { live on; wait_key off; } } }\n`,
  );
  const child = spawn('/usr/sbin/nginx', ['-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  await waitFor('the RTMP server listens', () =>
    new Promise((yes, no) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), yes(true))).on('error', no);
    }),
  );
  return {
    url: `rtmp://127.0.0.1:${port}/live/hall`,
    stop: () => {
      child.kill('SIGTERM');
      child.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    },
  };
}

/** How a picture's tag names its coding: its data as AVC has it (kind of frame and 7, packet, time, bytes) -> as it shall be. */
export const namings = {
  /** Codec 12: no standard has it, many cameras send it. @param {Buffer} data */
  practice: (data) => Buffer.concat([Buffer.from([(data[0] & 0xf0) | 12]), data.subarray(1)]),
  /** Enhanced RTMP (veovera, v1). @param {Buffer} data */
  enhanced: (data) =>
    Buffer.concat([Buffer.from([0x80 | (data[0] & 0x70) | data[1]]), Buffer.from('hvc1'), data.subarray(data[1] === 1 ? 2 : 5)]),
  /** A coding that nobody here knows. @param {Buffer} data */
  unknown: (data) => Buffer.concat([Buffer.from([0x80 | (data[0] & 0x70) | data[1]]), Buffer.from('vvc1'), data.subarray(5)]),
};

/** AMF 0: a string, a number, nothing, an object of strings. @param {string|number|null|Record<string, string>} value @returns {Buffer} */
function amf(value) {
  const text = (words) => {
    const bytes = Buffer.from(words), length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  if (value === null) return Buffer.from([5]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), text(value)]);
  if (typeof value === 'number') {
    const number = Buffer.alloc(9);
    number.writeDoubleBE(value, 1);
    return number;
  }
  return Buffer.concat([Buffer.from([3]), ...Object.entries(value).flatMap(([name, one]) => [text(name), amf(one)]), Buffer.from([0, 0, 9])]);
}

const chunkSize = 1 << 20;

/** One message in one chunk (RTMP 1.0, 5.3.1). @param {number} type @param {number} ms @param {number} stream @param {Buffer} data */
function message(type, ms, stream, data) {
  const head = Buffer.alloc(12);
  head[0] = type === 1 ? 2 : type === 8 ? 4 : type === 9 ? 6 : 3;
  head.writeUIntBE(ms, 1, 3);
  head.writeUIntBE(data.length, 4, 3);
  head[7] = type;
  head.writeUInt32LE(stream, 8);
  return Buffer.concat([head, data]);
}

/** Publishes what it is given there; the server's answers are not waited for. @param {string} url */
async function publish(url) {
  const { hostname, port, pathname } = new URL(url);
  const [, app, name] = pathname.split('/');
  const socket = connect(Number(port), hostname);
  let heard = 0;
  // Version and two times 1536 bytes: the handshake (5.2), whose content nobody looks at.
  const shaken = new Promise((done, no) => {
    socket.on('data', (bytes) => (heard += bytes.length) >= 3073 && done(undefined));
    socket.on('error', no);
  });
  socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536)]));
  await shaken;
  const command = (stream, ...values) => socket.write(message(20, 0, stream, Buffer.concat(values.map(amf))));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(chunkSize);
  socket.write(Buffer.alloc(1536));
  socket.write(message(1, 0, 0, size));
  command(0, 'connect', 1, { app, tcUrl: `rtmp://${hostname}:${port}/${app}` });
  command(0, 'createStream', 2, null);
  command(1, 'publish', 3, null, name, 'live');
  return {
    /** @param {Buffer} tag */
    send: (tag) => socket.write(message(tag[0], tag.readUIntBE(4, 3), 1, tag.subarray(11, -4))),
    stop: () => socket.destroy(),
  };
}

/**
 * Sends a red picture in HEVC and a tone of 440 Hz, until it is stopped.
 * @param {string} url @param {(data: Buffer) => Buffer} naming
 * @returns {Promise<{stop: () => void}>}
 */
export async function sendHevc(url, naming) {
  const source =
    'videotestsrc is-live=true pattern=red ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25' +
    ' ! h265parse ! video/x-h265,stream-format=hvc1,alignment=au ! capssetter join=false caps=video/x-h264,stream-format=avc,alignment=au ! queue ! flvmux streamable=true name=mux' +
    ' audiotestsrc is-live=true freq=440 ! audio/x-raw,rate=48000,channels=1 ! avenc_aac ! aacparse ! queue ! mux. mux. ! fdsink fd=1';
  const server = await publish(url);
  const encoder = spawn('gst-launch-1.0', ['-q', ...source.split(' ')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let held = Buffer.alloc(0), begun = false;
  encoder.stdout.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    if (!begun && held.length < 13) return;
    if (!begun) held = held.subarray(13); // the file's header
    begun = true;
    for (let size; held.length >= 11 && held.length >= (size = 15 + held.readUIntBE(1, 3)); held = held.subarray(size)) {
      const tag = held.subarray(0, size);
      server.send(tag[0] === 9 ? Buffer.concat([tag.subarray(0, 11), naming(tag.subarray(11, -4)), tag.subarray(-4)]) : tag);
    }
  });
  const stop = () => {
    encoder.kill('SIGKILL');
    server.stop();
  };
  process.on('exit', stop);
  return { stop: () => { process.off('exit', stop); stop(); } };
}
