/**
 * The tree of `merkle` read from tiles, as C2SP tlog-tiles lays it out, and the names of its files.
 *
 * A tile at (level, n) is up to 256 concatenated 32-byte hashes; hash i of it is the root of the 256**level leaves from
 * (n * 256 + i) * 256**level. A `Read` fetches one: `read(level, n, width)` answers the tile's first `width` hashes.
 *
 * @typedef {(level: number, n: number, width: number) => Promise<Uint8Array>} Read
 */
import { Malformed } from "./errors.js";
import { consistencyRanges, HASH_LENGTH, inclusionRanges, isPowerOfTwo, nodeHash, root, split } from "./merkle.js";

export const WIDTH = 256;
const HEIGHT = 8;

/** Tiles that do not fit the size of the tree they are said to belong to. */
export class TileError extends Malformed {}

/**
 * The path below the log's prefix: `tile/0/x001/234.p/5`, or `tile/entries/x001/234` for the leaves themselves.
 *
 * @param {number | "entries"} level @param {number} n @param {number} [width] below 256 for a partial one
 */
export function tilePath(level, n, width = WIDTH) {
  const digits = String(n);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g) ?? [];
  const last = groups.pop();
  const partial = width < WIDTH ? `.p/${width}` : "";
  return ["tile", level, ...groups.map((group) => `x${group}`), last].join("/") + partial;
}

/**
 * The entries of a bundle, each behind its length as big-endian uint16; TileError unless there are `width` of them.
 *
 * @param {Uint8Array} data @param {number} width @returns {Uint8Array[]}
 */
export function decodeBundle(data, width) {
  const entries = [];
  let at = 0;
  while (at + 2 <= data.length) {
    const start = at + 2;
    at = start + 256 * data[at] + data[at + 1];
    entries.push(data.subarray(start, at));
  }
  if (at !== data.length || entries.length !== width) throw new TileError("not-a-bundle");
  return entries;
}

/** Root of the tree of `size` leaves; reads only the partial tiles. @param {number} size @param {Read} read */
export const rootFromTiles = async (size, read) => (size ? new Tree(size, read).subtree(0, size) : root([]));

/**
 * Proof for `verifyInclusion`. Throws ProofError for an index outside the tree.
 *
 * @param {Read} read @param {number} index @param {number} size
 */
export const inclusionProofFromTiles = (index, size, read) => proof(inclusionRanges(index, size), size, read);

/**
 * Proof for `verifyConsistency`. Throws ProofError unless 0 < oldSize <= size.
 *
 * @param {Read} read @param {number} oldSize @param {number} size
 */
export const consistencyProofFromTiles = (oldSize, size, read) => proof(consistencyRanges(oldSize, size), size, read);

/** @param {[number, number][]} ranges @param {number} size @param {Read} read */
async function proof(ranges, size, read) {
  const tree = new Tree(size, read);
  return Promise.all(ranges.map(([start, end]) => tree.subtree(start, end)));
}

/** Subtree roots of one tree; each tile is read once. */
class Tree {
  #size;
  #read;
  /** @type {Map<string, Promise<Uint8Array[]>>} */
  #tiles = new Map();

  /** @param {number} size @param {Read} read */
  constructor(size, read) {
    this.#size = size;
    this.#read = read;
  }

  /**
   * MTH(D[start:end]) of RFC 9162 section 2.1.1, for a range that the tree's own splits lead to.
   *
   * @param {number} start @param {number} end @returns {Promise<Uint8Array>}
   */
  async subtree(start, end) {
    if (!isPowerOfTwo(end - start)) {
      const middle = start + split(end - start);
      return nodeHash(...(await Promise.all([this.subtree(start, middle), this.subtree(middle, end)])));
    }
    // A complete subtree: some 1 to 128 consecutive hashes of one tile.
    const height = Math.round(Math.log2(end - start));
    const level = Math.floor(height / HEIGHT);
    const first = start / WIDTH ** level;
    const hashes = await this.#tile(level, Math.floor(first / WIDTH));
    return root(hashes.slice(first % WIDTH, (first % WIDTH) + 2 ** (height % HEIGHT)));
  }

  /** @param {number} level @param {number} n @returns {Promise<Uint8Array[]>} */
  #tile(level, n) {
    const name = `${level}/${n}`;
    const tile = this.#tiles.get(name) ?? this.#fetch(level, n);
    this.#tiles.set(name, tile);
    return tile;
  }

  /** @param {number} level @param {number} n @returns {Promise<Uint8Array[]>} */
  async #fetch(level, n) {
    const width = Math.min(WIDTH, Math.floor(this.#size / WIDTH ** level) - n * WIDTH);
    const tile = await this.#read(level, n, width);
    if (tile.length !== width * HASH_LENGTH) throw new TileError("tile-of-another-width");
    return Array.from({ length: width }, (_, at) => tile.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH));
  }
}
