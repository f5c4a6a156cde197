/**
 * Proportional approval voting (Thiele 1895), exactly and one seat after the other. A ballot of which r approved
 * options are elected is satisfied to 1 + 1/2 + … + 1/r.
 *
 * `proportional-approval` compares all committees of as many options as there are seats, and elects the one with the
 * highest total satisfaction. Of equally good ones, the lot of stage 1 ranks the options that are in some of them only,
 * and the committee with the first, then the second … of these is taken. `sequential-proportional-approval` gives seat
 * after seat to the option that adds most.
 *
 * Options without a single approval are never elected. The unit is the largest part that measures
 * every division of a vote. In the stage `committee` an elected option has its share of each of its ballots, divided by
 * the number of elected options on it, and any other option what it would add.
 */
import { add, leastCommonMultiple, under } from "./figures.js";
import { Sheet } from "./sheet.js";
import { draw, tie } from "./ties.js";

const DECIMALS = 6;

/** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest  its ballots are choices */
export async function proportionalApproval(contest) {
  const committees = new Committees(contest);
  const { sheet } = committees;
  sheet.endStage("votes", committees.shares([]));
  const elected = await drawn(sheet, committees.best());
  sheet.endStage("committee", committees.shares(elected));
  await sheet.elect(elected, elected.length);
  return sheet;
}

/** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest  its ballots are choices */
export async function sequentialProportionalApproval(contest) {
  const committees = new Committees(contest);
  const { sheet } = committees;
  while (sheet.winners.length < committees.seats) {
    const additions = committees.shares(sheet.winners);
    sheet.winners.forEach((option) => additions.delete(option));
    sheet.endStage("addition", additions);
    await sheet.elect([await sheet.highest(additions.keys(), "seat")], 1);
  }
  return sheet;
}

class Committees {
  /** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest */
  constructor(contest) {
    // Divided among seats + 1 at most: an option that is not elected is told as if it came to those that are.
    const largest = Math.min(contest.seats + 1, contest.size);
    const unit = leastCommonMultiple(Array.from({ length: largest }, (_, index) => index + 1));
    this.sheet = new Sheet(contest, { decimals: DECIMALS, unit });
    this.ballots = contest.papers.map(([approved, number]) => ({ approved, number, chosen: 0 }));
    /**
     * The ballots that approve each option, without the options that nobody approves.
     * @type {Map<number, typeof this.ballots>}
     */
    this.approving = new Map();
    for (const option of contest.options) {
      const ballots = this.ballots.filter(({ approved }) => approved.includes(option));
      if (ballots.length) this.approving.set(option, ballots);
    }
    this.seats = Math.min(contest.seats, this.approving.size);
  }

  /**
   * What each option has of its ballots, divided among the elected ones on them; others as if they came to them.
   *
   * @param {number[]} elected @returns {Map<number, bigint>}
   */
  shares(elected) {
    /** @type {Map<number, bigint>} */
    const shares = new Map();
    for (const { approved, number } of this.ballots) {
      const chosen = approved.filter((option) => elected.includes(option)).length;
      const share = this.#part(chosen) * BigInt(number);
      const addition = this.#part(chosen + 1) * BigInt(number);
      for (const option of approved) add(shares, option, elected.includes(option) ? share : addition);
    }
    return shares;
  }

  /** The committees that satisfy the ballots most. @returns {number[][]} */
  best() {
    let most = 0n;
    /** @type {number[][]} */
    let best = [];
    /** @param {number[]} committee @param {number[]} rest @param {bigint} satisfaction @returns {void} */
    const complete = (committee, rest, satisfaction) => {
      if (committee.length === this.seats) {
        if (satisfaction > most) [most, best] = [satisfaction, []];
        if (satisfaction === most) best.push(committee);
        return;
      }
      for (let index = 0; index <= rest.length - (this.seats - committee.length); index += 1) {
        const option = rest[index];
        const satisfied = satisfaction + this.#addition(option);
        for (const ballot of under(this.approving, option)) ballot.chosen += 1;
        complete([...committee, option], rest.slice(index + 1), satisfied);
        for (const ballot of under(this.approving, option)) ballot.chosen -= 1;
      }
    };
    complete([], [...this.approving.keys()], 0n);
    return best;
  }

  /** What an option adds to those chosen. @param {number} option */
  #addition(option) {
    /** @type {number[]} */
    const ballots = new Array(this.seats).fill(0);
    for (const { chosen, number } of under(this.approving, option)) ballots[chosen] += number;
    return ballots.reduce((sum, number, chosen) => sum + BigInt(number) * this.#part(chosen + 1), 0n);
  }

  /** A vote divided among so many options; among none it is not asked for. @param {number} options */
  #part(options) {
    return options ? this.sheet.unit / BigInt(options) : 0n;
  }
}

/**
 * The one committee, or that of the equally good ones which the lot prefers; a lot is put on the sheet.
 *
 * @param {Sheet} sheet @param {number[][]} committees
 */
async function drawn(sheet, committees) {
  /** @param {number} option @returns {(committee: number[]) => boolean} */
  const has = (option) => (committee) => committee.includes(option);
  const { contest } = sheet;
  const open = contest.options.filter((option) => committees.some(has(option)) && !committees.every(has(option)));
  if (!open.length) return committees[0];
  const order = await draw(contest, 1, open);
  sheet.ties.push(tie(1, "seat", open, "lot", order));
  let left = committees;
  for (const option of order) {
    const preferred = left.filter(has(option));
    if (preferred.length) left = preferred;
  }
  return left[0];
}
