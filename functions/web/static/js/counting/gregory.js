/**
 * The weighted inclusive Gregory method: whoever has the quota is elected; surpluses go on one by one, the largest
 * first, all papers of the option each at a part of its value, and `rounding` is what the arithmetic cuts off; without
 * a surplus the option with the fewest votes is excluded, and its papers go on at the value at which it received them.
 * When no more options continue than seats are vacant, all of them are elected.
 */
import { add, under } from "./figures.js";
import { sortPapers, weight } from "./papers.js";
import { Sheet } from "./sheet.js";

/** @typedef {{value: bigint, papers: import("./papers.js").Paper<import("./papers.js").Options>[]}} Parcel */

export class Gregory {
  /**
   * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
   *   its ballots are rankings without equal ranks
   * @param {object} rule
   * @param {number} rule.decimals
   * @param {bigint} rule.quota  in units of the last decimal, as all that follows
   * @param {(value: bigint, surplus: bigint, votes: bigint) => bigint} rule.reduce  what a paper is worth after a
   *   transfer of the surplus of an option with so many votes
   */
  constructor(contest, { decimals, quota, reduce }) {
    this.quota = quota;
    this.vote = 10n ** BigInt(decimals);
    this.reduce = reduce;
    this.sheet = new Sheet(contest, { decimals, quota });
    this.vacancies = contest.seats;
    this.continuing = new Set(contest.options);
    this.surpluses = new Set();
    this.votes = new Map(contest.options.map((option) => [option, 0n]));
    /**
     * Of each option, its parcels: papers that it received together, and the value of each.
     * @type {Map<number, Parcel[]>}
     */
    this.piles = new Map(contest.options.map((option) => [option, []]));
    this.nonTransferable = 0n;
    this.rounding = 0n;
  }

  /** Count; the sheet is the account. */
  async run() {
    this.#transfer([{ value: this.vote, papers: this.sheet.contest.papers }]);
    this.sheet.endStage("first-preferences", this.votes);
    while (await this.#elect()) {
      if (this.surpluses.size) this.#transferSurplus(await this.sheet.highest(this.surpluses, "surplus"));
      else this.#exclude(await this.sheet.lowest(this.continuing, "exclusion"));
    }
    return this.sheet;
  }

  /** Elect by quota and to the last vacancies; say if the count goes on. */
  async #elect() {
    const last = this.continuing.size <= this.vacancies;
    const elected = [...this.continuing].filter((option) => last || under(this.votes, option) >= this.quota);
    await this.sheet.elect(elected, this.vacancies);
    for (const option of elected) {
      this.continuing.delete(option);
      if (under(this.votes, option) > this.quota) this.surpluses.add(option);
    }
    this.vacancies -= elected.length;
    return this.vacancies > 0 && this.continuing.size > 0;
  }

  /** @param {number} option */
  #transferSurplus(option) {
    const votes = under(this.votes, option);
    const surplus = votes - this.quota;
    const parcels = under(this.piles, option);
    const reduced = parcels.map(({ value, papers }) => ({ value: this.reduce(value, surplus, votes), papers }));
    const { received, without } = this.#transfer(reduced);
    this.surpluses.delete(option);
    this.votes.set(option, this.quota);
    this.rounding += [...received.values()].reduce((left, units) => left - units, surplus - without);
    this.#endStage("surplus", option, received);
  }

  /** @param {number} option */
  #exclude(option) {
    this.continuing.delete(option);
    const { received } = this.#transfer(under(this.piles, option));
    this.votes.set(option, 0n);
    this.#endStage("exclusion", option, received);
  }

  /**
   * Give papers, each at its parcel's value, to their next available preferences; units received, and those lost.
   *
   * @param {Parcel[]} parcels
   */
  #transfer(parcels) {
    /** @type {Map<number, bigint>} */
    const received = new Map();
    let without = 0n;
    for (const { value, papers } of parcels) {
      const sorted = sortPapers(papers, this.continuing);
      for (const [option, parcel] of sorted.parcels) {
        const units = BigInt(weight(parcel)) * value;
        add(received, option, units);
        add(this.votes, option, units);
        under(this.piles, option).push({ value, papers: parcel });
      }
      without += BigInt(sorted.without) * value;
    }
    this.nonTransferable += without;
    return { received, without };
  }

  /** @param {string} action @param {number} option @param {Map<number, bigint>} transferred */
  #endStage(action, option, transferred) {
    const { nonTransferable, rounding } = this;
    this.sheet.endStage(action, this.votes, { option, transferred, nonTransferable, rounding });
  }
}
