// A bad line: a TCP relay with a rate, jitter, and what TCP makes of lost packets (everything behind one waits for its repeat).
// One bucket for all connections in each direction, as one household's line is.
import { connect, createServer } from 'node:net';

const packetBytes = 1460;

/**
 * @param {number} port the house's
 * @param {{jitterMs?: number, loss?: number, bitsPerSecond?: number, repeatMs?: number, delayMs?: number, random?: () => number}} line
 *   may be changed while it works; delayMs: one way; repeatMs: what a lost packet costs, about one and a half round trips plus the receiver's notice
 */
export async function startRelay(port, line = {}) {
  const { random = Math.random } = line;
  const sockets = new Set();
  const free = { up: 0, down: 0 }; // when the line is free again

  function pump(from, to, direction) {
    let last = 0; // bytes of one connection stay in order
    let waiting = 0;
    const onTheWay = [];
    // One timer, for the packet that is next: timers of different lengths do not fire in the order in which they are due.
    const deliver = () => {
      while (onTheWay.length > 0 && onTheWay[0].arrives <= performance.now()) {
        const { packet } = onTheWay.shift();
        if (packet === null) to.end();
        else {
          waiting -= packet.length;
          if (!to.destroyed) to.write(packet);
        }
      }
      if (onTheWay.length > 0) setTimeout(deliver, Math.max(1, onTheWay[0].arrives - performance.now()));
      if (waiting < 32 * 1024) from.resume();
    };
    const send = (packet, arrives) => {
      onTheWay.push({ packet, arrives });
      if (onTheWay.length === 1) setTimeout(deliver, Math.max(1, arrives - performance.now()));
    };
    from.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += packetBytes) {
        const packet = chunk.subarray(at, at + packetBytes);
        const now = performance.now();
        const { jitterMs = 0, loss = 0, bitsPerSecond = Infinity, repeatMs = 80, delayMs = 0 } = line;
        free[direction] = Math.max(free[direction], now) + (packet.length * 8 * 1000) / bitsPerSecond;
        let arrives = free[direction] + delayMs + random() * jitterMs;
        if (random() < loss) arrives += repeatMs;
        last = Math.max(last, arrives);
        waiting += packet.length;
        // A sender is held back as by a real line's buffer.
        if (waiting > 64 * 1024) from.pause();
        send(packet, last);
      }
    });
    from.on('end', () => send(null, last));
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
    sockets.add(from);
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const house = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    pump(client, house, 'up');
    pump(house, client, 'down');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    line,
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
