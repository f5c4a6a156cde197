/**
 * Exact figures. No count uses a fraction of JavaScript's own: parts of votes are BigInt multiples of a unit that the
 * rule names. Whole ballots and points are Numbers, exact up to 2^53, which no export can hold.
 */

/**
 * Add an amount to what a tally has under a key. Amounts of one tally are all Numbers or all BigInts.
 * @template K
 * @template {number | bigint} V
 * @param {Map<K, V>} tally
 * @param {K} key
 * @param {V} amount
 */
export function add(tally, key, amount) {
  const before = tally.get(key);
  tally.set(key, before === undefined ? amount : sum(before, amount));
}

/**
 * Two amounts of one tally; to the types one of the two kinds stands for both.
 * @template {number | bigint} V
 * @param {V} one
 * @param {V} other
 * @returns {V}
 */
const sum = (one, other) => /** @type {V} */ (/** @type {number} */ (one) + /** @type {number} */ (other));

/**
 * What a tally, or any other map, has under a key that must be in it.
 * @template K
 * @template V
 * @param {Map<K, V>} tally
 * @param {K} key
 * @returns {V}
 */
export function under(tally, key) {
  const found = tally.get(key);
  if (found === undefined) throw new RangeError(`nothing under ${key}`);
  return found;
}

/** The figures of a tally added up. @param {Map<unknown, number>} tally */
export const total = (tally) => [...tally.values()].reduce(sum, 0);

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

/** @param {bigint} one @param {bigint} other @returns {bigint} */
function greatestCommonDivisor(one, other) {
  return other ? greatestCommonDivisor(other, one % other) : one;
}
