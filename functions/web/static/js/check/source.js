/** What a voter brings to check: a receipt, or a recovery file that has one. */
import { BadState } from "../protocol/errors.js";
import { readReceipt } from "../protocol/receipt.js";
import { stateFromJson } from "../protocol/state.js";

/** Bytes to read of a file: a receipt has some hundreds, the largest recovery file some thousands. */
export const LONGEST = 64 * 1024;

/**
 * `earlier`: a checkpoint (signed note) that this voter saw before, or empty. `leaf`: the hash that the receipt names.
 * `blindedSha256`: of what the voter had signed, if that is known.
 *
 * @typedef {{receipt: string, election: string, leaf: Uint8Array, earlier: string,
 *   blindedSha256: Uint8Array | null}} Source
 */

/**
 * Reads either. Throws ReceiptError or BadState; BadState `not-cast` for the recovery file of a vote without a receipt.
 *
 * @param {string} text @returns {Source}
 */
export function readSource(text) {
  if (!text.trimStart().startsWith("{")) return withElection({ receipt: noteOf(text), earlier: "", blindedSha256: null });
  const state = stateFromJson(text);
  if (state.step !== "cast") throw new BadState("not-cast");
  const { receipt, checkpoint: earlier, blinded_sha256: blindedSha256 } = state;
  return withElection({ receipt, earlier, blindedSha256 });
}

function withElection(source) {
  const { election, leafHash: leaf } = readReceipt(source.receipt);
  return { ...source, election, leaf };
}

/** A signed note that went through mails and clipboards: its line ends are as they were. @param {string} text */
export function noteOf(text) {
  const lines = text.trim().split(/\r\n|\r|\n/);
  return text.trim() && `${lines.map((line) => line.trim()).join("\n")}\n`;
}
