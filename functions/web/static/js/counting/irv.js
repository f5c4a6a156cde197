/**
 * Instant-runoff voting: one seat, rankings, exclusion until one option has more votes than all others together.
 *
 * Source: Parliamentary Voting System and Constituencies Act 2011, section 9. The option with the fewest votes is
 * excluded, one at a time, and each of its ballots goes to the next option on it that remains; ballots without one are
 * non-transferable.
 */
import { add, total, under } from "./figures.js";
import { sortPapers, weight } from "./papers.js";
import { Sheet } from "./sheet.js";

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks, its seat one
 */
export async function irv(contest) {
  const sheet = new Sheet(contest);
  const continuing = new Set(contest.options);
  const { parcels: piles } = sortPapers(contest.papers, continuing);
  const votes = new Map([...piles].map(([option, pile]) => [option, weight(pile)]));
  const leaders = () => [...votes.keys()].filter((option) => 2 * under(votes, option) > total(votes));
  let nonTransferable = 0;
  sheet.endStage("first-preferences", votes);
  while (!leaders().length) {
    const last = await sheet.lowest(continuing, "exclusion");
    continuing.delete(last);
    votes.delete(last);
    const { parcels, without } = sortPapers(piles.get(last) ?? [], continuing);
    const transferred = new Map([...parcels].map(([option, parcel]) => [option, weight(parcel)]));
    for (const [option, parcel] of parcels) {
      piles.set(option, [...(piles.get(option) ?? []), ...parcel]);
      add(votes, option, under(transferred, option));
    }
    nonTransferable += without;
    sheet.endStage("exclusion", votes, { option: last, transferred, nonTransferable });
  }
  await sheet.elect(leaders(), 1);
  return sheet;
}
