// What a process costs and holds.
import { readFileSync, readdirSync } from 'node:fs';

const ticksPerSecond = 100; // USER_HZ, on every Linux

/** CPU seconds that a process has used. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory that is the process's own, in bytes. */
export function memory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map((m) => Number(m[1]));
  return kilobytes.reduce((sum, k) => sum + k, 0) * 1024;
}

export const threads = (pid) => readdirSync(`/proc/${pid}/task`).length;
export const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;
