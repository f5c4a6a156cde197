/** C2SP tlog-checkpoint: a log's size and root, as a note signed by the log's key, whose name is the log's origin. */
import { b64Decode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { HASH_LENGTH } from "./merkle.js";
import { verifyNote } from "./signed_note.js";

/** A text that is not a checkpoint, or one of another log. */
export class CheckpointError extends Malformed {}

/**
 * The tree of `size` leaves under the 32-byte `root`, in the log called `origin`.
 *
 * @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint
 */

/**
 * Reads a note's text. Throws CheckpointError. Extension lines, which the specification allows and nobody here writes,
 * are refused; so is a size of 2**53 and more, which no number here can tell.
 *
 * @param {string} text @returns {Checkpoint}
 */
export function parseCheckpoint(text) {
  const [origin, size, root, rest, ...more] = text.split("\n");
  const wellFormed = rest === "" && !more.length && origin && /^(?:0|[1-9][0-9]{0,15})$/.test(size);
  if (!wellFormed || !Number.isSafeInteger(Number(size))) throw new CheckpointError("not-a-checkpoint");
  const checkpoint = { origin, size: Number(size), root: b64Decode(root) };
  if (checkpoint.root.length !== HASH_LENGTH) throw new CheckpointError("not-a-checkpoint");
  return checkpoint;
}

/**
 * Verifies and reads a signed checkpoint of the log `origin`. Throws NoteError, EncodingError or CheckpointError, which
 * are all Malformed.
 *
 * @param {string} note @param {string} origin @param {Uint8Array} publicKey the log's @returns {Promise<Checkpoint>}
 */
export async function openCheckpoint(note, origin, publicKey) {
  const checkpoint = parseCheckpoint(await verifyNote(note, origin, publicKey));
  if (checkpoint.origin !== origin) throw new CheckpointError("another-log");
  return checkpoint;
}
