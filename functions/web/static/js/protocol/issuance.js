/** The issuance receipt: the registrar's signed statement of what it signed for one line of the ledger. */
import { EncodingError, hexDecode, hexEncode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { NoteError, verifyNote } from "./signed_note.js";

const LABEL = "ballotcast/issuance/1";

/** A note that is not an issuance receipt of this election. */
export class IssuanceError extends Malformed {}

/**
 * What a receipt states: the tag of the voter's line, and the hash of what was signed. Throws IssuanceError unless the
 * manifest's issuance key signed it for this election.
 *
 * @param {string} receipt @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<{tag: Uint8Array, blindedSha256: Uint8Array}>}
 */
export async function verifyIssuance(receipt, manifest) {
  try {
    const text = await verifyNote(receipt, `${manifest.origin}/issuance`, manifest.issuance_pk);
    const [, , , tag = "", blinded = ""] = text.split("\n");
    const stated = { tag: hexDecode(tag), blindedSha256: hexDecode(blinded) };
    const wanted = [LABEL, manifest.origin, hexEncode(manifest.hash), tag, blinded, ""].join("\n");
    const whole = stated.tag.length === 32 && stated.blindedSha256.length === 32;
    if (text !== wanted || !whole) throw new IssuanceError("another-election");
    return stated;
  } catch (error) {
    if (error instanceof NoteError || error instanceof EncodingError) throw new IssuanceError(error.reason);
    throw error;
  }
}
