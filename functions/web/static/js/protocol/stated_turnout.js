/** The turnout statement: how many ballots and credentials there are at least, signed while voting is open. */
import { hexEncode, timeDecode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { verifyNote } from "./signed_note.js";

const LABEL = "ballotcast/turnout/1";
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
const HOUR = 3_600_000;

/** A note that is not a turnout statement of this election. */
export class StatedTurnoutError extends Malformed {}

/**
 * Throws StatedTurnoutError, NoteError or EncodingError, which are all Malformed, unless the manifest's log key signed
 * this statement of this election.
 *
 * @param {string} note @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<StatedTurnout>}
 * @typedef {{slot: Date, ballots: number, issued: number}} StatedTurnout  `slot`: the full hour that it is for
 */
export async function openStatedTurnout(note, manifest) {
  const text = await verifyNote(note, `${manifest.origin}/turnout`, manifest.log_pk);
  const [label, origin, hash, hour, ballots, issued, end, ...more] = text.split("\n");
  const ours = label === LABEL && origin === manifest.origin && hash === hexEncode(manifest.hash);
  const whole = end === "" && !more.length && NUMBER.test(ballots) && NUMBER.test(issued);
  const numbers = [Number(ballots), Number(issued)];
  if (!ours || !whole || !numbers.every(Number.isSafeInteger)) throw new StatedTurnoutError("not-a-turnout");
  const slot = timeDecode(hour);
  if (slot.valueOf() % HOUR) throw new StatedTurnoutError("not-a-full-hour");
  return { slot, ballots: numbers[0], issued: numbers[1] };
}
