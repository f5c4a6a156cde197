/**
 * Minimax (Simpson 1969, Kramer 1977): options in the order of their worst defeats by margin, the smallest first. The
 * seats are filled from the top of this order.
 */
import { compare } from "./pairwise.js";

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks */
export async function minimax(contest) {
  const { sheet, matrix } = compare(contest);
  const defeats = matrix.map((row, one) => Math.max(0, ...row.map((votes, other) => matrix[other][one] - votes)));
  /** @param {number} option */
  const larger = (option) => defeats.filter((defeat) => defeat > defeats[option - 1]).length;
  sheet.endStage("worst-defeats", new Map(contest.options.map((option) => [option, larger(option)])), { defeats });
  await sheet.elect(contest.options, contest.seats);
  return sheet;
}
