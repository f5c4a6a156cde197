/**
 * Meek STV: the single transferable vote in which every elected option keeps just the part of its votes that it needs.
 *
 * Source: Hill, Wichmann and Woodall, "Algorithm 123" (1987), in the exact arithmetic of the Proportional
 * Representation Foundation's "Reference Meek Rule": units of 10^-9 votes.
 *
 * - Keep factors: 1 for an option in the running, 0 for one excluded, and for one elected the part of every vote
 *   reaching it that it keeps. A ballot gives its first option that option's part, the next one its part of what is
 *   left, and so on; each part is rounded up. What is left at the end is non-transferable.
 * - Quota: the votes of all options divided by seats + 1, cut off, plus one unit.
 * - Election: whoever has the quota. Each keep factor of the elected is then multiplied by quota ÷ votes (both steps
 *   rounded up) and the ballots are distributed anew, until another option has the quota or the elected together have
 *   less than 10^-6 votes above it, or no longer get nearer to it.
 * - Exclusion: then the option with the fewest votes; options within the surplus still to be shared are tied. Its
 *   ballots count as if it had not been on them, from the next stage on.
 * - Equal ranks (Meek 1969, 1970): options ranked equally are as many ballots as there are orders of them, each worth the same
 *   part of a vote. What each gets by all orders together is cut off to a unit, so that equal options get the same.
 * - Last seats: when no more options are in the running than seats are free, all of them are elected.
 */
import { add, under } from "./figures.js";
import { ranks } from "./papers.js";
import { Sheet } from "./sheet.js";

const DECIMALS = 9;
const VOTE = 10n ** BigInt(DECIMALS);
const SETTLED = 10n ** BigInt(DECIMALS - 6);

/**
 * @param {import("./sheet.js").Contest} contest  its ballots are rankings, also with equal ranks
 */
export async function meekStv(contest) {
  const count = new MeekStv(contest);
  await count.run();
  return count.sheet;
}

class MeekStv {
  /** @param {import("./sheet.js").Contest} contest */
  constructor(contest) {
    this.sheet = new Sheet(contest, { decimals: DECIMALS });
    this.seats = contest.seats;
    this.running = new Set(contest.options);
    this.keep = new Map(contest.options.map((option) => [option, VOTE]));
    /** @type {Map<number, bigint>} */
    this.votes = new Map();
    this.nonTransferable = 0n;
  }

  /** Each turn of the loop is a stage, begun by the exclusion of an option or by the elections before. */
  async run() {
    let excluded = 0;
    for (;;) {
      const surplus = this.#distributeUntilSettled();
      const reached = this.#withQuota();
      this.#endStage(excluded);
      const last = this.running.size <= this.#free();
      const elected = last ? [...this.running] : reached;
      await this.sheet.elect(elected, this.#free());
      elected.forEach((option) => this.running.delete(option));
      if (!this.#free() || !this.running.size) break;
      excluded = elected.length ? 0 : await this.sheet.lowest(this.running, "exclusion", surplus);
      this.running.delete(excluded);
      if (excluded) this.keep.set(excluded, 0n);
    }
    this.sheet.quota = this.#quota();
  }

  #free() {
    return this.seats - this.sheet.winners.length;
  }

  #quota() {
    const votes = [...this.votes.values()].reduce((sum, units) => sum + units, 0n);
    return votes / BigInt(this.seats + 1) + 1n;
  }

  #withQuota() {
    const quota = this.#quota();
    return [...this.running].filter((option) => under(this.votes, option) >= quota);
  }

  /** Lower keep factors until the stage's end; the surplus that is then still to be shared. */
  #distributeUntilSettled() {
    const heads = this.#heads();
    for (let before; ; ) {
      this.#distribute(heads);
      const quota = this.#quota();
      const above = this.sheet.winners.reduce((sum, option) => sum + under(this.votes, option) - quota, 0n);
      const surplus = above > 0n ? above : 0n;
      const stuck = before !== undefined && surplus >= before;
      if (this.running.size <= this.#free() || this.#withQuota().length || surplus < SETTLED || stuck) return surplus;
      before = surplus;
      for (const option of this.sheet.winners) {
        const kept = divideUp(under(this.keep, option) * quota, VOTE);
        this.keep.set(option, divideUp(kept * VOTE, under(this.votes, option)));
      }
    }
  }

  /** @param {{head: number[][], number: bigint}[]} heads */
  #distribute(heads) {
    this.votes = new Map([...this.keep.keys()].map((option) => [option, 0n]));
    this.nonTransferable = 0n;
    for (const { head, number } of heads) {
      let left = VOTE;
      for (const rank of head) {
        const parts = rank.length > 1 ? this.#parts(rank, left) : [divideUp(left * under(this.keep, rank[0]), VOTE)];
        rank.forEach((option, index) => add(this.votes, option, parts[index] * number));
        left = parts.reduce((rest, part) => rest - part, left);
      }
      this.nonTransferable += left * number;
    }
  }

  /**
   * What each option of a rank gets of a vote that reaches it. In m! (n - 1 - m)! of the n! orders of the rank just m
   * certain options come before an option, and each of them lets through what it does not keep.
   *
   * @param {number[]} rank @param {bigint} vote
   */
  #parts(rank, vote) {
    return rank.map((option) => {
      // products[m]: the sum of the products of what m of the others let through
      let products = [1n];
      for (const other of rank.filter((one) => one !== option && !this.running.has(one))) {
        const through = VOTE - under(this.keep, other);
        products = [...products, 0n].map((sum, m) => sum + through * (m ? products[m - 1] : 0n));
      }
      const most = products.length - 1;
      const orders = products
        .map((sum, m) => factorial(m) * factorial(rank.length - 1 - m) * sum * VOTE ** BigInt(most - m))
        .reduce((one, other) => one + other);
      return (vote * under(this.keep, option) * orders) / (factorial(rank.length) * VOTE ** BigInt(most + 1));
    });
  }

  /**
   * The papers by what matters of them: the elected options up to the first rank with one in the running, behind which
   * nothing is left. They are far fewer than the papers.
   */
  #heads() {
    /** @type {Map<string, number>} */
    const heads = new Map();
    for (const [ballot, number] of this.sheet.contest.papers) {
      const head = [];
      for (const rank of ranks(ballot)) {
        const kept = rank.filter((option) => this.keep.get(option));
        if (kept.length) head.push(kept);
        if (kept.some((option) => this.running.has(option))) break;
      }
      add(heads, JSON.stringify(head), number);
    }
    return [...heads].map(([head, number]) => ({
      head: /** @type {number[][]} */ (JSON.parse(head)),
      number: BigInt(number),
    }));
  }

  /** @param {number} excluded */
  #endStage(excluded) {
    const later = excluded ? "exclusion" : "keep-factors";
    this.sheet.endStage(this.sheet.stages.length ? later : "first-preferences", this.votes, {
      option: excluded,
      nonTransferable: this.nonTransferable,
      quota: this.sheet.inVotes(this.#quota()),
      keep_factors: Array.from({ length: this.sheet.contest.size }, (_, index) =>
        this.sheet.inVotes(this.keep.get(index + 1) ?? 0n),
      ),
    });
  }
}

/** @param {number} number @returns {bigint} */
function factorial(number) {
  let product = 1n;
  for (let factor = 2; factor <= number; factor += 1) product *= BigInt(factor);
  return product;
}

/**
 * The quotient of numbers that are not negative, rounded up to a whole unit.
 *
 * @param {bigint} dividend @param {bigint} divisor
 */
function divideUp(dividend, divisor) {
  return (dividend + divisor - 1n) / divisor;
}
