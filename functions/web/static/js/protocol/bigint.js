/** Whole numbers of RSA's size, in the browser's own BigInt. Big-endian bytes, as everywhere in the protocol. */
import { hexDecode, hexEncode, randomBytes } from "./encoding.js";

/** @param {Uint8Array} data @returns {bigint} */
export const fromBytes = (data) => (data.length ? BigInt(`0x${hexEncode(data)}`) : 0n);

/** @param {bigint} number not negative, of at most `length` bytes @param {number} length @returns {Uint8Array} */
export const toBytes = (number, length) => hexDecode(number.toString(16).padStart(2 * length, "0"));

/** @param {bigint} number above 0 @returns {number} */
export const bitLength = (number) => number.toString(2).length;

/**
 * base ** exponent mod modulus. The exponent is not a secret here: the time depends on it.
 *
 * @param {bigint} base @param {bigint} exponent @param {bigint} modulus @returns {bigint}
 */
export function power(base, exponent, modulus) {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/**
 * The inverse of `number` mod `modulus` (extended Euclid), or null if they share a factor.
 *
 * @param {bigint} number @param {bigint} modulus @returns {bigint | null}
 */
export function inverse(number, modulus) {
  let [before, rest] = [modulus, number % modulus];
  let [factorBefore, factor] = [0n, 1n];
  while (rest > 0n) {
    const quotient = before / rest;
    [before, rest] = [rest, before - quotient * rest];
    [factorBefore, factor] = [factor, factorBefore - quotient * factor];
  }
  if (before !== 1n) return null;
  return factorBefore < 0n ? factorBefore + modulus : factorBefore;
}

/** Uniform in [1, limit). @param {bigint} limit that fills its bytes, as an RSA modulus does @returns {bigint} */
export function randomBelow(limit) {
  const length = Math.ceil(bitLength(limit) / 8);
  for (;;) {
    const number = fromBytes(randomBytes(length));
    if (number > 0n && number < limit) return number;
  }
}
