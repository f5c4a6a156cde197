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
 * - Last seats: when no more options are in the running than seats are free, all of them are elected.
 */
import { add, under } from "./figures.js";
import { Sheet } from "./sheet.js";

const DECIMALS = 9;
const VOTE = 10n ** BigInt(DECIMALS);
const SETTLED = 10n ** BigInt(DECIMALS - 6);

/**
 * @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest
 *   its ballots are rankings without equal ranks
 */
export async function meekStv(contest) {
  const count = new MeekStv(contest);
  await count.run();
  return count.sheet;
}

class MeekStv {
  /** @param {import("./sheet.js").Contest<import("./papers.js").Options>} contest */
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

  /** @param {{head: number[], number: bigint}[]} heads */
  #distribute(heads) {
    this.votes = new Map([...this.keep.keys()].map((option) => [option, 0n]));
    this.nonTransferable = 0n;
    for (const { head, number } of heads) {
      let left = VOTE;
      for (const option of head) {
        const part = divideUp(left * under(this.keep, option), VOTE);
        add(this.votes, option, part * number);
        left -= part;
      }
      this.nonTransferable += left * number;
    }
  }

  /**
   * The papers by what matters of them: the elected options up to the first one in the running, which keeps the rest.
   * They are far fewer than the papers.
   */
  #heads() {
    /** @type {Map<string, number>} */
    const heads = new Map();
    for (const [ballot, number] of this.sheet.contest.papers) {
      const head = [];
      for (const option of ballot) {
        if (this.keep.get(option)) head.push(option);
        if (this.running.has(option)) break;
      }
      add(heads, head.join(), number);
    }
    return [...heads].map(([head, number]) => ({
      head: head ? head.split(",").map(Number) : [],
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

/**
 * The quotient of numbers that are not negative, rounded up to a whole unit.
 *
 * @param {bigint} dividend @param {bigint} divisor
 */
function divideUp(dividend, divisor) {
  return (dividend + divisor - 1n) / divisor;
}
