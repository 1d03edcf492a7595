// Debian's Janus, for a benchmark beside ours: a videoroom that takes pictures and voices in and sends them on, and an audiobridge
// that mixes the voices for each.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from './house.js';

const library = '/usr/lib/x86_64-linux-gnu/janus';
export const room = 1;

export async function startJanus() {
  const folder = mkdtempSync(join(tmpdir(), 'tyndau-janus-'));
  const port = await freePort();
  const files = {
    janus: `general: {\n configs_folder = "${folder}"\n plugins_folder = "${library}/plugins"\n transports_folder = "${library}/transports"\n session_timeout = 300\n}
plugins: {\n disable = "libjanus_sip.so,libjanus_nosip.so,libjanus_lua.so,libjanus_duktape.so,libjanus_streaming.so,libjanus_recordplay.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so,libjanus_echotest.so"\n}
transports: {\n disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so"\n}\n`,
    'janus.transport.http': `general: {\n json = "compact"\n http = true\n port = ${port}\n ip = "127.0.0.1"\n https = false\n}\n`,
    'janus.plugin.videoroom': `room-${room}: {\n description = "bench"\n publishers = 16\n bitrate = 1200000\n audiocodec = "opus"\n videocodec = "vp8"\n}\n`,
    'janus.plugin.audiobridge': `room-${room}: {\n description = "bench"\n sampling_rate = 48000\n}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.jcfg`), text);
  const child = spawn('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg'), '-o'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log = (log + text).slice(-4000)));
  const url = `http://127.0.0.1:${port}/janus`;
  try {
    await waitFor('janus', async () => (await fetch(`${url}/info`)).ok);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${error.message}\n${log}`, { cause: error });
  }
  return {
    url,
    pid: child.pid,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For page.addInitScript(): gives the page `publish(url, room, tracks)` and `mix(url, room, tracks)`. */
export function installJanusClient() {
  const ask = async (url, body) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ transaction: String(Math.random()), ...body }) });
    return response.json();
  };
  /** One session for all handles: a browser has few connections to one server, and each session holds one of them. */
  let session;
  const handles = new Map();
  const open = async (url) => {
    const address = `${url}/${(await ask(url, { janus: 'create' })).data.id}`;
    (async () => {
      for (;;) {
        const event = await (await fetch(`${address}?maxev=1`)).json();
        handles.get(event.sender)?.(event);
      }
    })();
    return address;
  };
  /** Its handle; `heard` is given what comes. */
  const attach = async (url, plugin, heard) => {
    const address = await (session ??= open(url));
    const { id } = (await ask(address, { janus: 'attach', plugin })).data;
    handles.set(id, heard);
    return `${address}/${id}`;
  };
  const connected = async (connection) => {
    while (connection.connectionState !== 'connected') await new Promise((done) => connection.addEventListener('connectionstatechange', done, { once: true }));
  };
  const call = async (url, plugin, tracks, body, direction) => {
    const connection = new RTCPeerConnection();
    for (const track of tracks) connection.addTransceiver(track, { direction });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, { once: true }));
    let answered, told;
    const answer = new Promise((done) => (answered = done));
    const first = new Promise((done) => (told = done));
    const handle = await attach(url, plugin, (event) => {
      if (event.plugindata) told(event.plugindata.data);
      if (event.jsep) answered(event.jsep);
    });
    const jsep = { type: 'offer', sdp: connection.localDescription.sdp };
    for (const [i, message] of body.entries()) {
      await ask(handle, { janus: 'message', body: message, ...(i === body.length - 1 ? { jsep } : {}) });
      if (i === 0) await first;
    }
    await connection.setRemoteDescription(await answer);
    await connected(connection);
    return { connection, told: await first };
  };
  window.publish = async (url, room, tracks) => (await call(url, 'janus.plugin.videoroom', tracks, [{ request: 'join', ptype: 'publisher', room }, { request: 'publish', bitrate: 1200000 }], 'sendonly')).told.id;
  window.mix = (url, room, tracks) => call(url, 'janus.plugin.audiobridge', tracks, [{ request: 'join', room, display: 'bench' }, { request: 'configure', muted: false }], 'sendrecv').then(() => true);
}
