/**
 * What an export must agree with that it cannot show itself: the election that was asked for, and what the receipt that
 * was checked on this page named and was checked against.
 */
import { parseCheckpoint } from "../protocol/checkpoint.js";
import { equal, hexEncode } from "../protocol/encoding.js";
import { HASH_LENGTH } from "../protocol/merkle.js";
import { rootFromTiles, tilePath, WIDTH } from "../protocol/tiles.js";
import { ExportFile } from "../verify/export_file.js";

export class Expectations {
  #asked;
  #seen;
  #report;
  #goesOn;

  /**
   * @param {import("../verify/verification.js").Report} report @param {string} asked an election's id, or empty
   * @param {import("./whole_check.js").Seen | null} seen
   * @param {boolean | null} goesOn whether the export's log goes on from the checkpoint that was seen, if that is known
   */
  constructor(report, asked, seen, goesOn) {
    this.#goesOn = goesOn;
    this.#report = report;
    this.#asked = asked;
    this.#seen = seen?.election === (asked || report.election) ? seen : null;
  }

  /** By name, in order. @returns {[string, "passed" | "failed" | "skipped"][]} */
  get outcomes() {
    const { election, manifestHash, note } = this.#report;
    const judged = (holds) => (holds ? "passed" : "failed");
    const asked = this.#asked ? [["asked", judged(election === this.#asked)]] : [];
    if (!this.#seen) return asked;
    const { recorded, failed } = this.#seen;
    const ended = recorded?.final;
    // A log that had not ended, or was said not to have, goes on in the one that was counted. One that had is that one.
    const goesOn = this.#goesOn === null ? "skipped" : judged(this.#goesOn);
    return [
      ...asked,
      ["receipt", failed ? "failed" : ended ? "passed" : "skipped"],
      ["same-election", recorded ? judged(manifestHash === hexEncode(recorded.manifest.hash)) : "skipped"],
      ["same-log", ended ? judged(textOf(note) === textOf(recorded.checkpoint)) : goesOn],
    ];
  }
}

/**
 * Whether the log of an export that verified begins with the one that was seen; null where there is nothing to compare.
 *
 * @param {import("../verify/verification.js").Report} report @param {Blob} blob
 * @param {import("./whole_check.js").Seen | null} seen @returns {Promise<boolean | null>}
 */
export async function goesOnFrom({ ok, note }, blob, seen) {
  if (!ok || !seen?.recorded) return null;
  const [earlier, final] = [seen.recorded.checkpoint, note].map((one) => parseCheckpoint(one.split("\n\n")[0] + "\n"));
  if (earlier.size > final.size) return false;
  const exported = await ExportFile.open(blob);
  const read = async (level, n, width) => {
    const whole = Math.min(WIDTH, Math.floor(final.size / WIDTH ** level) - n * WIDTH);
    return (await exported.read(tilePath(level, n, whole), WIDTH * HASH_LENGTH)).subarray(0, width * HASH_LENGTH);
  };
  return equal(await rootFromTiles(earlier.size, read), earlier.root);
}

/** Origin, size and root; the log's key can make several signatures of them. */
const textOf = (note) => note.split("\n\n")[0];
