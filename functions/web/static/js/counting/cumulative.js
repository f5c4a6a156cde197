/**
 * Cumulative voting: each ballot divides some points among options, and those with the most points win the seats. How
 * many points a ballot may give in all was checked when it was read.
 */
import { totals } from "./score.js";
import { Sheet } from "./sheet.js";

/** @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest  its ballots are points */
export async function cumulative(contest) {
  const sheet = new Sheet(contest);
  sheet.endStage("points", totals(contest));
  await sheet.electMost();
  return sheet;
}
