/**
 * Sums and multiples of P-256 points whose values are public: commitments, proofs and keys that everybody may see.
 *
 * WebCrypto multiplies the generator only (a private key's public half), and its ECDH gives the x coordinate alone, so
 * neither can check a commitment. The time that this module takes depends on what it computes: no secret may come near
 * it. Multiples are worked out in Jacobian coordinates, (X, Y, Z) for (X/Z², Y/Z³), so that only the result is divided.
 *
 * @typedef {readonly [x: bigint, y: bigint] | null} Point  null is the identity, which has no encoding
 * @typedef {readonly [x: bigint, y: bigint, z: bigint]} Jacobian  z = 0: the identity
 */
import { fromBytes, inverse, toBytes } from "./bigint.js";
import { concat } from "./encoding.js";
import { fromPoint, KeyError } from "./p256.js";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const COORDINATE = 32;
/** @type {Jacobian} */
const IDENTITY = [1n, 1n, 0n];

/** Throws KeyError unless 65 bytes are a point of the curve. @param {Uint8Array} encoded @returns {Promise<Point>} */
export async function decode(encoded) {
  await fromPoint(encoded);
  return [fromBytes(encoded.subarray(1, 1 + COORDINATE)), fromBytes(encoded.subarray(1 + COORDINATE))];
}

/** 65 bytes. Throws KeyError for the identity. @param {Point} point @returns {Uint8Array} */
export function encode(point) {
  if (!point) throw new KeyError("not-a-point");
  return concat(Uint8Array.of(4), ...point.map((coordinate) => toBytes(coordinate, COORDINATE)));
}

/** @param {Point} one @param {Point} other @returns {Point} */
export const add = (one, other) => affine(other ? added(jacobian(one), other) : jacobian(one));

/** @param {Point[]} points @returns {Point} */
export const total = (points) => points.reduce(add, null);

/** @param {bigint} number 0 or more, and no secret @param {Point} point @returns {Point} */
export function multiply(number, point) {
  let result = IDENTITY;
  if (!point) return null;
  for (const bit of number.toString(2)) {
    result = doubled(result);
    if (bit === "1") result = added(result, point);
  }
  return affine(result);
}

/**
 * The sum of at^k times the k-th point: a polynomial in points, at a small public number.
 *
 * @param {Point[]} coefficients @param {number} at @returns {Point}
 */
export const evaluate = (coefficients, at) =>
  coefficients.reduceRight((result, coefficient) => add(multiply(BigInt(at), result), coefficient), null);

/** @param {Point} point @returns {Jacobian} */
const jacobian = (point) => (point ? [point[0], point[1], 1n] : IDENTITY);

/** @param {Jacobian} point @returns {Point} */
function affine([x, y, z]) {
  const over = inverse(z, P);
  if (over === null) return null; // z is 0
  return [(x * over ** 2n) % P, (y * over ** 3n) % P];
}

/** Twice the identity has z = 0, too; no other point's double is the identity. @param {Jacobian} point @returns {Jacobian} */
function doubled([x, y, z]) {
  const square = (y * y) % P;
  const product = (4n * x * square) % P;
  const slope = modulo(3n * (x - z * z) * (x + z * z)); // a = −3
  const twice = modulo(slope * slope - 2n * product);
  return [twice, modulo(slope * (product - twice) - 8n * square * square), (2n * y * z) % P];
}

/** @param {Jacobian} point @param {NonNullable<Point>} other @returns {Jacobian} */
function added([x, y, z], [x2, y2]) {
  if (z === 0n) return [x2, y2, 1n];
  const square = (z * z) % P;
  const across = modulo(x2 * square - x);
  const along = modulo(y2 * square * z - y);
  if (across === 0n) return along === 0n ? doubled([x, y, z]) : IDENTITY;
  const across2 = (across * across) % P;
  const across3 = (across2 * across) % P;
  const start = (x * across2) % P;
  const sum = modulo(along * along - across3 - 2n * start);
  return [sum, modulo(along * (start - sum) - y * across3), (across * z) % P];
}

/** @param {bigint} number */
const modulo = (number) => ((number % P) + P) % P;
