/** What people kept, held against an export; a statement that fails is named, and why. */
import { openCheckpoint } from "../protocol/checkpoint.js";
import { openDoor } from "../protocol/door.js";
import { equal, hexEncode } from "../protocol/encoding.js";
import { Malformed } from "../protocol/errors.js";
import { verifyIssuance } from "../protocol/issuance.js";
import { HASH_LENGTH } from "../protocol/merkle.js";
import { openReceipt } from "../protocol/receipt.js";
import { openStatedTurnout } from "../protocol/stated_turnout.js";
import { rootFromTiles, tilePath, WIDTH } from "../protocol/tiles.js";
import { KEPT_CHECKS } from "./findings.js";

const TILE = HASH_LENGTH * WIDTH;

/**
 * @typedef {keyof typeof KEPT_CHECKS} Kind
 * @typedef {Extract<import("../protocol/leaf.js").Leaf, {kind: "closing"}>} Closing
 * @typedef {import("../protocol/stated_turnout.js").StatedTurnout} StatedTurnout
 */

export class KeptAudit {
  #findings;
  #manifest;
  #kept;
  /** Names of receipts, each with the leaf hash in hex. @type {[string, string][]} */
  #promised = [];

  /**
   * @param {import("./findings.js").Findings} findings @param {import("../protocol/manifest.js").Manifest} manifest
   * @param {import("./kept.js").Kept} kept
   */
  constructor(findings, manifest, kept) {
    this.#findings = findings;
    this.#manifest = manifest;
    this.#kept = kept;
  }

  /** The leaf hashes that receipts name, in hex. @returns {Promise<Set<string>>} */
  async promised() {
    /** @param {string} note */
    const read = async (note) => hexEncode(await openReceipt(note, this.#manifest));
    this.#promised = await this.#open("receipts", read);
    return new Set(this.#promised.map(([, leaf]) => leaf));
  }

  /** @param {Set<string>} found those of them that are in the log */
  receipts(found) {
    for (const [name, leaf] of this.#promised) if (!found.has(leaf)) this.#fail("receipts", "ballot-missing", { name });
    this.#complete("receipts");
  }

  /** @param {import("./export_file.js").ExportFile} exported @param {import("../protocol/checkpoint.js").Checkpoint} final */
  async checkpoints(exported, final) {
    const { origin, log_pk: key } = this.#manifest;
    /** @type {import("../protocol/tiles.js").Read} */
    const read = async (level, n, width) => {
      const whole = Math.min(WIDTH, Math.floor(final.size / WIDTH ** level) - n * WIDTH);
      return (await exported.read(tilePath(level, n, whole), TILE)).subarray(0, width * HASH_LENGTH);
    };
    for (const [name, { size, root }] of await this.#open("checkpoints", (note) => openCheckpoint(note, origin, key))) {
      const begins = size <= final.size && equal(await rootFromTiles(size, read), root);
      if (!begins) this.#fail("checkpoints", "two-logs", { name, size });
    }
    this.#complete("checkpoints");
  }

  /** @param {Map<string, import("../protocol/ledger.js").Line>} lines of the ledger, by tag in hex */
  async issuances(lines) {
    for (const [name, stated] of await this.#open("issuances", (note) => verifyIssuance(note, this.#manifest))) {
      const line = lines.get(hexEncode(stated.tag));
      if (!line) this.#fail("issuances", "no-line", { name });
      else if (line.blinded !== hexEncode(stated.blindedSha256)) {
        this.#fail("issuances", line.blinded ? "another-credential" : "no-credential", { name, line: line.number });
      }
    }
    this.#complete("issuances");
  }

  /** Doors and turnouts. @param {Extract<import("../protocol/leaf.js").Leaf, {kind: "closing"}>} closing */
  async statements(closing) {
    for (const [name, { closedAt, ballots, issued }] of await this.#open("doors", (note) => openDoor(note, this.#manifest))) {
      const same = Number(closedAt) === Number(closing.closed_at) && ballots === closing.ballots && issued === closing.issued;
      if (!same) this.#fail("doors", "another-end", { name, ballots, issued });
    }
    this.#complete("doors");
    const turnouts = await this.#open("turnouts", (note) => openStatedTurnout(note, this.#manifest));
    turnouts.sort(([, one], [, other]) => Number(one.slot) - Number(other.slot));
    for (const [at, [name, stated]] of turnouts.entries()) {
      const [before = "", earlier] = turnouts[at - 1] ?? [];
      const fault = beyond(stated, closing) || (earlier ? contradiction(earlier, stated) : "");
      if (fault) this.#fail("turnouts", fault, { name, before, ballots: stated.ballots, issued: stated.issued });
    }
    this.#complete("turnouts");
  }

  /**
   * Each statement of a kind that can be read, with its name; the others fail.
   *
   * @template T
   * @param {Kind} kind @param {(note: string) => Promise<T>} read @returns {Promise<[string, T][]>}
   */
  async #open(kind, read) {
    /** @type {[string, T][]} */
    const opened = [];
    for (const { name, note } of this.#kept[kind]) {
      try {
        opened.push([name, await read(note)]);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        this.#fail(kind, "not-of-this-election", { name });
      }
    }
    return opened;
  }

  /** @param {Kind} kind @param {string} reason @param {import("./findings.js").Check["values"]} values */
  #fail(kind, reason, values) {
    this.#findings.fail(KEPT_CHECKS[kind], reason, values);
  }

  /** @param {Kind} kind */
  #complete(kind) {
    if (this.#kept[kind].length) this.#findings.complete(KEPT_CHECKS[kind], { count: this.#kept[kind].length });
  }
}

/**
 * What in a turnout statement cannot be, given the end of the log; empty if nothing.
 *
 * @param {StatedTurnout} stated @param {Closing} closing
 */
function beyond({ slot, ballots, issued }, closing) {
  if (slot > closing.closed_at) return "after-the-end";
  if (ballots > issued) return "more-ballots";
  return ballots > closing.ballots || issued > closing.issued ? "above-the-end" : "";
}

/**
 * What in the later one of two turnout statements cannot be; empty if nothing.
 *
 * @param {StatedTurnout} before @param {StatedTurnout} after
 */
function contradiction(before, after) {
  const same = Number(before.slot) === Number(after.slot);
  if (same && (before.ballots !== after.ballots || before.issued !== after.issued)) return "two-for-one-hour";
  return before.ballots > after.ballots || before.issued > after.issued ? "lower-later" : "";
}
