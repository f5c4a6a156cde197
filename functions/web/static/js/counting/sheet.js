/** What a rule counts, and the sheet on which it accounts for every stage. */
import { inVotes } from "./figures.js";
import { decide } from "./ties.js";

/**
 * A contest ready to count, whose ballots are of the kind B.
 * @template {import("./papers.js").Ballot} [B=import("./papers.js").Ballot]
 * @typedef {object} Contest
 * @property {string} id  enters the lot only
 * @property {number} size  how many options it has, withdrawn ones among them
 * @property {number[]} options  the numbers, from 1, of those that are not withdrawn
 * @property {number} seats
 * @property {import("./papers.js").Paper<B>[]} papers  none of them blank, and at least one
 * @property {number} valid  how many ballots the papers stand for
 * @property {"lot" | "previous-stages"} tie
 * @property {Uint8Array} seed  of the lot
 * @property {boolean} motion  equal votes elect nobody, and no lot is drawn
 */

/**
 * The sheet that a rule fills: one stage after the other, and who is elected by the stage's figures.
 *
 * Figures are in units, as Numbers or BigInts. They are written down as strings of `decimals` decimals; `unit` units
 * are a vote, and a unit is the last decimal where a rule does not say otherwise.
 *
 * @template {import("./papers.js").Ballot} [B=import("./papers.js").Ballot]
 */
export class Sheet {
  /** In order of election. @type {number[]} */
  winners = [];
  /**
   * As in the account; some actions have members of their own.
   * @type {{stage: number, action: string, votes: string[], transferred: {to: number, votes: string}[],
   *   non_transferable: string, rounding: string, elected: number[], excluded: number[], option?: number,
   *   smith?: number[]}[]}
   */
  stages = [];
  /** As in the account. @type {import("./ties.js").Tie[]} */
  ties = [];
  /** The votes in units at the end of each stage, by option number less one. @type {bigint[][]} */
  figures = [];

  /** @param {Contest<B>} contest @param {{decimals?: number, unit?: bigint, quota?: bigint}} [settings] */
  constructor(contest, { decimals = 0, unit = 10n ** BigInt(decimals), quota = 0n } = {}) {
    this.contest = contest;
    this.decimals = decimals;
    this.unit = unit;
    this.quota = quota;
  }

  /** Units as they stand in the account. @param {number | bigint} units */
  inVotes(units) {
    return inVotes(BigInt(units), this.decimals, this.unit);
  }

  /**
   * Record a stage.
   * @param {string} action  what made it
   * @param {Map<number, number | bigint>} votes  at its end; an option that is missing has none
   * @param {{option?: number, transferred?: Map<number, number | bigint>, nonTransferable?: number | bigint,
   *   rounding?: number | bigint, [other: string]: unknown}} [more]
   *   option: whose papers were transferred. transferred: to whom. nonTransferable, rounding: since the count began.
   *   Anything else stands in the account as it is given.
   */
  endStage(action, votes, more = {}) {
    const { option = 0, transferred = new Map(), nonTransferable = 0, rounding = 0, ...others } = more;
    const units = Array.from({ length: this.contest.size }, (_, index) => BigInt(votes.get(index + 1) ?? 0));
    this.figures.push(units);
    this.stages.push({
      stage: this.figures.length,
      action,
      votes: units.map((figure) => this.inVotes(figure)),
      transferred: [...transferred]
        .sort(([one], [other]) => one - other)
        .map(([to, figure]) => ({ to, votes: this.inVotes(figure) })),
      non_transferable: this.inVotes(nonTransferable),
      rounding: this.inVotes(rounding),
      elected: [],
      excluded: action === "exclusion" ? [option] : [],
      ...(option ? { option } : {}),
      ...others,
    });
  }

  /**
   * Elect at most so many of the options at the latest stage, by their votes there, the most first.
   * @param {Iterable<number>} options
   * @param {number} seats
   */
  async elect(options, seats) {
    const left = new Set(options);
    /** @type {number[]} */
    const elected = [];
    while (left.size && elected.length < seats) {
      const equal = this.#best(left);
      const free = seats - elected.length;
      if (this.contest.motion && equal.length > free) break;
      const decides = equal.length > free ? "seat" : "election-order";
      elected.push(...(await this.#order(equal, decides, Math.min(free, equal.length))).slice(0, free));
      equal.forEach((option) => left.delete(option));
    }
    this.winners.push(...elected);
    this.latest.elected = elected;
  }

  /** The stage that was recorded last. There is one. */
  get latest() {
    return this.stages[this.stages.length - 1];
  }

  /** Elect whoever has the most votes to all seats, but nobody without any. */
  async electMost() {
    await this.elect(this.contest.options.filter((option) => this.#votes(option)), this.contest.seats);
  }

  /**
   * The option with the most votes at the latest stage; of equal ones, at one of `back` stages before.
   * @param {Iterable<number>} options @param {import("./ties.js").Deciding} decides @param {number} [back]
   */
  async highest(options, decides, back = Infinity) {
    return (await this.#order(this.#best(options), decides, 1, back))[0];
  }

  /**
   * At most so many options with the most votes at the latest stage, the most first.
   * @param {Iterable<number>} options @param {number} places
   * @param {import("./ties.js").Deciding} decides  who of equal ones
   */
  async foremost(options, places, decides) {
    const left = new Set(options);
    /** @type {number[]} */
    const found = [];
    while (left.size && found.length < places) {
      const equal = this.#best(left);
      const free = places - found.length;
      found.push(...(equal.length > free ? (await this.#order(equal, decides, free)).slice(0, free) : equal));
      equal.forEach((option) => left.delete(option));
    }
    return found;
  }

  /**
   * The option with the fewest votes at the latest stage; up to `within` units more are as few.
   * @param {Iterable<number>} options @param {import("./ties.js").Deciding} decides @param {bigint} [within]
   */
  async lowest(options, decides, within = 0n) {
    const all = [...options];
    const fewest = all.map((option) => this.#votes(option)).reduce((one, other) => (other < one ? other : one));
    const tied = all.filter((option) => this.#votes(option) <= fewest + within);
    return (await this.#order(tied, decides, tied.length - 1))[tied.length - 1];
  }

  /** @param {number} option */
  #votes(option) {
    return this.figures[this.figures.length - 1][option - 1];
  }

  /** @param {Iterable<number>} options */
  #best(options) {
    const all = [...options];
    const most = all.map((option) => this.#votes(option)).reduce((one, other) => (other > one ? other : one));
    return all.filter((option) => this.#votes(option) === most);
  }

  /**
   * Equal options, best first; a tie between two or more is put on the sheet.
   *
   * @param {number[]} equal @param {import("./ties.js").Deciding} decides @param {number} places
   * @param {number} [back] @returns {Promise<number[]>}
   */
  async #order(equal, decides, places, back = Infinity) {
    if (equal.length === 1) return equal;
    const earlier = this.figures.slice(0, -1).reverse().slice(0, back);
    const decided = await decide(this.contest, this.figures.length, earlier, equal, decides, places);
    this.ties.push(decided);
    return decided.order;
  }
}
