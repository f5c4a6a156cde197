/**
 * The Tideman alternative method (Tideman 2006, "alternative Smith"): options outside the Smith set are struck; if more
 * than one is left, the one with the fewest first preferences among them is struck too, and so on with the Smith set of
 * the rest.
 */
import { compare, smithSet } from "./pairwise.js";
import { sortPapers, weight } from "./papers.js";

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks, its seat one
 */
export async function tidemanAlternative(contest) {
  const { sheet, beats } = compare(contest);
  let left = smithSet(contest.options, beats);
  while (left.length > 1) {
    const { parcels, without } = sortPapers(contest.papers, new Set(left));
    const votes = new Map([...parcels].map(([option, parcel]) => [option, weight(parcel)]));
    sheet.endStage("first-preferences", votes, { nonTransferable: without, smith: left });
    const last = await sheet.lowest(left, "exclusion");
    sheet.latest.excluded = [last];
    left = smithSet(left.filter((option) => option !== last), beats);
  }
  await sheet.elect(left, 1);
  return sheet;
}
