// A network of a guest's own, as a kernel makes it: a namespace with one or two lines to this machine. Needs root.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './browser.js';

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/** Where the house is for those behind these lines: an address of this machine that is on neither of them. */
const hallAddress = '10.213.99.1';
/** Where the relay is for those behind the first line. media's sockets send only through the card that their
 * address is on, so it has to be on a card, as the relay of config/coturn has. */
export const relayAddress = '10.213.1.1';

export class Network {
  /** @param {number} port the house's web port */
  constructor(port) {
    this.name = `tyndau-${process.pid}`;
    this.origin = `http://${hallAddress}:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'tyndau-network-'));
    this.chromium = join(this.folder, 'chromium');
    writeFileSync(this.chromium, `#!/bin/sh\nexec ip netns exec ${this.name} ${chromiumPath} "$@"\n`, { mode: 0o755 });
    Network.clear();
    ip('netns', 'add', this.name);
    this.inside('ip', 'link', 'set', 'lo', 'up');
    ip('addr', 'replace', `${hallAddress}/32`, 'dev', 'lo');
    for (const n of [1, 2]) {
      ip('link', 'add', `tyn${n}`, 'type', 'veth', 'peer', 'name', `line${n}`, 'netns', this.name);
      ip('addr', 'add', `10.213.${n}.1/24`, 'dev', `tyn${n}`);
      ip('link', 'set', `tyn${n}`, 'up');
      this.inside('ip', 'addr', 'add', `10.213.${n}.2/24`, 'dev', `line${n}`);
    }
    this.take(1);
  }

  /** Runs a command in there. */
  inside(...command) {
    return ip('netns', 'exec', this.name, ...command);
  }

  /** Moves over to the other line: the first is gone. @param {1|2} n */
  take(n) {
    this.inside('ip', 'link', 'set', `line${3 - n}`, 'down');
    this.inside('ip', 'link', 'set', `line${n}`, 'up');
    this.inside('ip', 'route', 'replace', 'default', 'via', `10.213.${n}.1`);
  }

  /** What its firewall lets through to and from outside, in nft's words; null for everything. @param {string|null} rules */
  firewall(rules) {
    const chain = (hook) => `chain ${hook} {\ntype filter hook ${hook} priority 0; policy drop;\nmeta ${hook === 'input' ? 'iif' : 'oif'} lo accept\n${rules}\n}`;
    const table = rules === null ? '' : `table inet guest {\n${chain('input')}\n${chain('output')}\n}`;
    writeFileSync(join(this.folder, 'rules'), `table inet guest {}\ndelete table inet guest\n${table}\n`);
    this.inside('nft', '-f', join(this.folder, 'rules'));
  }

  /** Takes away what is there of one, also of a run that was killed. */
  static clear() {
    const links = ip('-br', 'link'), names = ip('netns', 'list');
    for (const n of [1, 2]) if (links.includes(`tyn${n}@`)) ip('link', 'del', `tyn${n}`);
    for (const [name] of names.matchAll(/^tyndau-\d+/gm)) ip('netns', 'del', name);
  }

  close() {
    Network.clear();
    ip('addr', 'del', `${hallAddress}/32`, 'dev', 'lo');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
