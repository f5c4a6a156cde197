/**
 * The Condorcet report (Condorcet 1785): the one seat goes to the option that more ballots prefer to each other one
 * than the other way round. Without such an option it stays vacant, and nothing is put to lot.
 */
import { compare } from "./pairwise.js";

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks; its seat is one */
export async function condorcet(contest) {
  const { sheet } = compare(contest);
  const { smith = [] } = sheet.latest;
  if (smith.length === 1) await sheet.elect(smith, 1);
  return sheet;
}
