/**
 * The contingent vote (Queensland 1892): whoever has more than half of the first preferences is elected; else all
 * options but the two with the most are excluded at once, and each ballot counts for the one of the two that it ranks
 * higher. Ballots that rank neither are non-transferable.
 */
import { sortPapers, weight } from "./papers.js";
import { Sheet } from "./sheet.js";

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks, its seat one
 */
export async function contingentVote(contest) {
  const sheet = new Sheet(contest);
  const first = tally(contest, contest.options);
  sheet.endStage("first-preferences", first.votes);
  const leader = contest.options.find((option) => 2 * (first.votes.get(option) ?? 0) > contest.valid);
  if (leader) {
    await sheet.elect([leader], 1);
    return sheet;
  }
  const finalists = await sheet.foremost(contest.options, 2, "finalist");
  const last = tally(contest, finalists);
  /** @type {Map<number, number>} */
  const transferred = new Map();
  for (const option of finalists) {
    const gain = (last.votes.get(option) ?? 0) - (first.votes.get(option) ?? 0);
    if (gain) transferred.set(option, gain);
  }
  sheet.endStage("runoff", last.votes, { transferred, nonTransferable: last.without });
  await sheet.elect([await sheet.highest(finalists, "seat")], 1);
  return sheet;
}

/**
 * Each ballot's vote for the option that it ranks highest of these.
 *
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest @param {number[]} options
 */
function tally(contest, options) {
  const { parcels, without } = sortPapers(contest.papers, new Set(options));
  return { votes: new Map([...parcels].map(([option, parcel]) => [option, weight(parcel)])), without };
}
