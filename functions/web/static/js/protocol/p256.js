/**
 * NIST P-256 in the browser's WebCrypto: keys in their raw forms, and ECDSA with SHA-256.
 *
 * Points are 65 bytes, 0x04‖X‖Y (SEC 1 uncompressed); scalars 32 bytes, big-endian; signatures 64 bytes, r‖s.
 */
import { b64uDecode, concat, hexDecode } from "./encoding.js";
import { Malformed } from "./errors.js";

export const POINT_LENGTH = 65;
export const SIGNATURE_LENGTH = 64;

const SCALAR_LENGTH = 32;
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

/** Throws KeyError unless it is an uncompressed point of the curve. @returns {Promise<CryptoKey>} to verify with */
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

/** @param {PrivateKey} key @param {Uint8Array} message @returns {Promise<Uint8Array>} 64 bytes, r‖s */
export const sign = async (key, message) => new Uint8Array(await crypto.subtle.sign(ECDSA, key.signing, message));

/** False too for r or s of zero or not below the group order. @param {CryptoKey} key @returns {Promise<boolean>} */
export const verify = async (key, message, signature) =>
  signature.length === SIGNATURE_LENGTH && crypto.subtle.verify(ECDSA, key, signature, message);

async function imported(format, data, usage, reason) {
  try {
    return await crypto.subtle.importKey(format, data, CURVE, true, [usage]);
  } catch (error) {
    if (error.name === "DataError") throw new KeyError(reason);
    throw error;
  }
}

async function privateKey(signing) {
  const { d, x, y } = await crypto.subtle.exportKey("jwk", signing);
  const [scalar, ...coordinates] = [d, x, y].map(b64uDecode);
  return { scalar, point: concat(Uint8Array.of(4), ...coordinates), signing };
}
