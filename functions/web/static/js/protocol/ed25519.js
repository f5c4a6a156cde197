/**
 * Ed25519 (RFC 8032), as strict as it has to be for two programs to agree on every key and signature.
 *
 * A key is refused unless its 32 bytes are the one encoding of a point, and not of one of small order: with such a key
 * one signature fits every message. A signature is refused unless its second half, S, is below the group's order: else S
 * plus the order would be another signature.
 */
import { fromBytes, inverse, power } from "./bigint.js";

export const KEY_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;

const P = 2n ** 255n - 19n;
const D = ((P - 121665n) * inverted(121666n)) % P;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** The y of the eight points whose order divides 8. */
const SMALL = [0n, 1n, P - 1n, ORDER_8, P - ORDER_8];

/** Whether 32 bytes are the one encoding of a point that is not of small order. @param {Uint8Array} key */
export function isKey(key) {
  if (key.length !== KEY_LENGTH) return false;
  const y = littleEndian(key) & (2n ** 255n - 1n);
  if (y >= P || SMALL.includes(y)) return false;
  const square = ((y * y - 1n) * inverted((D * y * y + 1n) % P)) % P;
  return power(square, (P - 1n) / 2n, P) === 1n;
}

/**
 * False too for a key that is none.
 *
 * @param {Uint8Array} signature 64 bytes @param {Uint8Array} publicKey @param {Uint8Array} message
 * @returns {Promise<boolean>}
 */
export async function verify(publicKey, message, signature) {
  if (signature.length !== SIGNATURE_LENGTH || littleEndian(signature.subarray(32)) >= ORDER) return false;
  if (!isKey(publicKey)) return false;
  const [raw, proof, signed] = /** @type {BufferSource[]} */ ([publicKey, signature, message]);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, proof, signed);
}

/**
 * The inverse mod P, which is prime; 0 has none. Here that is never asked for: −1/D is no square mod P, so D·y² + 1 is
 * not 0 (RFC 8032, section 5.1).
 *
 * @param {bigint} number @returns {bigint}
 */
function inverted(number) {
  const found = inverse(number, P);
  if (found === null) throw new RangeError("0 has no inverse");
  return found;
}

/** @param {Uint8Array} bytes */
const littleEndian = (bytes) => fromBytes(bytes.slice().reverse());
