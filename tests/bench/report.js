// What all benchmarks share: rows, quantiles and a table.
/**
 * @typedef {{what: string, value?: number, unit?: string, beside?: string, aim?: string, met?: boolean}} Row
 *   beside: what the same run measured of something that others made; met: whether the aim is met
 */

/** @param {number[]} values @param {number} q 0..1 */
export function quantile(values, q) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

/** A row with an aim: `least` or `most` of the value. */
export function aimed(what, value, unit, { most, least, beside } = {}) {
  const aim = most !== undefined ? `<= ${most}` : least !== undefined ? `>= ${least}` : undefined;
  const met = most !== undefined ? value <= most : least !== undefined ? value >= least : undefined;
  return { what, value, unit, aim, met, beside };
}

const number = (value) =>
  value === undefined
    ? ''
    : !Number.isFinite(value)
      ? String(value)
      : Math.abs(value) >= 100
        ? value.toFixed(0)
        : Math.abs(value) >= 10
          ? value.toFixed(1)
          : value.toFixed(3);

/** @param {(Row & {bench: string})[]} rows */
export function table(rows) {
  const lines = [['', 'what', 'measured', 'aim', '', 'beside']];
  for (const row of rows) {
    const met = row.met === undefined ? '' : row.met ? 'met' : 'MISSED';
    lines.push([
      row.bench,
      row.what,
      `${number(row.value)} ${row.unit ?? ''}`.trim(),
      row.aim ?? '',
      met,
      row.beside ?? '',
    ]);
  }
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const seconds = (count) => new Promise((done) => setTimeout(done, count * 1000));
