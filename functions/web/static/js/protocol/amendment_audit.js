/** The amendments of a log, one after the other: which may stand where they are, and what holds after them. */
import { LATEST } from "./amendment.js";
import { fewestOptions, stays } from "./contest.js";
import { hexEncode } from "./encoding.js";

/**
 * A roll as the manifest or an amendment states it; hashes in hex. `ended`: commitments of the rights that were asked
 * to end.
 *
 * @typedef {{size: number, root: string, ended: Set<string>}} StatedRoll
 */

export class AmendmentAudit {
  /** By revision. @type {StatedRoll[]} */
  rolls;
  /** When the last amendment was made, @type {Date | null} */
  newest = null;
  /** The end in force. @type {Date} */
  closesAt;
  /** The numbers of the options that were withdrawn, by contest, in the manifest's order. @type {Set<number>[]} */
  withdrawn;
  #contests;
  #latest;

  /** @param {import("./manifest.js").Manifest} manifest */
  constructor(manifest) {
    this.rolls = [{ size: manifest.roll_size, root: hexEncode(manifest.roll_root), ended: new Set() }];
    this.closesAt = manifest.closes_at;
    this.withdrawn = manifest.contests.map(() => new Set());
    this.#contests = manifest.contests;
    this.#latest = manifest.closes_at.getTime() + LATEST;
  }

  /**
   * What is wrong with the next amendment; empty if nothing is, and then it counts.
   *
   * @param {import("./amendment.js").Amendment} amendment @returns {string}
   */
  take({ at, roll, schedule, withdrawn }) {
    if (at >= this.closesAt) return "amended-after-the-end";
    if (this.newest && at < this.newest) return "amended-out-of-order";
    const fault = schedule
      ? this.#takeSchedule(schedule)
      : withdrawn
        ? this.#takeWithdrawal(withdrawn)
        : this.#takeRoll(roll);
    if (!fault) this.newest = at;
    return fault;
  }

  /** @param {import("./amendment.js").Schedule} schedule */
  #takeSchedule({ closes_at: closesAt }) {
    if (closesAt <= this.closesAt) return "not-later";
    if (closesAt.getTime() > this.#latest) return "too-late";
    this.closesAt = closesAt;
    return "";
  }

  /** @param {import("./amendment.js").Roll} roll */
  #takeRoll(roll) {
    const before = this.rolls[this.rolls.length - 1];
    if (roll.revision !== this.rolls.length) return "another-revision";
    if (roll.roll_size < before.size) return "roll-shrank";
    if (roll.roll_size === before.size && !roll.ended.length) return "nothing-amended";
    const ended = new Set(roll.ended.map(hexEncode));
    this.rolls.push({ size: roll.roll_size, root: hexEncode(roll.roll_root), ended });
    return "";
  }

  /** @param {import("./amendment.js").Withdrawal} withdrawal */
  #takeWithdrawal({ contest: id, option }) {
    const at = this.#contests.findIndex((one) => one.id === id);
    const contest = this.#contests[at];
    if (!contest || option > contest.options.length) return "no-such-option";
    const gone = this.withdrawn[at];
    if (gone.has(option)) return "withdrawn-before";
    if (stays(contest, option)) return "too-few-options";
    if (contest.options.length - gone.size - 1 < fewestOptions(contest)) return "too-few-options";
    gone.add(option);
    return "";
  }

  /** Whether voting can have ended then, for all that the amendments say. @param {Date} closedAt */
  couldClose(closedAt) {
    return closedAt <= this.closesAt && (this.newest === null || this.newest <= closedAt);
  }
}
