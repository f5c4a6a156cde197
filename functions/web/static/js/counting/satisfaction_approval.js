/**
 * Satisfaction approval voting (Brams and Kilgour 2010): a ballot's one vote is divided equally among the options it
 * approves, and the highest sums win. The unit is the smallest part into which every ballot's vote can be divided.
 */
import { add, leastCommonMultiple } from "./figures.js";
import { Sheet } from "./sheet.js";

const DECIMALS = 6;

/** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest  its ballots are choices */
export async function satisfactionApproval(contest) {
  const unit = leastCommonMultiple(new Set(contest.papers.map(([ballot]) => ballot.length)));
  /** @type {Map<number, bigint>} */
  const votes = new Map();
  for (const [ballot, number] of contest.papers) {
    const share = (unit / BigInt(ballot.length)) * BigInt(number);
    for (const option of ballot) add(votes, option, share);
  }
  const sheet = new Sheet(contest, { decimals: DECIMALS, unit });
  sheet.endStage("votes", votes);
  await sheet.electMost();
  return sheet;
}
