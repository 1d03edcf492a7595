// The wall time in a picture as a row of 64 black and white blocks (media/sources/CLOCK.md), read and written, in a page and here.

/** The time in ms, or null where none can be read. @param {(i: number) => number} bit 1 where block i is white */
export function readClock(bit) {
  const number = (from, count) => {
    let value = 0;
    for (let i = from; i < from + count; i += 1) value = value * 2 + bit(i);
    return value;
  };
  if (number(0, 4) !== 0b1010 || number(60, 4) !== 0b0101) return null;
  let check = 0;
  for (let i = 4; i < 52; i += 8) check ^= number(i, 8);
  return check === number(52, 8) ? number(4, 48) : null;
}

/** The blocks that stand for a time, 1 for white. @param {number} ms since 1970 */
export function clockBlocks(ms) {
  const time = BigInt(ms), blocks = [1, 0, 1, 0];
  let check = 0;
  for (let i = 47; i >= 0; i -= 1) blocks.push(Number((time >> BigInt(i)) & 1n));
  for (let i = 0; i < 48; i += 8) check ^= Number((time >> BigInt(i)) & 255n);
  for (let i = 7; i >= 0; i -= 1) blocks.push((check >> i) & 1);
  blocks.push(0, 1, 0, 1);
  return blocks;
}

function install() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  window.paintedClock = (video) => {
    context.drawImage(video, 0, 0, 640, 360);
    const row = context.getImageData(0, 15, 640, 1).data;
    return readClock((i) => (row[4 * Math.floor((i + 0.5) * 10) + 1] > 128 ? 1 : 0));
  };
}

/** For page.addInitScript(): gives the page `paintedClock(video)`, the painted time in ms, or null where none can be read. */
export const installPaintedClock = { content: `(() => { ${readClock} (${install})(); })()` };
