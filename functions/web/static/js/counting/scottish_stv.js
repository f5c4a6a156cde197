/**
 * Scottish STV: the single transferable vote of Scottish council elections.
 *
 * Source: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46 to 53. Values are units
 * of 10^-5 votes.
 *
 * - Quota (47): valid ballots divided by seats + 1, the fraction dropped, plus one.
 * - Election (48): whoever has the quota at the end of a stage.
 * - Surplus (49, 50): the largest first, one per stage. All papers of the option go on, each at surplus × its value
 *   when received ÷ the option's votes, cut off after five decimals per paper; `rounding` is what the cut loses.
 * - Exclusion (51): when no surplus is left, the option with the fewest votes; its papers go on at the value at which
 *   it received them.
 * - Last vacancies (53): when no more options continue than seats are vacant, all of them are elected.
 */
import { Gregory } from "./gregory.js";

const DECIMALS = 5;

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks
 */
export function scottishStv(contest) {
  const quota = (BigInt(contest.valid) / BigInt(contest.seats + 1) + 1n) * 10n ** BigInt(DECIMALS);
  /** @param {bigint} value @param {bigint} surplus @param {bigint} votes */
  const reduce = (value, surplus, votes) => (surplus * value) / votes;
  return new Gregory(contest, { decimals: DECIMALS, quota, reduce }).run();
}
