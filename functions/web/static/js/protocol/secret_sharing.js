/**
 * Shamir's secret sharing over P-256's order, with Feldman's commitments: t shares give the key, fewer tell nothing.
 *
 * The key is a polynomial's value at 0, the share of index i its value at i. Commitments are each coefficient times the
 * generator, and tell a right share from a wrong one. Secret scalars are multiplied with the generator by WebCrypto, in
 * constant time. Their sums and products are BigInts, which are not; they are computed once, on a trustee's own device,
 * where nobody else can measure them.
 */
import { fromBytes, inverse, toBytes } from "./bigint.js";
import { equal } from "./encoding.js";
import { fromScalar, generate, KeyError, ORDER, SCALAR_LENGTH } from "./p256.js";
import { decode, encode, evaluate, total } from "./p256_points.js";

/**
 * A random polynomial that `threshold` of its values determine: its coefficients from the constant term on.
 *
 * @param {number} threshold @returns {Promise<Uint8Array[]>}
 */
export async function polynomial(threshold) {
  const keys = await Promise.all(Array.from({ length: threshold }, generate));
  return keys.map(({ scalar }) => scalar);
}

/** Each coefficient times the generator, 65 bytes each. @param {Uint8Array[]} coefficients */
export const commitments = async (coefficients) =>
  (await Promise.all(coefficients.map(fromScalar))).map(({ point }) => point);

/** The polynomial's value at an index from 1, 32 bytes. @param {Uint8Array[]} coefficients @param {number} index */
export function share(coefficients, index) {
  const value = coefficients.reduceRight((sum, one) => (sum * BigInt(index) + fromBytes(one)) % ORDER, 0n);
  return toBytes(value, SCALAR_LENGTH);
}

/**
 * The public key of the share of this index, by its commitments. Throws KeyError if it is the identity.
 *
 * @param {Uint8Array[]} points @param {number} index @returns {Promise<Uint8Array>}
 */
export const shareKey = async (points, index) => encode(evaluate(await Promise.all(points.map(decode)), index));

/** The sum modulo the group's order. @param {Uint8Array[]} scalars */
export const addScalars = (scalars) =>
  toBytes(scalars.reduce((sum, one) => (sum + fromBytes(one)) % ORDER, 0n), SCALAR_LENGTH);

/** The sum of public keys. Throws KeyError if it is the identity. @param {Uint8Array[]} points */
export const addPoints = async (points) => encode(total(await Promise.all(points.map(decode))));

/** Whether `scalar` is the private key of this public key. @param {Uint8Array} scalar @param {Uint8Array} point */
export async function fits(scalar, point) {
  try {
    return equal((await fromScalar(scalar)).point, point);
  } catch (error) {
    if (error instanceof KeyError) return false;
    throw error;
  }
}

/**
 * The polynomial's value at 0, from as many shares by index as determine it.
 *
 * The result is wrong, and no error, if shares are wrong or too few: compare it with the public key.
 *
 * @param {Map<number, Uint8Array>} shares @returns {Uint8Array} 32 bytes
 */
export function interpolate(shares) {
  let value = 0n;
  for (const [index, one] of shares) {
    let [above, below] = [1n, 1n];
    for (const other of shares.keys()) {
      if (other === index) continue;
      above = (above * BigInt(other)) % ORDER;
      below = (below * (ORDER + BigInt(other - index))) % ORDER;
    }
    const divided = inverse(below, ORDER);
    if (divided === null) throw new KeyError("not-a-scalar"); // the order is prime: below is not 0
    value = (value + fromBytes(one) * above * divided) % ORDER;
  }
  return toBytes(value, SCALAR_LENGTH);
}
