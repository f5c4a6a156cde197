/** The door statement: how many ballots and credentials there are, signed at the close before the log is built. */
import { hexEncode, timeDecode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { verifyNote } from "./signed_note.js";

const LABEL = "ballotcast/door/1";
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;

/** A note that is not a door statement of this election. */
export class DoorError extends Malformed {}

/**
 * Throws DoorError, NoteError or EncodingError, which are all Malformed, unless the manifest's log key signed this
 * statement of this election.
 *
 * @param {string} note @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<{closedAt: Date, ballots: number, issued: number}>}
 */
export async function openDoor(note, manifest) {
  const text = await verifyNote(note, `${manifest.origin}/door`, manifest.log_pk);
  const [label, origin, hash, closedAt, ballots, issued, end, ...more] = text.split("\n");
  const ours = label === LABEL && origin === manifest.origin && hash === hexEncode(manifest.hash);
  const whole = end === "" && !more.length && NUMBER.test(ballots) && NUMBER.test(issued);
  const numbers = [Number(ballots), Number(issued)];
  if (!ours || !whole || !numbers.every(Number.isSafeInteger)) throw new DoorError("not-a-door");
  return { closedAt: timeDecode(closedAt), ballots: numbers[0], issued: numbers[1] };
}
