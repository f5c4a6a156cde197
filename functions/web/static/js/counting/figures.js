/**
 * Exact figures. No count uses a fraction of JavaScript's own: parts of votes are BigInt multiples of a unit that the
 * rule names. Whole ballots and points are Numbers, exact up to 2^53, which no export can hold.
 */

/**
 * Add an amount to what a tally has under a key. Amounts of one tally are all Numbers or all BigInts.
 * @template K
 * @param {Map<K, number | bigint>} tally
 * @param {K} key
 * @param {number | bigint} amount
 */
export function add(tally, key, amount) {
  const before = tally.get(key);
  tally.set(key, before === undefined ? amount : before + amount);
}

/** The figures of a tally added up. @param {Map<unknown, number>} tally */
export const total = (tally) => [...tally.values()].reduce((sum, figure) => sum + figure, 0);

/**
 * Units as votes, cut off after so many decimals: `inVotes(13000041n, 5, 100000n)` is "130.00041".
 * @param {bigint} units  not negative
 * @param {number} decimals
 * @param {bigint} unit  so many of them are a vote
 */
export function inVotes(units, decimals, unit) {
  const digits = String((units * 10n ** BigInt(decimals)) / unit).padStart(decimals + 1, "0");
  return decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
}

/** The least common multiple of sizes, 1 of none. @param {Iterable<number>} sizes @returns {bigint} */
export function leastCommonMultiple(sizes) {
  let multiple = 1n;
  for (const size of sizes) multiple = (multiple / greatestCommonDivisor(multiple, BigInt(size))) * BigInt(size);
  return multiple;
}

function greatestCommonDivisor(one, other) {
  return other ? greatestCommonDivisor(other, one % other) : one;
}
