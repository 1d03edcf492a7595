// Runs the benchmarks one after the other and reports. Each file exports `run(options)` -> rows (report.js).
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../lib/house.js';
import { table } from './report.js';

const names = [
  'start',
  'action',
  'programme',
  'archive',
  'backup',
  'delivery',
  'waiting',
  'return_feed',
  'guests',
  'latency',
  'bad_line',
];

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const jsonAt = args.indexOf('--json');
const jsonFile =
  jsonAt >= 0 ? args[jsonAt + 1] : join(root, 'build/bench', `${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
const wanted = args.filter((arg, i) => !arg.startsWith('--') && i !== jsonAt + (jsonAt >= 0 ? 1 : 0));
for (const name of wanted) {
  if (!names.includes(name)) {
    console.error(`no benchmark "${name}"; there are ${names.join(', ')}`);
    process.exit(2);
  }
}

const rows = [];
for (const name of names) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const began = Date.now();
  console.error(`== ${name}`);
  try {
    const { run } = await import(`./${name}.js`);
    for (const row of await run({ quick })) rows.push({ bench: name, ...row });
  } catch (error) {
    console.error(error);
    rows.push({ bench: name, what: `failed: ${error.message.split('\n')[0]}`, met: false });
    process.exitCode = 1;
  }
  console.error(`== ${name}: ${Math.round((Date.now() - began) / 1000)} s`);
}

console.log(table(rows));
const report = { measured: new Date().toISOString(), machine: `${cpus().length} x ${cpus()[0].model}`, quick, rows };
mkdirSync(dirname(jsonFile), { recursive: true });
writeFileSync(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
console.log(`\n${JSON.stringify(report)}`);
console.error(`\nJSON is in ${jsonFile}`);
