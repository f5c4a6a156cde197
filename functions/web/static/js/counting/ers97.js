/**
 * ERS97: the single transferable vote by the rules of the Electoral Reform Society of 1997.
 *
 * Source: Newland and Britton, "How to conduct an election by the Single Transferable Vote" (3rd edition, 1997), sections
 * 5 and 6. Values are units of 10^-2 votes.
 *
 * - Quota (5.1.6): valid ballots divided by seats + 1, the next hundredth. Papers that become non-transferable while
 *   nobody is elected are left out of it (5.4.8).
 * - Election: after the first stage and after each batch, the most votes first, whoever has at least the active vote
 *   divided by the free seats + 1; that is never more than the quota. Too many with equal votes: those elected whom the
 *   earliest point at which they differ puts above the rest, and nobody of those equal at all (5.6.2).
 * - Surplus (5.3): the last batch of papers only; those with a next preference share it, cut off after two decimals,
 *   none above its present value.
 * - A surplus waits (5.2.2) where as many options with the fewest votes can be excluded whatever becomes of it.
 * - Exclusion (5.2.5, 5.4): as many as possible together; batch after batch, the highest value first.
 * - End (4.3, 5.5): with all seats filled nothing is transferred; no more options than seats are all elected, and an
 *   exclusion that would leave as many is not made.
 *
 * Ties by "previous-stages": the earliest point at which the tied differ, a point being the end of a batch; then lot.
 */
import { add, under } from "./figures.js";
import { sortPapers, weight } from "./papers.js";
import { Sheet } from "./sheet.js";
import { decide } from "./ties.js";

const DECIMALS = 2;
const VOTE = 100n;

/** @typedef {import("./papers.js").Paper<import("./papers.js").Options>} Paper */
/** @typedef {import("./ties.js").Deciding} Deciding */

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks
 */
export const ers97 = (contest) => new Ers97(contest).run();

class Ers97 {
  /** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest */
  constructor(contest) {
    this.contest = contest;
    this.sheet = new Sheet(contest, { decimals: DECIMALS });
    this.continuing = new Set(contest.options);
    this.votes = new Map(contest.options.map((option) => [option, 0n]));
    /** Of each option the batches that it received, in order. @type {Map<number, {value: bigint, papers: Paper[]}[]>} */
    this.batches = new Map(contest.options.map((option) => [option, []]));
    /** The votes at each point, by option number less one. @type {bigint[][]} */
    this.points = [];
    /** Elected options whose surplus was not transferred. @type {Set<number>} */
    this.waiting = new Set();
    /** Who was elected at this stage. @type {number[]} */
    this.elected = [];
    this.stage = 1;
    this.nonTransferable = 0n;
    this.rounding = 0n;
    this.quota = 0n;
  }

  get free() {
    return this.contest.seats - this.sheet.winners.length;
  }

  /** Count; the sheet is the account. */
  async run() {
    this.#handOn(VOTE, this.contest.papers);
    this.#setQuota();
    await this.#endBatch();
    this.#endStage("first-preferences");
    while (this.free > 0 && this.continuing.size) await this.#next();
    this.sheet.quota = this.quota;
    return this.sheet;
  }

  async #next() {
    if (this.continuing.size <= this.free) {
      await this.#electLast([...this.continuing]);
      return;
    }
    const surplus = this.#waitingVotes();
    const number = this.#excludable(surplus);
    if (surplus && !number) {
      await this.#transferSurplus();
      return;
    }
    const { out, left } = await this.#divide(number);
    await (left.length > this.free ? this.#exclude(out) : this.#electLast(left));
  }

  #setQuota() {
    const divisor = BigInt(this.contest.seats + 1);
    this.quota = (BigInt(this.contest.valid) * VOTE - this.nonTransferable + divisor - 1n) / divisor;
  }

  #waitingVotes() {
    return [...this.waiting].reduce((sum, option) => sum + under(this.votes, option) - this.quota, 0n);
  }

  /** Whether so many votes are enough for a seat. @param {bigint} votes */
  #enough(votes) {
    const winners = new Set(this.sheet.winners);
    let active = this.#waitingVotes();
    for (const [option, held] of this.votes) if (!winners.has(option)) active += held;
    return votes * BigInt(this.free + 1) >= active;
  }

  /**
   * Give papers, each at this value, to their next available preferences.
   * @param {bigint} value @param {Paper[]} papers
   * @returns {Map<number, bigint>} units received
   */
  #handOn(value, papers) {
    const { parcels, without } = sortPapers(papers, this.continuing);
    const received = new Map();
    for (const [option, parcel] of parcels) {
      const units = BigInt(weight(parcel)) * value;
      received.set(option, units);
      add(this.votes, option, units);
      under(this.batches, option).push({ value, papers: parcel });
    }
    this.nonTransferable += BigInt(without) * value;
    return received;
  }

  /** A point of the count: elect whoever has enough votes. */
  async #endBatch() {
    this.points.push(Array.from({ length: this.contest.size }, (_, index) => this.votes.get(index + 1) ?? 0n));
    while (this.free > 0 && this.continuing.size) {
      const [most] = this.#groups(this.continuing).slice(-1);
      if (!this.#enough(under(this.votes, most[0]))) return;
      if (most.length > this.free) {
        await this.#electSeparated(most);
        return;
      }
      this.#elect(await this.#order(most, "election-order", most.length));
    }
  }

  /** @param {number[]} equal  more than there are seats */
  async #electSeparated(equal) {
    if (this.contest.tie === "lot") return;
    const tie = await decide(this.contest, this.stage, this.points, equal, "seat", this.free);
    const outside = tie.order[this.free];
    const able = tie.order
      .slice(0, this.free)
      .filter((option) => this.points.some((votes) => votes[option - 1] !== votes[outside - 1]));
    if (!able.length) return;
    this.sheet.ties.push({ ...tie, by: "previous-stages" });
    this.#elect(able);
  }

  /** @param {number[]} options */
  #elect(options) {
    this.elected.push(...options);
    this.sheet.winners.push(...options);
    for (const option of options) {
      this.continuing.delete(option);
      if (under(this.votes, option) > this.quota) this.waiting.add(option);
    }
  }

  /** Elect all of them at the latest stage, the most votes first. @param {number[]} options */
  async #electLast(options) {
    for (const equal of this.#groups(options).reverse())
      this.#elect(await this.#order(equal, "election-order", equal.length));
    this.sheet.latest.elected = this.elected;
  }

  /** Options by their votes, the fewest first; equal ones together. @param {Iterable<number>} options */
  #groups(options) {
    /** @type {Map<bigint, number[]>} */
    const groups = new Map();
    for (const option of options) {
      const votes = under(this.votes, option);
      groups.set(votes, [...(groups.get(votes) ?? []), option]);
    }
    return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
  }

  /** How many with the fewest votes may be excluded together, whatever becomes of the surplus. @param {bigint} surplus */
  #excludable(surplus) {
    const ascending = this.#groups(this.continuing).flatMap((group) => group.map((option) => under(this.votes, option)));
    let together = surplus;
    let most = 0;
    for (let number = 1; number <= ascending.length - this.free; number++) {
      together += ascending[number - 1];
      if (together <= ascending[number]) most = number;
    }
    return most;
  }

  /** So many with the fewest votes, and the rest. @param {number} number */
  async #divide(number) {
    /** @type {number[]} */
    const out = [];
    for (const equal of this.#groups(this.continuing)) {
      const wanted = number - out.length;
      if (wanted <= 0) break;
      const all = wanted >= equal.length;
      const fewest = all ? equal : (await this.#order(equal, "exclusion", equal.length - wanted)).slice(-wanted);
      out.push(...fewest);
    }
    return { out, left: [...this.continuing].filter((option) => !out.includes(option)) };
  }

  async #transferSurplus() {
    const [largest] = this.#groups(this.waiting).slice(-1);
    const [option] = await this.#order(largest, "surplus", 1);
    this.#beginStage();
    this.waiting.delete(option);
    const surplus = under(this.votes, option) - this.quota;
    const [{ value, papers }] = under(this.batches, option).slice(-1);
    const transferable = BigInt(weight(papers) - sortPapers(papers, this.continuing).without);
    const shared = transferable * value > surplus;
    const before = this.nonTransferable;
    const received = this.#handOn(shared ? surplus / transferable : value, papers);
    const left = [...received.values()].reduce((rest, units) => rest - units, surplus);
    this.nonTransferable = before + (shared ? 0n : left);
    this.rounding += shared ? left : 0n;
    this.votes.set(option, this.quota);
    await this.#endBatch();
    this.#endStage("surplus", [option], received);
  }

  /** @param {number[]} options */
  async #exclude(options) {
    this.#beginStage();
    for (const option of options) this.continuing.delete(option);
    /** @type {Map<bigint, Paper[]>} */
    const batches = new Map();
    for (const option of options)
      for (const { value, papers } of under(this.batches, option))
        batches.set(value, [...(batches.get(value) ?? []), ...papers]);
    /** @type {Map<number, bigint>} */
    const transferred = new Map();
    for (const [value, papers] of [...batches].sort(([one], [other]) => (one > other ? -1 : 1))) {
      for (const option of options)
        for (const batch of under(this.batches, option))
          if (batch.value === value) add(this.votes, option, -BigInt(weight(batch.papers)) * value);
      for (const [option, units] of this.#handOn(value, papers)) add(transferred, option, units);
      if (!this.sheet.winners.length) this.#setQuota();
      await this.#endBatch();
      if (this.free <= 0) break;
    }
    this.#endStage("exclusion", options, transferred);
  }

  /**
   * Options with equal votes, best first; a tie between two or more is put on the sheet.
   * @param {number[]} equal @param {Deciding} decides @param {number} places
   */
  async #order(equal, decides, places) {
    if (equal.length === 1) return equal;
    const tie = await decide(this.contest, this.stage, this.points, equal, decides, places);
    this.sheet.ties.push(tie);
    return tie.order;
  }

  #beginStage() {
    this.stage++;
    this.elected = [];
  }

  /** @param {string} action @param {number[]} options @param {Map<number, bigint>} [transferred] */
  #endStage(action, options = [], transferred = new Map()) {
    const { nonTransferable, rounding, elected } = this;
    this.sheet.endStage(action, this.votes, {
      ...(options.length === 1 ? { option: options[0] } : {}),
      transferred,
      nonTransferable,
      rounding,
      elected,
      excluded: action === "exclusion" ? [...options].sort((one, other) => one - other) : [],
      ...(this.quota ? { quota: this.sheet.inVotes(this.quota) } : {}),
    });
  }
}
