/**
 * The Merkle tree of RFC 9162 section 2.1 with SHA-256: roots, proofs and their verification.
 *
 * A proof is an array of subtree hashes; which subtrees, is told by `inclusionRanges` and `consistencyRanges`. Hashes
 * are 32 bytes; indexes count from 0. Sizes may be above 2**31, where the bit operators of numbers end.
 */
import { equal, sha256 } from "./encoding.js";
import { Malformed } from "./errors.js";

export const HASH_LENGTH = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** An index or size for which there is no proof. */
export class ProofError extends Malformed {}

/** H(0x00‖leaf). @param {Uint8Array} leaf @returns {Promise<Uint8Array>} */
export const leafHash = (leaf) => sha256(LEAF, leaf);

/** H(0x01‖left‖right). @param {Uint8Array} left @param {Uint8Array} right @returns {Promise<Uint8Array>} */
export const nodeHash = (left, right) => sha256(NODE, left, right);

/** H() of nothing when there are no leaves. @param {Uint8Array[]} leafHashes @returns {Promise<Uint8Array>} */
export async function root(leafHashes) {
  let level = leafHashes;
  while (level.length > 1) {
    const pairs = Array.from({ length: half(level.length) }, (_, at) => nodeHash(level[2 * at], level[2 * at + 1]));
    const single = level.slice(2 * pairs.length);
    level = [...(await Promise.all(pairs)), ...single];
  }
  return level.length ? level[0] : sha256();
}

/**
 * Size of the left subtree of a tree of `size` > 1 leaves: the largest power of two below `size`.
 *
 * @param {number} size
 */
export function split(size) {
  let left = 1;
  while (2 * left < size) left *= 2;
  return left;
}

/** Exact at any size, as a logarithm is not. @param {number} size @returns {boolean} */
export const isPowerOfTwo = (size) => split(size + 1) === size;

/**
 * The leaf ranges [start, end) whose roots make up PATH(index, D[size]) of section 2.1.3.1, leaf side first.
 *
 * @param {number} index @param {number} size @returns {[number, number][]}
 */
export function inclusionRanges(index, size) {
  if (!isNumber(index) || !isNumber(size) || index >= size) throw new ProofError("no-such-leaf");
  return walk(size, (start, end) => end - start > 1, index);
}

/**
 * The leaf ranges whose roots make up PROOF(oldSize, D[newSize]) of section 2.1.4.1.
 *
 * @param {number} oldSize @param {number} newSize @returns {[number, number][]}
 */
export function consistencyRanges(oldSize, newSize) {
  if (!isNumber(oldSize) || !isNumber(newSize) || !oldSize || oldSize > newSize) throw new ProofError("no-such-tree");
  return walk(newSize, (_, end) => end !== oldSize, oldSize - 1, (start, end) => start > 0 && [start, end]);
}

/**
 * From the whole tree down to where leaf `index` lies, taking the other half at each step.
 *
 * @param {number} size @param {(start: number, end: number) => boolean} goesOn @param {number} index
 * @param {(start: number, end: number) => [number, number] | false} [last] @returns {[number, number][]}
 */
function walk(size, goesOn, index, last = () => false) {
  let [start, end] = [0, size];
  /** @type {[number, number][]} */
  const ranges = [];
  while (goesOn(start, end)) {
    const middle = start + split(end - start);
    ranges.push(index < middle ? [middle, end] : [start, middle]);
    [start, end] = index < middle ? [start, middle] : [middle, end];
  }
  const rest = last(start, end);
  return (rest ? [...ranges, rest] : ranges).reverse();
}

/**
 * Whether `proof` shows that the leaf hash is at `index` under `treeRoot` (section 2.1.3.2).
 *
 * @param {Uint8Array} leaf @param {number} index @param {number} size @param {Uint8Array[]} proof
 * @param {Uint8Array} treeRoot
 */
export async function verifyInclusion(leaf, index, size, proof, treeRoot) {
  if (!isNumber(index) || !isNumber(size) || index >= size || leaf.length !== HASH_LENGTH) return false;
  const path = new Path(index, size - 1);
  let result = leaf;
  for (const sibling of proof) {
    if (path.ended) return false;
    result = path.step() ? await nodeHash(sibling, result) : await nodeHash(result, sibling);
  }
  return path.ended && equal(result, treeRoot);
}

/**
 * Whether `proof` shows that the new tree extends the old one (section 2.1.4.2); an empty old tree never does.
 *
 * @param {number} oldSize @param {number} newSize @param {Uint8Array} oldRoot @param {Uint8Array} newRoot
 * @param {Uint8Array[]} proof
 */
export async function verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof) {
  if (!isNumber(oldSize) || !isNumber(newSize) || !oldSize || oldSize > newSize) return false;
  if (oldSize === newSize) return !proof.length && equal(oldRoot, newRoot);
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (!first) return false;
  const path = new Path(oldSize - 1, newSize - 1);
  path.skipRightEdge();
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (path.ended) return false;
    if (path.step()) {
      [before, after] = await Promise.all([nodeHash(sibling, before), nodeHash(sibling, after)]);
    } else {
      after = await nodeHash(after, sibling);
    }
  }
  return path.ended && equal(before, oldRoot) && equal(after, newRoot);
}

/** fn and sn of the RFC's algorithms: a node and the last node of its level, on the way up. */
class Path {
  /** @param {number} fn @param {number} sn */
  constructor(fn, sn) {
    this.fn = fn;
    this.sn = sn;
  }

  get ended() {
    return this.sn === 0;
  }

  /** Goes up past the next sibling; whether that one is on the left. */
  step() {
    const left = isOdd(this.fn) || this.fn === this.sn;
    if (left) while (!isOdd(this.fn) && this.fn) this.#up();
    this.#up();
    return left;
  }

  skipRightEdge() {
    while (isOdd(this.fn)) this.#up();
  }

  #up() {
    this.fn = half(this.fn);
    this.sn = half(this.sn);
  }
}

/** @param {number} value */
const isNumber = (value) => Number.isSafeInteger(value) && value >= 0;
/** @param {number} number */
const isOdd = (number) => number % 2 === 1;
/** @param {number} number */
const half = (number) => Math.floor(number / 2);
