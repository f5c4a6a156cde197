/**
 * What an export must agree with that it cannot show itself: the election that was asked for, and what the receipt that
 * was checked on this page named and was checked against.
 */
import { hexEncode } from "../protocol/encoding.js";

/** @typedef {[string, import("../verify/findings.js").Outcome]} Expected */

export class Expectations {
  #asked;
  #seen;
  #report;

  /**
   * @param {import("../verify/verification.js").Report} report @param {string} asked an election's id, or empty
   * @param {import("./whole_check.js").Seen | null} seen
   */
  constructor(report, asked, seen) {
    this.#report = report;
    this.#asked = asked;
    this.#seen = seen?.election === (asked || report.election) ? seen : null;
  }

  /** By name, in order. @returns {Expected[]} */
  get outcomes() {
    const { election, manifestHash, note } = this.#report;
    /** @param {boolean} holds @returns {import("../verify/findings.js").Outcome} */
    const judged = (holds) => (holds ? "passed" : "failed");
    /** @type {Expected[]} */
    const asked = this.#asked ? [["asked", judged(election === this.#asked)]] : [];
    if (!this.#seen) return asked;
    const { recorded, failed } = this.#seen;
    return [
      ...asked,
      ["receipt", failed ? "failed" : recorded ? "passed" : "skipped"],
      ["same-election", recorded ? judged(manifestHash === hexEncode(recorded.manifest.hash)) : "skipped"],
      ["same-log", recorded ? judged(textOf(note) === textOf(recorded.checkpoint)) : "skipped"],
    ];
  }
}

/** Origin, size and root; the log's key can make several signatures of them. @param {string} note */
const textOf = (note) => note.split("\n\n")[0];
