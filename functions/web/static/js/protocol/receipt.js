/** The receipt: the board's signed promise that a ballot's leaf is under the log's final checkpoint. */
import { EncodingError, hexDecode, hexEncode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { NoteError, verifyNote } from "./signed_note.js";

export const LABEL = "ballotcast/receipt/1";

/** A note that is not the receipt for this leaf of this election. */
export class ReceiptError extends Malformed {}

/**
 * Throws ReceiptError unless the receipt promises this leaf and the manifest's receipt key signed it.
 *
 * @param {string} receipt @param {import("./manifest.js").Manifest} manifest @param {Uint8Array} leafHash
 */
export async function verifyReceipt(receipt, manifest, leafHash) {
  let text;
  try {
    text = await verifyNote(receipt, `${manifest.origin}/receipt`, manifest.receipt_pk);
  } catch (error) {
    throw error instanceof NoteError ? new ReceiptError(error.reason) : error;
  }
  const wanted = [LABEL, manifest.origin, hexEncode(manifest.hash), hexEncode(leafHash), ""].join("\n");
  if (text !== wanted) throw new ReceiptError("another-ballot");
}

/**
 * The leaf hash that a receipt promises. Throws ReceiptError unless the manifest's receipt key signed it.
 *
 * @param {string} receipt @param {import("./manifest.js").Manifest} manifest
 */
export async function openReceipt(receipt, manifest) {
  const { leafHash } = readReceipt(receipt);
  await verifyReceipt(receipt, manifest, leafHash);
  return leafHash;
}

/**
 * What a receipt names; who signed it is checked against the manifest, by `verifyReceipt`. Throws ReceiptError.
 *
 * @param {string} receipt @returns {{election: string, manifestHash: Uint8Array, leafHash: Uint8Array}}
 */
export function readReceipt(receipt) {
  const [, origin, manifestHash, leafHash] = receipt.split("\n");
  if (leafHash === undefined) throw new ReceiptError("not-a-receipt");
  const election = origin.replace(/\/log$/, "").split("/elections/").at(-1) ?? "";
  try {
    return { election, manifestHash: hexDecode(manifestHash), leafHash: hexDecode(leafHash) };
  } catch (error) {
    throw error instanceof EncodingError ? new ReceiptError("not-a-receipt") : error;
  }
}
