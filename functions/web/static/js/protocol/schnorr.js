/**
 * Schnorr's proof of knowledge of a P-256 private key, made non-interactive by Fiat and Shamir.
 *
 * A proof is 97 bytes, R‖z: R = r·G for a fresh r, and z = r + c·x modulo the group's order. There x is the private key,
 * and the challenge c is SHA-256(context‖X‖R), as an integer. It holds if z·G = R + c·X.
 */
import { fromBytes, toBytes } from "./bigint.js";
import { concat, equal, sha256 } from "./encoding.js";
import { fromScalar, generate, KeyError, ORDER, POINT_LENGTH, SCALAR_LENGTH } from "./p256.js";
import { add, decode, encode, multiply } from "./p256_points.js";

export const PROOF_LENGTH = POINT_LENGTH + SCALAR_LENGTH;

/**
 * Prove knowledge of the key, for this context and no other: a label, and everything that the proof is about.
 *
 * @param {{scalar: Uint8Array, point: Uint8Array}} key @param {Uint8Array} context @returns {Promise<Uint8Array>}
 */
export async function prove(key, context) {
  const nonce = await generate();
  const challenge = await challengeOf(context, key.point, nonce.point);
  // BigInt takes a time that depends on its values. The prover's own device computes this once for each nonce, so nobody
  // can measure it again with another challenge.
  const response = (fromBytes(nonce.scalar) + challenge * fromBytes(key.scalar)) % ORDER;
  return concat(nonce.point, toBytes(response, SCALAR_LENGTH));
}

/**
 * Whether the one who made the proof knew the private key of this point.
 *
 * @param {Uint8Array} publicKey 65 bytes @param {Uint8Array} context @param {Uint8Array} proof @returns {Promise<boolean>}
 */
export async function verifyProof(publicKey, context, proof) {
  if (proof.length !== PROOF_LENGTH) return false;
  const nonce = proof.subarray(0, POINT_LENGTH);
  try {
    const challenge = await challengeOf(context, publicKey, nonce);
    const right = add(await decode(nonce), multiply(challenge, await decode(publicKey)));
    return equal((await fromScalar(proof.subarray(POINT_LENGTH))).point, encode(right));
  } catch (error) {
    if (error instanceof KeyError) return false; // no point, no scalar, or a sum that is the identity
    throw error;
  }
}

/** @param {...Uint8Array} parts */
const challengeOf = async (...parts) => fromBytes(await sha256(...parts));
