/**
 * STAR voting (Equal Vote Coalition): of the two options with the highest totals, the one that more ballots score
 * higher. Several seats (Bloc STAR): scores and runoff again for each, without the options already elected. An option
 * without a single point is no finalist; where only one with points is left, it wins without a runoff.
 *
 * Ties under "previous-stages": for a place in the runoff, the tied are compared head to head among each other, those
 * who lost the most comparisons drop out, and so on; a last lot. In the runoff, the higher total, then lot.
 */
import { under } from "./figures.js";
import { totals } from "./score.js";
import { Sheet } from "./sheet.js";
import { draw, tie } from "./ties.js";

/** @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest  its ballots are scores */
export async function star(contest) {
  const sheet = new Sheet(contest);
  const points = new Map([...totals(contest)].filter(([, total]) => total));
  while (points.size && sheet.winners.length < contest.seats) {
    sheet.endStage("scores", points);
    if (points.size > 1) await runoff(sheet, await finalists(sheet, points));
    else await sheet.elect(points.keys(), 1);
    points.delete(sheet.winners[sheet.winners.length - 1]);
  }
  return sheet;
}

/** @param {Sheet<import("./papers.js").Scores>} sheet @param {number[]} finalists */
async function runoff(sheet, [one, other]) {
  const prefer = comparisons(sheet.contest, [one, other]);
  const votes = new Map([
    [one, prefer(one, other)],
    [other, prefer(other, one)],
  ]);
  const without = sheet.contest.valid - prefer(one, other) - prefer(other, one);
  sheet.endStage("runoff", votes, { nonTransferable: without });
  await sheet.elect([await sheet.highest([one, other], "seat", 1)], 1);
}

/** @param {Sheet<import("./papers.js").Scores>} sheet @param {Map<number, number>} points @returns {Promise<number[]>} */
async function finalists(sheet, points) {
  const second = [...points.values()].sort((one, other) => other - one)[1];
  const ahead = [...points.keys()].filter((option) => under(points, option) > second);
  const tied = [...points.keys()].filter((option) => points.get(option) === second);
  const places = 2 - ahead.length;
  if (tied.length === places) return [...ahead, ...tied];
  const { contest } = sheet;
  const batches = contest.tie === "previous-stages" ? byLosses(contest, tied) : [tied];
  const stage = sheet.stages.length;
  /** @type {number[]} */
  const order = [];
  let separated = false;
  for (const batch of batches) {
    order.push(...(await draw(contest, stage, batch)));
    separated ||= order.length === places;
  }
  sheet.ties.push(tie(stage, "finalist", tied, separated ? "head-to-head" : "lot", order));
  return [...ahead, ...order.slice(0, places)];
}

/**
 * The tied in batches, best first: those with the most losses among the ones left drop out, again and again.
 *
 * @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest @param {number[]} tied @returns {number[][]}
 */
function byLosses(contest, tied) {
  const prefer = comparisons(contest, tied);
  const batches = [];
  for (let left = tied; left.length; ) {
    /** @param {number} one */
    const losses = (one) => left.filter((other) => prefer(one, other) < prefer(other, one)).length;
    const most = Math.max(...left.map(losses));
    const stay = left.filter((option) => losses(option) < most);
    batches.unshift(left.filter((option) => !stay.includes(option)));
    left = stay;
  }
  return batches;
}

/**
 * How many ballots score one of the options higher than another.
 *
 * @param {import("./sheet.js").Contest<import("./papers.js").Scores>} contest @param {number[]} options
 * @returns {(one: number, other: number) => number}
 */
function comparisons(contest, options) {
  /** @type {number[][]} */
  const matrix = options.map(() => new Array(options.length).fill(0));
  for (const [ballot, number] of contest.papers) {
    const given = new Map(ballot);
    const scores = options.map((option) => given.get(option) ?? 0);
    scores.forEach((one, row) => {
      scores.forEach((other, column) => {
        if (one > other) matrix[row][column] += number;
      });
    });
  }
  return (one, other) => matrix[options.indexOf(one)][options.indexOf(other)];
}
