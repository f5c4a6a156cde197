/**
 * The Borda count: points by rank, and the most points win. Two readings of ballots that do not rank every option.
 *
 * Tournament (`borda`; Borda 1784, Black 1976): a point for every option ranked below, half a point for every other one
 * ranked equally; options not ranked are equal to each other and below all that are.
 *
 * Modified (`modified-borda`; Emerson 2013): a ballot that ranks m options gives m, m-1, … 1 points and nothing to the
 * rest; options ranked equally share the points of their places.
 *
 * An option that no ballot ranks is never elected. The unit is half a point.
 */
import { add } from "./figures.js";
import { ranks } from "./papers.js";
import { Sheet } from "./sheet.js";

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks */
export async function borda(contest) {
  /** @type {Map<number, number>} */
  const halves = new Map();
  for (const [ballot, number] of contest.papers) {
    const ranked = ranks(ballot);
    const named = new Set(ranked.flat());
    let below = contest.options.length;
    for (const rank of [...ranked, contest.options.filter((option) => !named.has(option))]) {
      below -= rank.length;
      for (const option of rank) add(halves, option, (2 * below + rank.length - 1) * number);
    }
  }
  return mostPoints(contest, halves);
}

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks */
export async function modifiedBorda(contest) {
  /** @type {Map<number, number>} */
  const halves = new Map();
  for (const [ballot, number] of contest.papers) {
    const ranked = ranks(ballot);
    let places = ranked.flat().length;
    for (const rank of ranked) {
      // Places p, p-1, … p-k+1 are worth (2p-k+1)/2 points on the average of k options.
      for (const option of rank) add(halves, option, (2 * places - rank.length + 1) * number);
      places -= rank.length;
    }
  }
  return mostPoints(contest, halves);
}

/** @param {import("./sheet.js").Contest} contest @param {Map<number, number>} halves */
async function mostPoints(contest, halves) {
  const sheet = new Sheet(contest, { decimals: 1, unit: 2n });
  sheet.endStage("points", halves);
  await sheet.elect(new Set(contest.papers.flatMap(([ballot]) => ballot.flat())), contest.seats);
  return sheet;
}
