// Giving up on what does not come. AbortSignal.timeout() would do, but browsers that people still have (Safari 15) are without it.

/**
 * What `act` gives. Its signal is aborted when that takes longer.
 * @template T
 * @param {number} ms @param {(signal: AbortSignal) => Promise<T>} act
 */
export async function within(ms, act) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
