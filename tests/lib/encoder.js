// An encoder that is no browser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Those that run. @type {Set<Encoder>} */
const running = new Set();
export const killEncoders = () => [...running].forEach((encoder) => encoder.kill());

export class Encoder {
  /**
   * Sends one colour and one tone; gives it when it is connected, and throws what it was refused with.
   * @param {{url: string, token: string}} where of the house, and what lets it in @param {string} colour @param {number} hertz
   */
  static async start({ url, token }, colour, hertz) {
    const encoder = new Encoder(spawn(process.execPath, [new URL('encoder_process.js', import.meta.url).pathname, url, token, colour, String(hertz)], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const said = await encoder.#said();
    if (said !== 'connected') throw new Error(said);
    return encoder;
  }

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.child = child;
    this.lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) });
    running.add(this);
    child.on('exit', () => running.delete(this));
  }

  async #said() {
    const [line] = await Promise.race([once(this.lines, 'line'), once(this.lines, 'close').then(() => ['it ended'])]);
    return String(line);
  }

  /** As its stop button does: it tells the server. @returns {Promise<string>} the status that it was answered with */
  async stop() {
    this.child.stdin?.end();
    return this.#said();
  }

  /** As the power button does. */
  kill() {
    this.child.kill('SIGKILL');
  }
}
