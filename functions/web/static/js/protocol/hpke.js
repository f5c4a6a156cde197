/**
 * Hybrid public key encryption, RFC 9180, single-shot base mode with empty aad, by the npm package @hpke/core.
 *
 * One suite: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (0x0010/0x0001/0x0002).
 * A ciphertext is enc‖ct: 65 bytes, the plaintext's length, 16 bytes.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../../vendor/hpke.js";
import { concat } from "./encoding.js";
import { Malformed } from "./errors.js";
import { fromPoint, fromScalar, POINT_LENGTH } from "./p256.js";

export const OVERHEAD = POINT_LENGTH + 16;

const SUITE = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** @typedef {CryptoKeyPair & {scalar: Uint8Array, point: Uint8Array}} OpeningKey  the scalar: 32 bytes */

/** A ciphertext that does not open: cut short, damaged, or sealed to another key or context. */
export class HpkeError extends Malformed {}

/**
 * Throws KeyError if `publicKey` is not a point.
 *
 * @param {Uint8Array} publicKey @param {Uint8Array} info @param {Uint8Array} plaintext @returns {Promise<Uint8Array>}
 */
export async function seal(publicKey, info, plaintext) {
  await fromPoint(publicKey);
  const recipientPublicKey = await SUITE.kem.deserializePublicKey(publicKey.slice().buffer);
  const sealed = await SUITE.seal({ recipientPublicKey, info }, plaintext);
  return concat(new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
}

/**
 * A private key to `open` with, as often as one likes. Throws KeyError for a scalar that is none.
 *
 * @param {Uint8Array} scalar 32 bytes @returns {Promise<OpeningKey>}
 */
export async function openingKey(scalar) {
  const { point } = await fromScalar(scalar);
  const publicKey = await SUITE.kem.deserializePublicKey(point.slice().buffer);
  const privateKey = await SUITE.kem.deserializePrivateKey(scalar.slice().buffer);
  return { publicKey, privateKey, scalar, point };
}

/**
 * Decrypt what `seal` made for this key and `info`. Throws HpkeError.
 *
 * @param {CryptoKeyPair} recipientKey @param {Uint8Array} info @param {Uint8Array} ciphertext
 * @returns {Promise<Uint8Array>}
 */
export async function open(recipientKey, info, ciphertext) {
  const enc = ciphertext.slice(0, POINT_LENGTH);
  try {
    await fromPoint(enc);
    return new Uint8Array(await SUITE.open({ recipientKey, info, enc }, ciphertext.slice(POINT_LENGTH)));
  } catch {
    // The package has an error of its own for each step; to us it is all one.
    throw new HpkeError("does-not-open");
  }
}
