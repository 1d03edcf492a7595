// Reads the wall time that the synthetic chamber paints into each picture (media/sources/CLOCK.md), in a page.

/** For page.addInitScript(): gives the page `paintedClock(video)`, the painted time in ms, or null where none can be read. */
export function installPaintedClock() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  window.paintedClock = (video) => {
    context.drawImage(video, 0, 0, 640, 360);
    const row = context.getImageData(0, 15, 640, 1).data;
    const bit = (i) => (row[4 * Math.floor((i + 0.5) * 10) + 1] > 128 ? 1 : 0);
    const number = (from, count) => {
      let value = 0;
      for (let i = from; i < from + count; i += 1) value = value * 2 + bit(i);
      return value;
    };
    if (number(0, 4) !== 0b1010 || number(60, 4) !== 0b0101) return null;
    let check = 0;
    for (let i = 4; i < 52; i += 8) check ^= number(i, 8);
    return check === number(52, 8) ? number(4, 48) : null;
  };
}
