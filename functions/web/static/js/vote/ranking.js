/**
 * A ranking while it is made: an array of ranks, best first, each an array of the options that share it.
 *
 * Every function answers a new ranking and leaves the old one as it was. No option stands twice, no rank is empty.
 *
 * @typedef {number[][]} Ranking
 */

/** A ranking of a choice as `protocol/plaintext.js` has it. @param {(number | number[])[]} choice @returns {Ranking} */
export const ofChoice = (choice) => choice.map((rank) => [rank].flat());

/** The inverse of `ofChoice`. @param {Ranking} ranking */
export const toChoice = (ranking) =>
  ranking.map((rank) => (rank.length > 1 ? [...rank].sort((one, other) => one - other) : rank[0]));

/** The index of an option's rank; -1 without one. @param {Ranking} ranking @param {number} option */
export const rankOf = (ranking, option) => ranking.findIndex((rank) => rank.includes(option));

/** Whether it stands below another one in the same rank. @param {Ranking} ranking @param {number} option */
export const isTied = (ranking, option) => ranking[rankOf(ranking, option)][0] !== option;

/** @param {Ranking} ranking @param {number} option @returns {Ranking} */
export const without = (ranking, option) =>
  ranking.map((rank) => rank.filter((other) => other !== option)).filter((rank) => rank.length);

/** With the option last, in a rank of its own. @param {Ranking} ranking @param {number} option @returns {Ranking} */
export const add = (ranking, option) => [...without(ranking, option), [option]];

/**
 * The option one rank better (`by` -1) or worse (1), in a rank of its own: out of a rank that it shared, to its side.
 *
 * @param {Ranking} ranking @param {number} option @param {number} by @returns {Ranking}
 */
export function move(ranking, option, by) {
  const [at, rest] = [rankOf(ranking, option), without(ranking, option)];
  const shared = ranking[at].length > 1;
  const to = shared ? at + Math.max(by, 0) : Math.min(Math.max(at + by, 0), rest.length);
  return [...rest.slice(0, to), [option], ...rest.slice(to)];
}

/**
 * Into the rank above, or out of the rank that it shares with one above, into its own.
 *
 * @param {Ranking} ranking @param {number} option @returns {Ranking}
 */
export function toggleTied(ranking, option) {
  const [at, rest] = [rankOf(ranking, option), without(ranking, option)];
  if (isTied(ranking, option)) return [...rest.slice(0, at + 1), [option], ...rest.slice(at + 1)];
  if (at === 0) return ranking;
  return rest.map((rank, index) => (index === at - 1 ? [...rank, option] : rank));
}

/**
 * The option in the place of `target`: pulled up it stands right before it, pulled down right behind. A target without a
 * rank gives none: an option without one too comes last, another stays where it is.
 *
 * @param {Ranking} ranking @param {number} option @param {number} target @returns {Ranking}
 */
export function takePlace(ranking, option, target) {
  const [from, to] = [rankOf(ranking, option), rankOf(ranking, target)];
  if (to < 0 || option === target) return from < 0 ? add(ranking, option) : ranking;
  const rest = without(ranking, option);
  const at = rankOf(rest, target) + Number(from >= 0 && from < to);
  return [...rest.slice(0, at), [option], ...rest.slice(at)];
}
