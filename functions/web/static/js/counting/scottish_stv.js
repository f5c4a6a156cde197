/**
 * Scottish STV: the single transferable vote of Scottish council elections.
 *
 * Source: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46 to 53. Values are units
 * of 10^-5 votes.
 *
 * - Quota (47): valid ballots divided by seats + 1, the fraction dropped, plus one.
 * - Election (48): whoever has the quota at the end of a stage.
 * - Surplus (49, 50): the largest first, one per stage. All papers of the option go on, each at surplus × its value
 *   when received ÷ the option's votes, cut off after five decimals per paper; `rounding` is what the cut loses.
 * - Exclusion (51): when no surplus is left, the option with the fewest votes; its papers go on at the value at which
 *   it received them.
 * - Last vacancies (53): when no more options continue than seats are vacant, all of them are elected.
 */
import { add } from "./figures.js";
import { sortPapers, weight } from "./papers.js";
import { Sheet } from "./sheet.js";

const DECIMALS = 5;
const VOTE = 10n ** BigInt(DECIMALS);

/** @param {import("./sheet.js").Contest} contest  its ballots are rankings without equal ranks */
export async function scottishStv(contest) {
  const count = new ScottishStv(contest);
  await count.run();
  return count.sheet;
}

class ScottishStv {
  constructor(contest) {
    this.quota = (BigInt(contest.valid) / BigInt(contest.seats + 1) + 1n) * VOTE;
    this.sheet = new Sheet(contest, { decimals: DECIMALS, quota: this.quota });
    this.vacancies = contest.seats;
    this.continuing = new Set(contest.options);
    this.surpluses = new Set();
    this.votes = new Map(contest.options.map((option) => [option, 0n]));
    /** Of each option, its parcels: papers that it received together, and the value of each. */
    this.piles = new Map(contest.options.map((option) => [option, []]));
    this.nonTransferable = 0n;
    this.rounding = 0n;
  }

  async run() {
    this.#transfer([{ value: VOTE, papers: this.sheet.contest.papers }]);
    this.sheet.endStage("first-preferences", this.votes);
    while (await this.#elect()) {
      if (this.surpluses.size) this.#transferSurplus(await this.sheet.highest(this.surpluses, "surplus"));
      else this.#exclude(await this.sheet.lowest(this.continuing, "exclusion"));
    }
  }

  /** Elect by quota and to the last vacancies; say if the count goes on. */
  async #elect() {
    const last = this.continuing.size <= this.vacancies;
    const elected = [...this.continuing].filter((option) => last || this.votes.get(option) >= this.quota);
    await this.sheet.elect(elected, this.vacancies);
    for (const option of elected) {
      this.continuing.delete(option);
      if (this.votes.get(option) > this.quota) this.surpluses.add(option);
    }
    this.vacancies -= elected.length;
    return this.vacancies > 0 && this.continuing.size > 0;
  }

  #transferSurplus(option) {
    const votes = this.votes.get(option);
    const surplus = votes - this.quota;
    const parcels = this.piles.get(option);
    const reduced = parcels.map(({ value, papers }) => ({ value: (surplus * value) / votes, papers }));
    const { received, without } = this.#transfer(reduced);
    this.surpluses.delete(option);
    this.votes.set(option, this.quota);
    this.rounding += [...received.values()].reduce((left, units) => left - units, surplus - without);
    this.#endStage("surplus", option, received);
  }

  #exclude(option) {
    this.continuing.delete(option);
    const { received } = this.#transfer(this.piles.get(option));
    this.votes.set(option, 0n);
    this.#endStage("exclusion", option, received);
  }

  /** Give papers, each at its parcel's value, to their next available preferences; units received, and those lost. */
  #transfer(parcels) {
    const received = new Map();
    let without = 0n;
    for (const { value, papers } of parcels) {
      const sorted = sortPapers(papers, this.continuing);
      for (const [option, parcel] of sorted.parcels) {
        const units = BigInt(weight(parcel)) * value;
        add(received, option, units);
        add(this.votes, option, units);
        this.piles.get(option).push({ value, papers: parcel });
      }
      without += BigInt(sorted.without) * value;
    }
    this.nonTransferable += without;
    return { received, without };
  }

  #endStage(action, option, transferred) {
    const { nonTransferable, rounding } = this;
    this.sheet.endStage(action, this.votes, { option, transferred, nonTransferable, rounding });
  }
}
