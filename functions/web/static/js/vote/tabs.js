/** One tab at a time (Web Locks): another one waits, says so, and goes on from what the first one has kept. */

/**
 * @template T @param {string} name @param {() => void} waiting called if another tab has it @param {() => Promise<T>} act
 * @returns {Promise<T>} what `act` answers
 */
export async function alone(name, waiting, act) {
  const first = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => lock && [await act()]);
  if (first) return first[0];
  waiting();
  return navigator.locks.request(name, act);
}
