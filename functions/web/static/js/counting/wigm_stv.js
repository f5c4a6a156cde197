/**
 * Reference WIGM of the PR Foundation: the single transferable vote by the weighted inclusive Gregory method. Values are
 * units of 10^-4 votes.
 *
 * - Quota: valid ballots divided by seats + 1, cut off after four decimals, plus 0.0001.
 * - Surplus: each paper's value times the surplus, then divided by the option's votes, both cut off after four decimals.
 *
 * The option with the largest surplus goes first; a surplus of nothing is no stage.
 */
import { Gregory } from "./gregory.js";

const DECIMALS = 4;
const VOTE = 10n ** BigInt(DECIMALS);

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks
 */
export function wigmStv(contest) {
  const quota = (BigInt(contest.valid) * VOTE) / BigInt(contest.seats + 1) + 1n;
  /** @param {bigint} value @param {bigint} surplus @param {bigint} votes */
  const reduce = (value, surplus, votes) => (((value * surplus) / VOTE) * VOTE) / votes;
  return new Gregory(contest, { decimals: DECIMALS, quota, reduce }).run();
}
