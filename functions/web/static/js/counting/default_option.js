/**
 * A default option, which every other option has to beat: one that is not preferred to it by more ballots than the other
 * way round is dropped, and the method counts as if there had never been such an option (docs/counting.md).
 */
import { gather, ranks, strike } from "./papers.js";

/**
 * @param {import("./sheet.js").Contest} contest  its ballots are rankings
 * @param {number} option  the default one
 * @returns {{contest: import("./sheet.js").Contest, told: AgainstDefault}} without the options that were dropped
 *
 * votes, against: per option, the ballots that prefer it to the default option, and the other way round.
 * @typedef {{option: number, votes: number[], against: number[], dropped: number[]}} AgainstDefault
 */
export function dropUnbeaten(contest, option) {
  const votes = new Array(contest.size).fill(0);
  const against = new Array(contest.size).fill(0);
  const others = contest.options.filter((other) => other !== option);
  for (const [ballot, number] of contest.papers) {
    const places = new Map(ranks(ballot).flatMap((rank, at) => rank.map((ranked) => [ranked, at])));
    const own = places.get(option) ?? Infinity;
    for (const other of others) {
      const place = places.get(other) ?? Infinity;
      if (place < own) votes[other - 1] += number;
      if (place > own) against[other - 1] += number;
    }
  }
  const dropped = others.filter((other) => votes[other - 1] <= against[other - 1]);
  const told = { option, votes, against, dropped };
  if (!dropped.length) return { contest, told };
  const left = gather(strike(contest.papers, new Set(dropped), false)).filter(([ballot]) => ballot.length);
  const standing = contest.options.filter((other) => !dropped.includes(other));
  return { contest: { ...contest, options: standing, papers: left }, told };
}
