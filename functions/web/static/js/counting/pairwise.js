/**
 * Options compared two by two: what the Condorcet rules start from.
 *
 * A ballot prefers one option to another if it ranks it higher, or ranks it and not the other. Between two options
 * that it ranks equally, or both not at all, it has no preference. A matrix has a row and a column for each option,
 * in order.
 */
import { ranks } from "./papers.js";
import { Sheet } from "./sheet.js";

/**
 * How many ballots prefer the row's option to the column's.
 * @param {import("./sheet.js").Contest} contest
 * @returns {number[][]}
 */
function preferences(contest) {
  const { size } = contest;
  /** @type {number[][]} */
  const matrix = Array.from({ length: size }, () => new Array(size).fill(0));
  /** @type {number[]} */
  const place = new Array(size);
  for (const [ballot, number] of contest.papers) {
    place.fill(Infinity);
    ranks(ballot).forEach((rank, at) => rank.forEach((option) => (place[option - 1] = at)));
    for (const option of ballot.flat()) {
      const row = matrix[option - 1];
      for (const other of contest.options) {
        if (place[option - 1] < place[other - 1]) row[other - 1] += number;
      }
    }
  }
  return matrix;
}

/**
 * A sheet whose first stage is the comparison of all pairs; its matrix; and whether one option beats another there.
 * @param {import("./sheet.js").Contest} contest
 * @returns {{sheet: Sheet, matrix: number[][], beats: (one: number, other: number) => boolean}}
 */
export function compare(contest) {
  const { options } = contest;
  const sheet = new Sheet(contest);
  const matrix = preferences(contest);
  /** @param {number} one @param {number} other */
  const beats = (one, other) => matrix[one - 1][other - 1] > matrix[other - 1][one - 1];
  const wins = new Map(options.map((one) => [one, options.filter((other) => beats(one, other)).length]));
  /** @param {number} one */
  const losesAll = (one) => options.length > 1 && options.every((other) => other === one || beats(other, one));
  const loser = options.find(losesAll);
  sheet.endStage("pairwise", wins, {
    matrix,
    smith: smithSet(options, beats),
    ...(loser ? { condorcet_loser: loser } : {}),
  });
  return { sheet, matrix, beats };
}

/**
 * The smallest set of these options each of which beats every one outside: a Condorcet winner alone, if there is one.
 *
 * Whoever wins the most comparisons is in it, for a member beats all outside, and nobody outside beats a member. And
 * with each member come those that it does not beat.
 * @param {number[]} options  in their order
 * @param {(one: number, other: number) => boolean} beats
 */
export function smithSet(options, beats) {
  /** @param {number} one */
  const wins = (one) => options.filter((other) => beats(one, other)).length;
  const most = Math.max(...options.map(wins));
  const members = new Set(options.filter((option) => wins(option) === most));
  for (const member of members) {
    options.filter((other) => !beats(member, other)).forEach((other) => members.add(other));
  }
  return options.filter((option) => members.has(option));
}

/**
 * How many options stand below each, in an order that has no circles. Level by level: those that no option left is
 * above are the next level, and equal to each other.
 * @param {number[]} options
 * @param {(one: number, other: number) => boolean} above
 * @returns {Map<number, number>}
 */
export function below(options, above) {
  /** @type {Map<number, number>} */
  const number = new Map();
  let left = options;
  while (left.length) {
    const level = left.filter((one) => !left.some((other) => above(other, one)));
    left = left.filter((option) => !level.includes(option));
    for (const option of level) number.set(option, left.length);
  }
  return number;
}
