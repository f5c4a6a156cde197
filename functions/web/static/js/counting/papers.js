/**
 * Ballots as the rules read them, equal ones together.
 *
 * A ballot is an array of option numbers (from 1, in the contest's order), by the kind of its rule:
 * - choice: the options named, as `[1, 4]`;
 * - ranked: in order of preference, as `[3, 1, 2]`; options ranked equally stand in an array of their own, as
 *   `[3, [1, 4], 2]`; options not ranked are equal to each other and below all that are;
 * - scores: pairs of option and score, as `[[1, 5], [4, 0]]`; points: pairs of option and points.
 *
 * The empty array is the blank ballot. Ballots that break a rule of their contest are spoilt and do not come here.
 *
 * @typedef {(number | number[])[]} Ballot
 * @typedef {number[]} Options  a choice, or a ranking without equal ranks
 * @typedef {[number, number][]} Scores
 */

/** @template {Ballot} [B=Ballot] @typedef {[B, number]} Paper  a ballot and how many voters cast it */

/**
 * Equal ballots together.
 * @template {Ballot} B
 * @param {Iterable<Paper<B>>} ballots  the same ballot may come any number of times
 * @returns {Paper<B>[]}
 */
export function gather(ballots) {
  /** @type {Map<string, Paper<B>>} */
  const papers = new Map();
  for (const [ballot, number] of ballots) {
    const spelled = JSON.stringify(ballot);
    const paper = papers.get(spelled);
    if (paper) paper[1] += number;
    else papers.set(spelled, [ballot, number]);
  }
  return [...papers.values()];
}

/**
 * Ballots without options that were withdrawn: what stood below them moves up. A ballot that is left with nothing is
 * blank.
 *
 * @param {Iterable<Paper>} ballots @param {ReadonlySet<number>} withdrawn @param {boolean} scored  pairs of option and number
 * @returns {Paper[]}
 */
export function strike(ballots, withdrawn, scored) {
  /** @param {Ballot} ballot @returns {Ballot} */
  const struck = (ballot) =>
    ranks(ballot)
      .map((rank) => rank.filter((option) => !withdrawn.has(option)))
      .filter((rank) => rank.length)
      .map((rank) => (rank.length > 1 ? rank : rank[0]));
  /** @param {Ballot} ballot @returns {Ballot} */
  const scores = (ballot) => ranks(ballot).filter(([option]) => !withdrawn.has(option));
  return [...ballots].map(([ballot, number]) => [scored ? scores(ballot) : struck(ballot), number]);
}

/** How many ballots the papers stand for. @param {Iterable<Paper>} papers */
export function weight(papers) {
  let ballots = 0;
  for (const [, number] of papers) ballots += number;
  return ballots;
}

/** The options at each rank of a ranking, best first. @param {Ballot} ballot @returns {number[][]} */
export const ranks = (ballot) => ballot.map((rank) => (Array.isArray(rank) ? rank : [rank]));

/**
 * Sort rankings by the next available preference: the first one for an option that continues.
 *
 * The search begins at the top of each paper, because an option that has stopped continuing never does so again.
 * @param {Iterable<Paper<Options>>} papers
 * @param {Set<number>} continuing
 * @returns {{parcels: Map<number, Paper<Options>[]>, without: number}} without: ballots that have no such preference
 */
export function sortPapers(papers, continuing) {
  /** @type {Map<number, Paper<Options>[]>} */
  const parcels = new Map();
  let without = 0;
  for (const paper of papers) {
    const next = paper[0].find((option) => continuing.has(option));
    const parcel = next === undefined ? undefined : parcels.get(next);
    if (next === undefined) without += paper[1];
    else if (parcel) parcel.push(paper);
    else parcels.set(next, [paper]);
  }
  return { parcels, without };
}
