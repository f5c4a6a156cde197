/**
 * Majority judgment (Balinski and Laraki 2007, 2011): the highest middle grade wins. Grades are the scores of a ballot;
 * an option that a ballot does not grade has the lowest, 0. The middle grade is the lower of the two if their number is
 * even. Among options with the same one, it is taken away from each and the middle of the rest compared, and so on: the
 * sequence of these grades is the majority value, and the highest in the order of a dictionary is first.
 */
import { under } from "./figures.js";
import { Sheet } from "./sheet.js";

/** @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest  its ballots are scores */
export async function majorityJudgment(contest) {
  const { options, valid } = contest;
  const grades = gradesOf(contest);
  const values = new Map(options.map((option) => [option, majorityValue(grades[option - 1], valid)]));
  const sheet = new Sheet(contest);
  /** @param {(value: Uint8Array) => number} figure */
  const tally = (figure) => new Map(options.map((option) => [option, figure(under(values, option))]));
  sheet.endStage("grades", tally((value) => value[0]), { grades });
  sheet.endStage("majority-values", tally((value) => [...values.values()].filter((other) => isLower(other, value)).length));
  await sheet.elect(options, contest.seats);
  return sheet;
}

/**
 * Per option, how many ballots give it each grade, from 0 to the highest that any ballot gives.
 *
 * @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest @returns {number[][]}
 */
function gradesOf(contest) {
  const highest = contest.papers.reduce(
    (most, [ballot]) => ballot.reduce((higher, [, grade]) => Math.max(higher, grade), most),
    0,
  );
  /** @type {number[][]} */
  const grades = Array.from({ length: contest.size }, () => new Array(highest + 1).fill(0));
  for (const option of contest.options) grades[option - 1][0] = contest.valid;
  for (const [ballot, number] of contest.papers) {
    for (const [option, grade] of ballot) {
      grades[option - 1][0] -= number;
      grades[option - 1][grade] += number;
    }
  }
  return grades;
}

/**
 * All grades of an option, each the middle one of those that are left.
 *
 * @param {number[]} counts @param {number} ballots
 */
function majorityValue(counts, ballots) {
  const sorted = new Uint8Array(ballots);
  let end = 0;
  counts.forEach((number, grade) => sorted.fill(grade, end, (end += number)));
  const value = new Uint8Array(ballots);
  // What is left is sorted[..lower] and sorted[upper..]; its middle is the end of the first or the start of the second.
  let lower = (ballots - 1) >> 1;
  let upper = lower + 1;
  for (let place = 0; place < ballots; place += 1) {
    const middle = (ballots - place - 1) >> 1;
    if (middle <= lower) {
      value[place] = sorted[lower];
      lower -= 1;
    } else {
      value[place] = sorted[upper];
      upper += 1;
    }
  }
  return value;
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function isLower(one, other) {
  const differs = one.findIndex((grade, place) => grade !== other[place]);
  return differs >= 0 && one[differs] < other[differs];
}
