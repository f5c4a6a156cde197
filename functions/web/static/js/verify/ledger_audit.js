/** The export's issuance ledger: each roll that was stated, and each right that ended. */
import { commitment } from "../protocol/amendment.js";
import { hexDecode, hexEncode } from "../protocol/encoding.js";
import { LedgerError, parseLedger } from "../protocol/ledger.js";
import { leafHash, root } from "../protocol/merkle.js";

/** @typedef {import("../protocol/ledger.js").Line} Line */

export class LedgerAudit {
  /** How many credentials were issued. */
  issued = 0;
  /** By tag, in hex. @returns {Map<string, Line>} */
  get lines() {
    return this.#lines;
  }

  /** How many people could vote: without rights that ended, and those whose person had voted by an earlier one. */
  voters = 0;
  #findings;
  #manifestHash;
  #rolls;
  /** @type {Map<string, Line>} */
  #lines = new Map();
  /** Lines that replace another, by the tag of that. @type {Map<string, Line>} */
  #successors = new Map();

  /**
   * @param {import("./findings.js").Findings} findings @param {Uint8Array} manifestHash
   * @param {import("../protocol/amendment_audit.js").StatedRoll[]} rolls
   */
  constructor(findings, manifestHash, rolls) {
    this.#findings = findings;
    this.#manifestHash = manifestHash;
    this.#rolls = rolls;
  }

  /** The checks `rolls` and `endings`, and of `ledger` what needs no closing leaf. Whether it could be read. @param {Uint8Array} data */
  async run(data) {
    if (!this.#read(data)) return false;
    await this.#compareRolls();
    await this.#lookAtEndings();
    return true;
  }

  /** @param {Uint8Array} data */
  #read(data) {
    try {
      this.#lines = parseLedger(data);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#findings.fail("ledger", "not-a-ledger");
      return false;
    }
    const known = this.#rolls.length;
    const stranger = [...this.#lines.values()].find(({ added, ended }) => Math.max(added, ended) >= known);
    if (stranger) this.#findings.fail("ledger", "no-such-revision", { line: stranger.number });
    return !stranger;
  }

  async #compareRolls() {
    const lines = [...this.#lines.values()];
    const hashes = await Promise.all(lines.map(({ tag }) => leafHash(hexDecode(tag))));
    const grew = new Set(lines.map(({ added }) => added)).add(0);
    let found = { size: 0, root: "" };
    for (const [revision, roll] of this.#rolls.entries()) {
      if (grew.has(revision)) {
        const within = hashes.filter((_, at) => lines[at].added <= revision);
        found = { size: within.length, root: hexEncode(await root(within)) };
      }
      const same = found.size === roll.size && found.root === roll.root;
      if (!same) this.#findings.fail("rolls", "another-roll", { revision });
    }
    this.#findings.complete("rolls", { count: this.#rolls.length });
  }

  async #lookAtEndings() {
    const lines = [...this.#lines.values()];
    for (const line of lines) this.#link(line);
    const asked = lines.filter(({ ended }) => ended);
    /** @type {Set<string>[]} */
    const opened = this.#rolls.map(() => new Set());
    for (const line of asked) await this.#open(line, opened[line.ended]);
    for (const [revision, { ended }] of this.#rolls.entries()) {
      const closed = [...ended].some((committed) => !opened[revision].has(committed));
      if (closed) this.#findings.fail("endings", "ending-not-opened", { revision });
    }
    const used = [...this.#usedBefore(asked)];
    for (const line of used) if (line.blinded) this.#fail("two-credentials", line);
    this.#findings.complete("endings", { count: asked.length });
    this.issued = lines.filter(({ blinded }) => blinded).length;
    const superseded = used.filter(({ ended }) => !ended); // those that ended count once
    this.voters = lines.length - asked.filter(({ blinded }) => !blinded).length - superseded.length;
  }

  /** Note which line a line replaces. @param {Line} line */
  #link(line) {
    if (!line.replaces) return;
    if (this.#successors.has(line.replaces)) this.#fail("replaced-twice", line);
    else this.#successors.set(line.replaces, line);
    // 0 is no revision to end in, but the manifest's lines were added in it.
    const before = this.#lines.get(line.replaces);
    if (!before?.ended || before.ended !== line.added) this.#fail("replaces-another", line);
  }

  /** Hold a right that ended against what was asked for. @param {Line} line @param {Set<string>} opened */
  async #open(line, opened) {
    if (line.ended <= line.added) this.#fail("ended-too-early", line);
    const successor = this.#successors.get(line.tag)?.tag ?? "";
    const committed = hexEncode(
      await commitment(this.#manifestHash, line.ended, hexDecode(line.tag), hexDecode(successor)),
    );
    opened.add(committed);
    if (!this.#rolls[line.ended].ended.has(committed)) this.#fail("not-asked-to-end", line);
  }

  /** Lines whose chain has a line before them with a credential. @param {Line[]} asked @returns {Iterable<Line>} */
  *#usedBefore(asked) {
    for (const first of asked) {
      if (this.#lines.get(first.replaces)?.ended) continue;
      let used = Boolean(first.blinded);
      for (let after = this.#successors.get(first.tag); after; after = this.#successors.get(after.tag)) {
        if (used) yield after;
        used ||= Boolean(after.blinded);
      }
    }
  }

  /** @param {string} reason @param {Line} line */
  #fail(reason, { number }) {
    this.#findings.fail("endings", reason, { line: number });
  }
}
