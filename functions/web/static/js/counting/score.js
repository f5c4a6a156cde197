/**
 * Score voting (Smith 2000, with totals): each ballot scores options, and those with the highest totals win the seats.
 * An option that a ballot does not score gets nothing from it.
 */
import { add } from "./figures.js";
import { Sheet } from "./sheet.js";

/** @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest  its ballots are scores */
export async function score(contest) {
  const sheet = new Sheet(contest);
  sheet.endStage("scores", totals(contest));
  await sheet.electMost();
  return sheet;
}

/**
 * The points of every option that some ballot scores.
 * @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest
 * @returns {Map<number, number>}
 */
export function totals(contest) {
  /** @type {Map<number, number>} */
  const points = new Map();
  for (const [ballot, number] of contest.papers) {
    for (const [option, given] of ballot) add(points, option, given * number);
  }
  return points;
}
