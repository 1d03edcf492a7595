// clang-tidy (.clang-tidy has the checks and the reasons) over our sources, two at a time. A file is looked at again only when
// it, a header of ours that it includes, the checks or its compile command changed.
//   node scripts/tidy.js BUILD_DIRECTORY
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const build = resolve(process.argv[2] ?? 'build/release');
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(build, 'tidy');
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
const work = [];
for (const { file, command, output } of JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))) {
  const path = relative(root, file);
  if (!/^(media|session)\//.test(path)) continue;
  const object = output ?? /-o (\S+)/.exec(command)?.[1];
  const key = createHash('sha256').update(checks + command);
  for (const dependency of deps.get(object) ?? [file]) key.update(hashOf(dependency));
  const mark = join(cache, key.digest('hex'));
  if (!existsSync(mark)) work.push({ path, mark });
}

function tidy({ path, mark }) {
  const args = ['--quiet', '-p', build, '--extra-arg=-Wno-unknown-warning-option', join(root, path)];
  return new Promise((done) => {
    execFile('clang-tidy', args, { cwd: root, maxBuffer: 1 << 26 }, (error, stdout) => {
      // clang 14 does not know all of C++20 that GCC 12 compiles: its own compile errors are not findings.
      const findings = stdout
        .split(/^(?=\S+:\d+:\d+: error: )/m)
        .filter((text) => /\[(bugprone|performance|modernize)-/.test(text));
      if (findings.length > 0 || (error && !stdout.includes('clang-diagnostic-error'))) {
        console.log(findings.join('').trim() || error?.message);
        process.exitCode = 1;
      } else {
        writeFileSync(mark, '');
      }
      done(undefined);
    });
  });
}

console.log(`${work.length} files to look at`);
await Promise.all(
  cpus().map(async () => {
    for (let job = work.shift(); job; job = work.shift()) await tidy(job);
  }),
);
