// clang-tidy (.clang-tidy has the checks and the reasons) over our sources, on all processors. A file is looked at again only when
// it, a header of ours that it includes, the checks or its compile command changed.
//   node scripts/tidy.js BUILD_DIRECTORY
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const build = resolve(process.argv[2] ?? 'build/release');
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(build, 'tidy');
const kTogether = 8;
mkdirSync(cache, { recursive: true });

const contents = new Map();
const hashOf = (file) => {
  if (!contents.has(file)) contents.set(file, createHash('sha256').update(readFileSync(file)).digest('hex'));
  return contents.get(file);
};

/** Object file -> headers and source of ours, as ninja saw them. */
function dependencies() {
  const deps = new Map();
  let current = [];
  for (const line of execFileSync('ninja', ['-C', build, '-t', 'deps'], { maxBuffer: 1 << 28 })
    .toString()
    .split('\n')) {
    if (line.startsWith('    ')) {
      const file = resolve(build, line.trim());
      if (file.startsWith(root) && !file.startsWith(join(root, 'build')) && existsSync(file)) current.push(file);
    } else if (line.includes(': #deps')) {
      deps.set(line.split(': #deps')[0], (current = []));
    }
  }
  return deps;
}

const checks = hashOf(join(root, '.clang-tidy'));
const deps = dependencies();
/** Files to look at, by target. */
const targets = new Map();
for (const { file, command, output } of JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))) {
  // CMake's own bundles of sources (unity builds) are taken as they are.
  const bundle = relative(build, file).includes('/Unity/');
  const sources = bundle ? [...readFileSync(file, 'utf8').matchAll(/#include "(.+)"/g)].map(([, source]) => source) : [file];
  if (!sources.some((source) => /^(media|session)\//.test(relative(root, source)))) continue;
  const object = output ?? /-o (\S+)/.exec(command)?.[1];
  const flags = command.split(' ').slice(1, command.split(' ').indexOf('-o'));
  const key = createHash('sha256').update(checks + flags.join(' ') + file);
  for (const dependency of deps.get(object) ?? [file]) key.update(hashOf(dependency));
  const mark = join(cache, key.digest('hex'));
  if (existsSync(mark)) continue;
  const target = /^.*\.dir\//.exec(object)?.[0];
  targets.set(target, [...(targets.get(target) ?? []), { file, mark, flags, bundle }]);
}
/** Files of a target are looked at some at a time, as if they were one: what they include is read once. */
const work = [];
for (const files of targets.values()) {
  while (files.length > 0) work.push(files.splice(0, files[0].bundle ? 1 : kTogether));
}

function tidy(files) {
  const together = join(cache, `${createHash('sha256').update(files.map(({ mark }) => mark).join()).digest('hex')}.cpp`);
  writeFileSync(together, files.map(({ file }) => `#include "${file}"\n`).join(''));
  const args = ['--quiet', `--config-file=${join(root, '.clang-tidy')}`, together, '--', ...files[0].flags];
  args.push('-Wno-unknown-warning-option', '-ferror-limit=0');
  return new Promise((done) => {
    execFile('clang-tidy', args, { cwd: root, maxBuffer: 1 << 26 }, (error, stdout) => {
      rmSync(together);
      // clang 14 does not know all of C++20 that GCC 12 compiles: its own compile errors are not findings.
      const findings = stdout
        .split(/^(?=\S+:\d+:\d+: error: )/m)
        .filter((text) => /\[(bugprone|performance|modernize)-/.test(text));
      if (findings.length > 0 || (error && !stdout.includes('clang-diagnostic-error'))) {
        console.log(findings.join('').trim() || error?.message);
        process.exitCode = 1;
      } else {
        for (const { mark } of files) writeFileSync(mark, '');
      }
      done(undefined);
    });
  });
}

console.log(`${work.flat().length} files to look at`);
await Promise.all(
  cpus().map(async () => {
    for (let job = work.shift(); job; job = work.shift()) await tidy(job);
  }),
);
