// A proxy that holds answers back, as some caches and virus scanners do: what waits for news (the long question) and what a
// socket says reach the reader only after a while. Other answers go through at once, but for the first ones.
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

/**
 * @param {number} port the house's
 * @param {{holdMs: number, holdFirst?: number}} how many of the short answers about the state are held, too
 */
export async function startHoldingProxy(port, { holdMs, holdFirst = 0 }) {
  const sockets = new Set();
  const timers = new Set();
  const later = (act, ms) => {
    const timer = setTimeout(() => (timers.delete(timer), act()), ms);
    timers.add(timer);
  };
  let first = holdFirst;
  let held = 0;

  const server = createServer((asked, answer) => {
    const state = /\/state(\?|$)/.test(asked.url ?? '');
    const long = state && /since=/.test(asked.url ?? '');
    const hold = long || (state && first-- > 0) ? holdMs : 0;
    const onward = request({ port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers }, (response) => {
      if (hold > 0) held += 1;
      later(() => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      }, hold);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (asked, socket, head) => {
    const house = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      const headers = [];
      for (let i = 0; i < asked.rawHeaders.length; i += 2) headers.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`);
      house.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      if (head.length > 0) house.write(head);
      socket.pipe(house);
    });
    sockets.add(house);
    house.on('data', (bytes) => {
      held += 1;
      later(() => socket.writable && socket.write(bytes), holdMs);
    });
    const end = () => {
      socket.destroy();
      house.destroy();
      sockets.delete(house);
    };
    for (const one of [socket, house]) one.on('close', end).on('error', end);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    held: () => held,
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
