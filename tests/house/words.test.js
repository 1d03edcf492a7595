// Words agree: configuration keys, messages, event kinds, translations.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { files, read, root } from './source.js';

/** Keys of a TOML text as "table.key", commented-out ones too would be an error: a sample sets every key. */
function tomlKeys(text) {
  const keys = new Set();
  let table = '';
  for (const line of text.split('\n')) {
    const header = /^\[\[?([a-z0-9_.]+)\]\]?$/.exec(line);
    if (header) keys.add((table = header[1]));
    const key = /^([a-z0-9_]+)\s*=/.exec(line);
    if (key) keys.add(`${table}.${key[1]}`);
  }
  return keys;
}

test('every configuration key that is read stands in the sample, and the other way round', () => {
  const source = read('media/base/config.cpp');
  const list = source.slice(source.indexOf('setters(Config& c)'));
  const known = new Set([...list.matchAll(/\{"([a-z_]+\.[a-z_]+)",/g)].map((m) => m[1]));
  assert.ok(known.size > 10);
  const renditionKeys = source.slice(source.indexOf('read_rendition('), source.indexOf('renditions('));
  for (const [, key] of renditionKeys.matchAll(/\{"([a-z_]+)",/g)) known.add(`programme.rendition.${key}`);
  const sample = tomlKeys(read('config/tyndau.toml'));
  const tables = new Set(['data', 'programme', 'web', 'webrtc']);
  assert.deepEqual(
    [...known].filter((key) => !sample.has(key)),
    [],
    'read, but not in config/tyndau.toml',
  );
  assert.deepEqual(
    [...sample].filter((key) => !known.has(key) && !tables.has(key)),
    [],
    'in config/tyndau.toml, but not read',
  );
});

/** The strings of a `static const std::vector<std::string> NAME = {...}` in a function. */
function listed(source, name) {
  const body = new RegExp(`${name}\\(\\) \\{[^{]*\\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/"([^"]+)"/g)].map((m) => m[1]);
}

/** The first cells of the tables of a page, and those behind them: `word` -> the rest of its row. */
function rows(page) {
  return new Map([...page.matchAll(/^\| `([a-z_.]+)` \| (.*) \|$/gm)].map(([, word, rest]) => [word, rest]));
}
const words = (text) => [...text.matchAll(/`([a-z_.]+)`/g)].map((m) => m[1]);
const sorted = (all) => [...new Set(all)].sort();

test('every message between the processes is described, and nothing else is', () => {
  const source = read('media/link/messages.cpp');
  const types = [...listed(source, 'command_types'), ...listed(source, 'fact_types')];
  assert.ok(types.length >= 14, 'the lists were found');
  assert.deepEqual(sorted(rows(read('media/link/PROTOCOL.md')).keys()), sorted(types));
});

test('every member inside a message is described by its name, and no other is', () => {
  const source = read('media/link/messages.cpp');
  const members = [
    ...[...source.matchAll(/\{"([a-z_]+)", [^}]/g)].map((m) => m[1]),
    ...[...source.matchAll(/json\["([a-z_]+)"\]/g)].map((m) => m[1]),
    ...[...source.matchAll(/(?:string|integer|number|boolean|object|array|_utc|_bilingual)\((?:\w+, )?"([a-z_]+)"/g)].map((m) => m[1]),
  ];
  const types = [...listed(source, 'command_types'), ...listed(source, 'fact_types')];
  const found = sorted(members).filter((word) => !types.includes(word));
  assert.ok(found.length > 40, 'the members were found');
  const page = read('media/link/PROTOCOL.md');
  // Members stand in the second cell of a row, and those of what is nested as `{"a", "b"?}`, in a line or two.
  const named = sorted([
    ...[...rows(page).values()].flatMap((rest) => words(rest.split(' | ')[0])),
    ...[...page.replaceAll('\n', ' ').matchAll(/`\{[^`]*\}`/g)].flatMap(([shape]) => [...shape.matchAll(/"([a-z_]+)"/g)].map((m) => m[1])),
    'type',
  ]);
  assert.deepEqual(named, found);
});

test('every code of a failed command is described, and no other is', () => {
  const sent = files('media', /\.cpp$/).flatMap((path) =>
    [...read(path).matchAll(/\bFailed\{[\w.]+, "([a-z_]+)"/g)].map((m) => m[1]),
  );
  const page = rows(read('media/link/PROTOCOL.md'));
  const told = [...page.values()].flatMap((rest) => words(/`failed`: (.*)/.exec(rest)?.[1] ?? ''));
  assert.ok(sorted(sent).length >= 6, 'the codes were found');
  assert.deepEqual(sorted(told), sorted(sent));
});

test('every state that a fact may tell is described, and no other is', () => {
  const page = rows(read('media/link/PROTOCOL.md'));
  const comments = read('media/link/messages.h');
  /** Of a member of a struct of messages.h: the words in quotes behind it. */
  const declared = (struct, member) => {
    const body = new RegExp(`struct ${struct} \\{([\\s\\S]*?)\\n\\};`).exec(comments)?.[1] ?? '';
    const comment = new RegExp(`${member};\\s*///< ([^\\n]*)`).exec(body)?.[1] ?? '';
    return [...comment.matchAll(/"([a-z]+)"/g)].map((m) => m[1]);
  };
  for (const [type, struct, member] of [
    ['source.state', 'SourceState', 'state'],
    ['disk.state', 'DiskState', 'state'],
    ['programme.state', 'ProgrammeState', 'pace'],
    ['peer.state', 'PeerState', 'line'],
  ]) {
    const states = declared(struct, member);
    assert.ok(states.length >= 2, `${struct} says its states`);
    const told = page.get(type).split(' | ').slice(1).join();
    assert.deepEqual(sorted(words(told).filter((word) => word !== member && !page.has(word))), sorted(states), type);
  }
});

/** What a person reads in a file: a page as a whole, of a source its comments. */
function prose(path) {
  const text = read(path);
  if (path.endsWith('.md')) return text;
  return [...text.matchAll(/(?:^|\s)(?:\/\/+<?|#|\*)\s(.*)$/gm)].map(([, comment]) => comment).join('\n');
}

test('every page and path that comments and pages name is there', () => {
  const folders = ['config', 'media', 'scripts', 'session', 'systemd', 'tests', 'web-assets'];
  const all = [...folders.flatMap((folder) => files(folder, /./)), ...readdirSync(root).filter((name) => /\.\w+$/.test(name))];
  // A file, its name without what stands behind the dot, each folder that it is in; a page also by the end of its path.
  const foldersOf = (path) => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'));
  const there = new Set(all.flatMap((path) => [path, path.replace(/\.\w+$/, ''), ...foldersOf(path)]));
  const isThere = (word, from) =>
    [word, normalize(join(dirname(from), word))].some((path) => there.has(path)) ||
    (word.endsWith('.md') && all.some((path) => path.endsWith(`/${word}`)));
  const written = /\.(cpp|h|js|css|md|tpl|toml|conf|service|cmake|txt|sh|sysusers|tmpfiles)$|^scripts\/[\w-]+$/;
  const named = new RegExp(`(?<![\\w/.:-])(?:(?:${folders.join('|')}|\\.\\.)/[\\w./-]*|[\\w./-]+\\.md\\b)`, 'g');
  const wrong = [];
  let seen = 0;
  for (const path of all.filter((name) => written.test(name))) {
    for (const [word] of prose(path).matchAll(named)) {
      seen += 1;
      if (!isThere(word.replace(/[./]+$/, ''), path)) wrong.push(`${path}: ${word}`);
    }
  }
  assert.ok(seen > 50, `${seen} were found`);
  assert.deepEqual(wrong, []);
});

test('every kind of event is described in JOURNAL.md, and every kind there is known', () => {
  const described = new Set([...read('session/journal/JOURNAL.md').matchAll(/`([a-z]+\.[a-z_]+)`/g)].map((m) => m[1]));
  described.delete('tyndau.db');
  const actions = new Set(
    [...read('session/meeting/rules.cpp').matchAll(/\{"([a-z]+\.[a-z]+|undo)",/g)].map((m) => m[1]),
  );
  assert.ok(actions.size >= 14, 'the actions were found');
  const dotted = (path) => [...read(path).matchAll(/"([a-z]+\.[a-z_]+)"/g)].map((m) => m[1]);
  const folded = dotted('session/meeting/state.cpp').filter((word) => !actions.has(word) || described.has(word));
  assert.ok(folded.length >= 20, 'the kinds were found');
  assert.deepEqual(
    [...new Set(folded)].filter((kind) => !described.has(kind)),
    [],
    'folded, but not described',
  );
  const written = new Set([...folded, ...files('session/secretariat', /\.cpp$/).flatMap(dotted)]);
  assert.deepEqual(
    [...described].filter((kind) => !written.has(kind)),
    [],
    'described, but nowhere in the code',
  );
});

function flatten(json, prefix = '', out = new Map()) {
  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'object' && value !== null) flatten(value, `${prefix}${key}.`, out);
    else out.set(prefix + key, value);
  }
  return out;
}

test('every locale has every key, with words behind it', () => {
  const languages = ['kk', 'ru', 'en'];
  const locales = new Map(languages.map((l) => [l, flatten(JSON.parse(read(`web-assets/locales/${l}.json`)))]));
  const all = new Set([...locales.values()].flatMap((locale) => [...locale.keys()]));
  const placeholders = (text) => [...new Set(String(text).match(/\{[a-z_]+\}/g) ?? [])].sort().join(' ');
  const wrong = [];
  for (const [language, locale] of locales) {
    for (const key of all) {
      const text = locale.get(key);
      if (typeof text !== 'string' || text.trim() === '') wrong.push(`${language}: ${key} has no words`);
      else if (
        !/_(one|few|many|other)$/.test(key) &&
        placeholders(text) !== placeholders(locales.get('kk')?.get(key))
      ) {
        wrong.push(`${language}: ${key} has other placeholders than kk`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('Kazakh is kk everywhere, never kz', () => {
  const pages = [
    ...files('web-assets', /\.(html|tpl|js|json|css)$/),
    ...files('session', /\.(cpp|h)$/),
    ...files('media', /\.(cpp|h)$/),
  ];
  const wrong = pages.filter((path) => /["'/](kz)["'/]|lang="?kz/.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('templates escape everything', () => {
  const wrong = [];
  for (const path of files('web-assets/templates', /./)) {
    for (const [i, line] of read(path).split('\n').entries())
      if (/\{\{[^}]*:none/.test(line)) wrong.push(`${path}:${i + 1}`);
  }
  assert.deepEqual(wrong, []);
});

test('no page, style or script refers to another origin', () => {
  // Names of XML dialects are not addresses that anything loads.
  const origins = /(?:https?:|wss?:)?\/\/(?!www\.w3\.org\/)[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi;
  const wrong = [];
  for (const path of files('web-assets', /\.(html|tpl|js|mjs|css|svg|json|webmanifest)$/)) {
    const text = /\.(js|mjs|css)$/.test(path)
      ? read(path).replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/ .*$/gm, '')
      : read(path);
    for (const [address] of text.matchAll(origins)) wrong.push(`${path}: ${address}`);
  }
  assert.deepEqual(wrong, []);
});
