/** What a voter brings to check: a receipt, or a recovery file that has one. */
import { BadState } from "../protocol/errors.js";
import { readReceipt } from "../protocol/receipt.js";
import { requireNote } from "../protocol/signed_note.js";
import { stateFromJson } from "../protocol/state.js";

/** Bytes to read of a file: a receipt has some hundreds, the largest recovery file some thousands. */
export const LONGEST = 64 * 1024;

/**
 * `earlier`: a checkpoint (signed note) that this voter saw before, or empty. `blindedSha256`: of what the voter had
 * signed, if that is known.
 *
 * @typedef {{receipt: string, election: string, earlier: string, blindedSha256: Uint8Array | null}} Source
 */

/**
 * Reads either. Throws NoteError, ReceiptError or BadState; BadState `not-cast` for the recovery file of a vote without a receipt.
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

/** @param {Omit<Source, "election">} source @returns {Source} */
function withElection(source) {
  requireNote(source.receipt);
  return { ...source, election: readReceipt(source.receipt).election };
}

/**
 * A signed note that went through mails and clipboards, as it was: a text without empty lines, an empty line, the lines
 * of signatures, each with a dash and spaces. If all stands in one line, a space was the end of a line of the text.
 *
 * @param {string} text
 */
export function noteOf(text) {
  const found = text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);
  const lines = found.length === 1 ? linesOf(found[0]) : found;
  const end = lines.findIndex(isSignature);
  if (end < 0) return lines.map((line) => `${line}\n`).join("");
  return [...lines.slice(0, end), "", ...lines.slice(end), ""].join("\n");
}

/** @param {string} line */
const isSignature = (line) => line.startsWith("— ");

/** @param {string} line */
function linesOf(line) {
  const words = line.split(/\s+/);
  const end = words.includes("—") ? words.indexOf("—") : words.length;
  const signatures = words.slice(end).join(" ").replaceAll(" — ", "\n— ").split("\n");
  return [...words.slice(0, end), ...signatures.filter(Boolean)];
}
