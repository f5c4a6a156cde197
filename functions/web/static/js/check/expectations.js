/**
 * What an export must agree with that it cannot show itself: the election that was asked for, and what the receipt that
 * was checked on this page named and was checked against.
 */
import { equal, hexEncode } from "../protocol/encoding.js";
import { HASH_LENGTH } from "../protocol/merkle.js";
import { tilePath, WIDTH } from "../protocol/tiles.js";
import { ExportFile } from "../verify/export_file.js";

export class Expectations {
  #asked;
  #seen;
  #report;
  #leaf;

  /**
   * @param {import("../verify/verification.js").Report} report @param {string} asked an election's id, or empty
   * @param {import("./whole_check.js").Seen | null} seen
   * @param {Uint8Array | null} leaf what the export has in the place of the ballot that was seen, if that is known
   */
  constructor(report, asked, seen, leaf) {
    this.#leaf = leaf;
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
    const { recorded, failed, leaf } = this.#seen;
    const ended = recorded?.final;
    // A log that had not ended, or was said not to have, goes on in the one that was counted: each entry keeps its place.
    const goesOn = this.#leaf ? judged(equal(this.#leaf, leaf)) : "skipped";
    return [
      ...asked,
      ["receipt", failed ? "failed" : ended ? "passed" : "skipped"],
      ["same-election", recorded ? judged(manifestHash === hexEncode(recorded.manifest.hash)) : "skipped"],
      ["same-log", ended ? judged(textOf(note) === textOf(recorded.checkpoint)) : goesOn],
    ];
  }
}

/**
 * The leaf hash at the place of the ballot that was seen, in an export that verified: empty where its log does not
 * reach, null where there is nothing to look for.
 *
 * @param {import("../verify/verification.js").Report} report @param {Blob} blob
 * @param {import("./whole_check.js").Seen | null} seen @returns {Promise<Uint8Array | null>}
 */
export async function leafInPlace({ ok, note }, blob, seen) {
  if (!ok || !seen?.recorded) return null;
  const [{ index }, size] = [seen.recorded, Number(note.split("\n")[1])];
  if (index >= size) return new Uint8Array();
  const n = Math.floor(index / WIDTH);
  const path = tilePath(0, n, Math.min(WIDTH, size - n * WIDTH));
  const tile = await (await ExportFile.open(blob)).read(path, WIDTH * HASH_LENGTH);
  return tile.subarray((index % WIDTH) * HASH_LENGTH, ((index % WIDTH) + 1) * HASH_LENGTH);
}

/** Origin, size and root; signatures may be more or fewer. */
const textOf = (note) => note.split("\n\n")[0];
