// The house as text: its files, includes and link lines, for the tests that check it.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../lib/house.js';

export { root };

/** Paths below `folder` (from the root) whose name matches. */
export function files(folder, pattern) {
  const found = [];
  const walk = (directory) => {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (pattern.test(name)) found.push(relative(root, path));
    }
  };
  walk(join(root, folder));
  return found.sort();
}

export const read = (path) => readFileSync(join(root, path), 'utf8');

/** The folder that a source file stands in: "session/meeting"; "session" for its main.cpp. */
export const roomOf = (path) => path.split('/').slice(0, -1).join('/');

/** What a file includes: {quoted: from the root, angled: from outside}. */
export function includes(path) {
  const text = read(path);
  return {
    quoted: [...text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map((m) => m[1]),
    angled: [...text.matchAll(/^\s*#\s*include\s+<([^>]+)>/gm)].map((m) => m[1]),
  };
}

/** C++ without comments, so that words in them are not taken for code. */
export const code = (path) =>
  read(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '');

/** The tyndau_room() lines: folder -> {doors, libraries}. */
export function rooms() {
  const found = new Map();
  for (const file of ['media/CMakeLists.txt', 'session/CMakeLists.txt']) {
    for (const [, body] of read(file).matchAll(/tyndau_room\(([^)]*)\)/g)) {
      const [folder, ...words] = body.split(/\s+/).filter(Boolean);
      const room = { doors: [], libraries: [] };
      let list = room.doors;
      for (const word of words) {
        if (word === 'DOORS') list = room.doors;
        else if (word === 'LIBRARIES' || word === 'PRIVATE_LIBRARIES') list = room.libraries;
        else list.push(list === room.doors ? word.replace('_', '/') : word);
      }
      found.set(folder, room);
    }
  }
  return found;
}
