/**
 * Ranked pairs (Tideman 1987): majorities are locked in from the largest margin down, unless one contradicts those
 * before it. An option is above those that it reaches by locked majorities; the seats are filled from the top.
 *
 * Equal majorities (Zavist and Tideman 1989) only matter where not all of them can be locked. Then the lot ranks the
 * options that they are about, and of two such majorities the one whose winner ranks higher comes first, or, with the
 * same winner, the one whose loser ranks lower.
 */
import { under } from "./figures.js";
import { below, compare } from "./pairwise.js";
import { draw, tie } from "./ties.js";

/** @typedef {{winner: number, loser: number, votes: number, against: number}} Majority */

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks */
export async function rankedPairs(contest) {
  const { sheet, matrix, beats } = compare(contest);
  /** By how much they win. @type {Map<number, Majority[]>} */
  const equal = new Map();
  for (const winner of contest.options) {
    for (const loser of contest.options.filter((other) => beats(winner, other))) {
      const [votes, against] = [matrix[winner - 1][loser - 1], matrix[loser - 1][winner - 1]];
      const group = equal.get(votes - against) ?? [];
      equal.set(votes - against, [...group, { winner, loser, votes, against }]);
    }
  }
  const locks = new Locks(contest.options);
  /** @type {(Majority & {locked: boolean})[]} */
  const majorities = [];
  for (const margin of [...equal.keys()].sort((one, other) => other - one)) {
    const ordered = await inOrder(sheet, locks, under(equal, margin));
    majorities.push(...ordered.map((majority) => ({ ...majority, locked: locks.lock(majority) })));
  }
  sheet.endStage("locking", below(contest.options, (one, other) => locks.holds(one, other)), { majorities });
  await sheet.elect(contest.options, contest.seats);
  return sheet;
}

/**
 * Equal majorities in the order in which they are looked at; a lot, where it matters, is put on the sheet.
 *
 * @param {import("./sheet.js").Sheet} sheet @param {Locks} locks @param {Majority[]} equal
 * @returns {Promise<Majority[]>}
 */
async function inOrder(sheet, locks, equal) {
  const possible = equal.filter(({ winner, loser }) => !locks.holds(loser, winner));
  const trial = locks.copy();
  if (possible.every((majority) => trial.lock(majority))) return equal;
  const options = new Set(possible.flatMap(({ winner, loser }) => [winner, loser]));
  const order = await draw(sheet.contest, 1, options);
  sheet.ties.push(tie(1, "majority", options, "lot", order));
  // Majorities about other options cannot be locked any more: they come last, in the order of listing.
  /** @param {Majority} majority */
  const place = ({ winner, loser }) =>
    options.has(winner) && options.has(loser)
      ? [order.indexOf(winner), -order.indexOf(loser)]
      : [order.length, 0];
  return [...equal].sort((one, other) => place(one)[0] - place(other)[0] || place(one)[1] - place(other)[1]);
}

/** Which options each option reaches by the majorities locked in. */
class Locks {
  /** @param {number[]} options */
  constructor(options) {
    /** Bit by option number. @type {Map<number, bigint>} */
    this.reach = new Map(options.map((option) => [option, 0n]));
  }

  copy() {
    const same = new Locks([]);
    same.reach = new Map(this.reach);
    return same;
  }

  /** @param {number} one @param {number} other */
  holds(one, other) {
    return Boolean((under(this.reach, one) >> BigInt(other)) & 1n);
  }

  /**
   * Lock a majority in, unless it contradicts those before; say which.
   *
   * @param {{winner: number, loser: number}} majority
   */
  lock({ winner, loser }) {
    if (this.holds(loser, winner)) return false;
    const gained = under(this.reach, loser) | (1n << BigInt(loser));
    for (const [option, reached] of this.reach) {
      if (option === winner || this.holds(option, winner)) this.reach.set(option, reached | gained);
    }
    return true;
  }
}
