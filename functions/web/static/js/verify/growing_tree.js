/** The log's tree as it grows, leaf by leaf: it keeps its edge, and tells of every tile that is full. */
import { concat } from "../protocol/encoding.js";
import { root } from "../protocol/merkle.js";
import { rootFromTiles, WIDTH } from "../protocol/tiles.js";

export class GrowingTree {
  size = 0;
  /** The tile of each that is being filled. @type {{n: number, hashes: Uint8Array[]}[]} */
  #levels = [{ n: 0, hashes: [] }];
  #full;

  /** @param {(level: number, n: number, hashes: Uint8Array[]) => Promise<void>} [full] */
  constructor(full = async () => {}) {
    this.#full = full;
  }

  /** @param {Uint8Array[]} leafHashes */
  async append(leafHashes) {
    for (const hash of leafHashes) await this.#push(0, hash);
    this.size += leafHashes.length;
  }

  /** @param {number} level @param {Uint8Array} hash @returns {Promise<void>} */
  async #push(level, hash) {
    const tile = (this.#levels[level] ??= { n: 0, hashes: [] });
    tile.hashes.push(hash);
    if (tile.hashes.length < WIDTH) return;
    await this.#full(level, tile.n, tile.hashes);
    this.#levels[level] = { n: tile.n + 1, hashes: [] };
    await this.#push(level + 1, await root(tile.hashes));
  }

  /** The tiles that are not full. @returns {{level: number, n: number, hashes: Uint8Array[]}[]} */
  get edge() {
    return this.#levels.map((tile, level) => ({ level, ...tile })).filter(({ hashes }) => hashes.length);
  }

  /** @returns {Promise<Uint8Array>} of RFC 9162 */
  root() {
    return rootFromTiles(this.size, async (level) => concat(...this.#levels[level].hashes));
  }
}
