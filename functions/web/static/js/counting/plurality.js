/**
 * Plurality and approval: each ballot gives one vote to each option it names, and the options with the most votes win
 * the seats. How many options a ballot may name is the contest's business (`max`), checked when ballots are opened.
 *
 * Plurality: Representation of the People Act 1983, schedule 1, rules 45 and 50. Approval: Brams and Fishburn 1978.
 */
import { add } from "./figures.js";
import { Sheet } from "./sheet.js";

/** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest  its ballots are choices */
export async function plurality(contest) {
  /** @type {Map<number, number>} */
  const votes = new Map();
  for (const [ballot, number] of contest.papers) {
    for (const option of ballot) add(votes, option, number);
  }
  const sheet = new Sheet(contest);
  sheet.endStage("votes", votes);
  await sheet.electMost();
  return sheet;
}
