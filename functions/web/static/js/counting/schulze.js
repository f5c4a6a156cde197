/**
 * The Schulze method (Schulze 2011, winning votes): one option beats another with as many votes as ballots prefer it,
 * if that is more than prefer the other. A path is as strong as its weakest majority, and an option is above another
 * if its strongest path there is stronger than the strongest path back. The seats are filled from the top of this
 * order.
 */
import { below, compare } from "./pairwise.js";

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks */
export async function schulze(contest) {
  const { sheet, matrix } = compare(contest);
  const path = strongestPaths(matrix);
  const order = below(contest.options, (one, other) => path[one - 1][other - 1] > path[other - 1][one - 1]);
  sheet.endStage("strongest-paths", order, { matrix: path });
  await sheet.elect(contest.options, contest.seats);
  return sheet;
}

/**
 * The strength of the strongest path from the row's option to the column's, 0 if there is none.
 *
 * @param {number[][]} matrix
 */
function strongestPaths(matrix) {
  const path = matrix.map((row, i) => row.map((votes, j) => (votes > matrix[j][i] ? votes : 0)));
  for (const between of path.keys()) {
    for (const [from, row] of path.entries()) {
      for (const to of path.keys()) {
        if (from !== to) row[to] = Math.max(row[to], Math.min(row[between], path[between][to]));
      }
    }
  }
  return path;
}
