/**
 * A receipt as an address of the page of checks, short enough for a QR code: what a server never sees of it.
 *
 *     <address>/check#1.<b64u of the log's origin>.<b64u of M ‖ leaf hash ‖ key id ‖ signature>
 */
import { b64Decode, b64Encode, b64uDecode, b64uEncode, concat, hexDecode, hexEncode, utf8, utf8Decode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { LABEL, ReceiptError } from "./receipt.js";
import { requireNote } from "./signed_note.js";

const [HASH, SIGNATURE] = [32, 4 + 64];
const VERSION = "1";

/** @param {string} address of the deployment @param {string} receipt a signed note @returns {string} */
export function receiptLink(address, receipt) {
  requireNote(receipt);
  const [, origin, manifestHash, leaf, , signature] = receipt.split("\n");
  const told = concat(hexDecode(manifestHash), hexDecode(leaf), b64Decode(signature.split(" ")[2]));
  return `${address}/check#${[VERSION, b64uEncode(utf8(origin)), b64uEncode(told)].join(".")}`;
}

/** Whether an address's fragment says that it is a receipt. @param {string} fragment with its # */
export const isReceiptLink = (fragment) => fragment.startsWith(`#${VERSION}.`);

/** The receipt that an address's fragment names. Throws ReceiptError. @param {string} fragment @returns {string} */
export function readReceiptLink(fragment) {
  try {
    const [, origin, told, ...more] = fragment.split(".");
    const [name, data] = [utf8Decode(b64uDecode(origin ?? "")), b64uDecode(told ?? "")];
    if (more.length || data.length !== 2 * HASH + SIGNATURE) throw new ReceiptError("not-a-receipt");
    const [manifestHash, leaf] = [data.subarray(0, HASH), data.subarray(HASH, 2 * HASH)].map(hexEncode);
    const signature = b64Encode(data.subarray(2 * HASH));
    return [LABEL, name, manifestHash, leaf, "", `— ${name}/receipt ${signature}`, ""].join("\n");
  } catch (error) {
    throw error instanceof Malformed ? new ReceiptError("not-a-receipt") : error;
  }
}
