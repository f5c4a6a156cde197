/**
 * NIST P-256 in the browser's WebCrypto: keys in their raw forms, and ECDSA with SHA-256 and a low s.
 *
 * Points are 65 bytes, 0x04‖X‖Y (SEC 1 uncompressed); scalars 32 bytes, big-endian; signatures 64 bytes, r‖s.
 */
import { fromBytes, toBytes } from "./bigint.js";
import { b64uDecode, concat, hexDecode } from "./encoding.js";
import { Malformed } from "./errors.js";

export const POINT_LENGTH = 65;
export const SIGNATURE_LENGTH = 64;

export const SCALAR_LENGTH = 32;
/** The number of points of the group. */
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const ECDSA = { name: "ECDSA", hash: "SHA-256" };
// A PKCS#8 private key without its public half, up to the scalar: whoever imports it works that out.
const PKCS8_HEAD = hexDecode("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420");

/** A scalar or point that is none. */
export class KeyError extends Malformed {}

/** @typedef {{scalar: Uint8Array, point: Uint8Array, signing: CryptoKey}} PrivateKey */

/** A fresh key from the system's random source. @returns {Promise<PrivateKey>} */
export async function generate() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  return privateKey(pair.privateKey);
}

/** Throws KeyError unless 0 < scalar < group order. @param {Uint8Array} scalar @returns {Promise<PrivateKey>} */
export async function fromScalar(scalar) {
  if (scalar.length !== SCALAR_LENGTH) throw new KeyError("not-a-scalar");
  return privateKey(await imported("pkcs8", concat(PKCS8_HEAD, scalar), "sign", "not-a-scalar"));
}

/**
 * Throws KeyError unless it is an uncompressed point of the curve.
 *
 * @param {Uint8Array} point @returns {Promise<CryptoKey>} to verify with
 */
export async function fromPoint(point) {
  if (point.length !== POINT_LENGTH || point[0] !== 4) throw new KeyError("not-a-point");
  return imported("raw", point, "verify", "not-a-point");
}

/** @param {Uint8Array} point @returns {Promise<boolean>} */
export async function isPoint(point) {
  try {
    await fromPoint(point);
    return true;
  } catch (error) {
    if (error instanceof KeyError) return false;
    throw error;
  }
}

/**
 * With the lower of the two values that s can have; WebCrypto gives either.
 *
 * @param {PrivateKey} key @param {Uint8Array} message @returns {Promise<Uint8Array>} 64 bytes, r‖s
 */
export async function sign(key, message) {
  const signed = /** @type {BufferSource} */ (message);
  const signature = new Uint8Array(await crypto.subtle.sign(ECDSA, key.signing, signed));
  return concat(signature.subarray(0, SCALAR_LENGTH), toBytes(low(halves(signature)[1]), SCALAR_LENGTH));
}

/**
 * False too unless 0 < r < n and 0 < s ≤ (n−1)/2, n being the group order: with s, n − s would hold as well, so anyone
 * who sees a signature could make another one.
 *
 * @param {CryptoKey} key @returns {Promise<boolean>}
 * @param {Uint8Array} message @param {Uint8Array} signature
 */
export async function verify(key, message, signature) {
  if (signature.length !== SIGNATURE_LENGTH) return false;
  const [r, s] = halves(signature);
  if (r === 0n || r >= ORDER || s === 0n || s !== low(s)) return false;
  const [proof, signed] = /** @type {BufferSource[]} */ ([signature, message]);
  return crypto.subtle.verify(ECDSA, key, proof, signed);
}

/** @param {Uint8Array} signature */
const halves = (signature) => [signature.subarray(0, SCALAR_LENGTH), signature.subarray(SCALAR_LENGTH)].map(fromBytes);
/** @param {bigint} s */
const low = (s) => (s > ORDER / 2n ? ORDER - s : s);

/** @param {"raw" | "pkcs8"} format @param {Uint8Array} data @param {KeyUsage} usage @param {string} reason */
async function imported(format, data, usage, reason) {
  try {
    return await crypto.subtle.importKey(format, /** @type {BufferSource} */ (data), CURVE, true, [usage]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "DataError") throw new KeyError(reason);
    throw error;
  }
}

/** @param {CryptoKey} signing @returns {Promise<PrivateKey>} */
async function privateKey(signing) {
  const { d = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", signing);
  const [scalar, ...coordinates] = [d, x, y].map(b64uDecode);
  return { scalar, point: concat(Uint8Array.of(4), ...coordinates), signing };
}
