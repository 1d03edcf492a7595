// A bad line for WebRTC: a UDP relay with loss and delay between a guest's page and media. (The kernels of test machines have no
// netem, and Chromium's own emulation does not reach WebRTC.)
import { createSocket } from 'node:dgram';

/**
 * @param {{loss?: number, delayMs?: number, random?: () => number}} line loss: 0..1, in each direction; delayMs: one way. May be
 *   changed while it works
 */
export function startUdpLine(line) {
  const { random = Math.random } = line;
  const sockets = new Set();
  const bound = async () => {
    const socket = createSocket('udp4');
    sockets.add(socket);
    await new Promise((ready) => socket.bind(0, () => ready(undefined)));
    return socket;
  };
  const pass = (send) => {
    if (random() < (line.loss ?? 0)) return;
    setTimeout(send, line.delayMs ?? 0);
  };
  /** A way to one of media's ports; gives the port here that stands for it. */
  async function wayTo(address, port) {
    const [near, far] = [await bound(), await bound()];
    let page = null;
    near.on('message', (packet, from) => {
      page = from;
      pass(() => sockets.has(far) && far.send(packet, port, address));
    });
    far.on('message', (packet) => pass(() => sockets.has(near) && page && near.send(packet, page.port, page.address)));
    return near.address().port;
  }
  return {
    line,
    /** For inviteGuest(): all media of the page goes this way and no other. */
    async script(page) {
      await page.exposeFunction('lineTo', wayTo);
      await page.addInitScript(() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) {
          const message = typeof text === 'string' && text.startsWith('{') ? JSON.parse(text) : {};
          if (message.type !== 'offer') return send.call(this, text);
          message.sdp = message.sdp.replace(/a=candidate:.*\r\n/g, '');
          return send.call(this, JSON.stringify(message));
        };
        const take = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = async function ({ type, sdp }) {
          const [, address, port] = /a=candidate:\S+ 1 UDP \d+ (127\.0\.0\.1|\d+\.\d+\.\d+\.\d+) (\d+) typ host/i.exec(sdp);
          const here = await window.lineTo(address, Number(port));
          const lines = sdp.replace(/a=candidate:.*\r\n/g, '').replace(/(a=ice-pwd:.*\r\n)/g, `$1a=candidate:1 1 UDP 2130706431 127.0.0.1 ${here} typ host\r\n`);
          return take.call(this, { type, sdp: lines });
        };
      });
    },
    stop() {
      for (const socket of sockets) socket.close();
      sockets.clear();
    },
  };
}
