// What is written is built, installed and described.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { bin } from '../lib/house.js';
import { files, read, root } from './source.js';

const build = dirname(bin);
const place = mkdtempSync(join(tmpdir(), 'tyndau-install-'));
after(() => rmSync(place, { recursive: true, force: true }));

test('every *_test.cpp and every source is compiled', () => {
  const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
  // Files of a room that are compiled as one are included in it.
  const sources = (file) =>
    file.includes('/Unity/') ? [...readFileSync(file, 'utf8').matchAll(/^#include "(.*)"$/gm)].map(([, path]) => path) : [file];
  const compiled = new Set(commands.flatMap(({ file }) => sources(file)).map((file) => relative(root, file)));
  // But for the fuzz targets, which are another preset's.
  const others = files('tests/fuzz', /\.cpp$/);
  const written = [...files('tests', /\.cpp$/).filter((path) => !others.includes(path)), ...files('media', /\.cpp$/), ...files('session', /\.cpp$/)];
  assert.deepEqual(
    written.filter((path) => !compiled.has(path)),
    [],
  );
});

test('every test executable is registered with ctest', () => {
  const listed = [...execFileSync('ctest', ['--test-dir', build, '-N']).toString().matchAll(/Test +#\d+: (\w+)$/gm)].map(([, target]) => target);
  const targets = new Set(files('tests', /_test\.cpp$/).map((path) => path.split('/').slice(1, -1).join('_')));
  assert.deepEqual(listed.sort(), [...targets].sort());
});

test('every fuzz target is built, and has something to begin with', () => {
  const listed = [...read('tests/fuzz/CMakeLists.txt').matchAll(/^tyndau_fuzz\((\w+)/gm)].map(([, target]) => target).sort();
  const targets = files('tests/fuzz', /\.cpp$/).map((path) => basename(path, '.cpp'));
  assert.deepEqual(listed, targets);
  const seeds = new Set(files('tests/fuzz/seeds', /./).map((path) => path.split('/')[3]));
  assert.deepEqual([...seeds].sort(), targets);
  assert.deepEqual(files('tests/fuzz/words', /./).map((path) => basename(path)), targets);
});

test('every test of pages, flows and house is where scripts/test looks', () => {
  const lost = files('tests', /\.test\.js$/).filter((path) => !/^tests\/(house|web|flows)\/[^/]+$/.test(path));
  assert.deepEqual(lost, []);
});

test('no test is switched off', () => {
  const off = /DISABLED_|GTEST_SKIP|\b(test|it|describe)\.(skip|todo|only)\(|\bskip: true/;
  const wrong = [...files('tests', /_test\.cpp$/), ...files('tests', /\.test\.js$/)]
    .filter((path) => path !== 'tests/house/built.test.js')
    .filter((path) => off.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('an installation has everything that its units name', () => {
  execFileSync('cmake', ['--install', build, '--prefix', '/usr'], {
    env: { ...process.env, DESTDIR: place },
    stdio: 'pipe',
  });
  const units = files('systemd', /\.service$/);
  assert.equal(units.length, 2);
  for (const unit of units) {
    const installed = join(place, 'usr/lib/systemd/system', unit.split('/').pop());
    const command = /^ExecStart=(.*)$/m.exec(readFileSync(installed, 'utf8'))?.[1].split(' ') ?? [];
    const named = command.filter((word) => word.startsWith('/'));
    assert.ok(named.length > 0, `${unit} starts something`);
    for (const path of named) assert.ok(existsSync(join(place, path)), `${unit} names ${path}`);
  }
  for (const path of [
    'usr/bin/tyndau',
    'usr/lib/sysusers.d/tyndau.conf',
    'usr/lib/tmpfiles.d/tyndau.conf',
    'usr/share/doc/tyndau/README.md',
    'usr/share/doc/tyndau/examples/nginx/tyndau.conf',
    'usr/share/tyndau',
  ]) {
    assert.ok(existsSync(join(place, path)), path);
  }
  const configuration = statSync(join(place, 'etc/tyndau/tyndau.toml'));
  assert.equal(configuration.mode & 0o777, 0o640, 'a password may stand in it');
});

test('the Debian package depends on what build.txt names for run time, and on what makes its users', () => {
  const listed = read('scripts/packages/build.txt').split('# at run time\n')[1].trim().split('\n');
  const depends = /set\(run_time_packages ([^)]*)\)/.exec(read('scripts/cmake/package.cmake'))?.[1].split(/\s+/) ?? [];
  assert.ok(listed.length > 10);
  assert.deepEqual(depends.sort(), [...listed, 'systemd'].sort());
});

test('each unit has a user of its own, of one group, and folders that the other cannot take away', () => {
  const [media, session] = ['media', 'session'].map((name) => read(`systemd/tyndau-${name}.service`));
  const value = (unit, key) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];
  const users = read('systemd/tyndau.sysusers');
  for (const [unit, name] of [
    [media, 'tyndau-media'],
    [session, 'tyndau-session'],
  ]) {
    assert.equal(value(unit, 'User'), name);
    assert.equal(value(unit, 'Group'), 'tyndau');
    assert.match(users, new RegExp(`^u ${name} -:tyndau `, 'm'));
  }
  assert.match(users, /^g tyndau /m);
  assert.match(read('systemd/tyndau.tmpfiles'), /^d \/var\/lib\/tyndau 0750 tyndau-session tyndau /m);
  // systemd gives all that is in a StateDirectory to the unit's user: this one only what it writes, that one nothing.
  assert.equal(value(media, 'StateDirectory'), 'tyndau/media');
  assert.equal(value(media, 'RuntimeDirectory'), 'tyndau');
  assert.doesNotMatch(session, /^(State|Runtime)Directory=/m);
  assert.equal(value(session, 'ReadWritePaths'), '/var/lib/tyndau');
  // The relay's secret comes to session alone.
  assert.equal(value(session, 'LoadCredential'), 'turn_secret:/etc/tyndau/turn_secret');
  assert.doesNotMatch(media, /Credential/);
});

test('systemd finds each unit locked down: an exposure of 1.5 at most', () => {
  for (const unit of files('systemd', /\.service$/)) {
    const words = ['security', '--offline=true', '--threshold=15', '--no-pager', join(root, unit)];
    const said = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    assert.equal(said.status, 0, `${said.stdout}\n${said.stderr}`);
    assert.match(said.stdout, /Overall exposure level for tyndau-\S+: [01]\.\d/);
  }
});

test('units are ordered, not bound, and watched', () => {
  for (const unit of files('systemd', /\.service$/)) {
    const text = read(unit);
    assert.doesNotMatch(text, /^(BindsTo|PartOf|Requires)=/m, unit);
    assert.match(text, /^Type=notify$/m, unit);
    assert.match(text, /^WatchdogSec=/m, unit);
    assert.match(text, /^Restart=always$/m, unit);
  }
  assert.match(read('systemd/tyndau-session.service'), /^After=.*tyndau-media\.service/m);
});

test('the programmes write only where the configuration sample points', () => {
  const sample = read('config/tyndau.toml');
  assert.match(sample, /^directory = "\/var\/lib\/tyndau"$/m);
  assert.match(sample, /^runtime_directory = "\/run\/tyndau"$/m);
});

test('systemd finds nothing wrong with the units', () => {
  const tree = mkdtempSync(join(tmpdir(), 'tyndau-units-'));
  try {
    const units = join(tree, 'usr/lib/systemd/system');
    execFileSync('mkdir', ['-p', units, join(tree, 'usr/bin')]);
    execFileSync('cp', ['-r', '/usr/lib/systemd/system/.', units]);
    for (const unit of files('systemd', /\.service$/)) execFileSync('cp', [join(root, unit), units]);
    for (const name of ['tyndau-media', 'tyndau-session', 'chown'])
      execFileSync('install', ['-m', '755', '/bin/true', join(tree, 'usr/bin', name)]);
    // What it ignores it says without failing.
    const words = ['verify', `--root=${tree}`, 'tyndau-media.service', 'tyndau-session.service'];
    const { stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    assert.deepEqual(
      stderr.split('\n').filter((line) => line.includes('tyndau')),
      [],
    );
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
});
