/** The log as anyone reads it: nothing is believed that the manifest's log key or a Merkle proof does not show. */
import { member, texts } from "./api.js";
import { openCheckpoint } from "./checkpoint.js";
import { openDoor } from "./door.js";
import { b64uDecode, compare, equal, utf8Decode } from "./encoding.js";
import { ApiError, orUntrusted, Untrusted } from "./errors.js";
import { parseLeaf } from "./leaf.js";
import { HASH_LENGTH, leafHash, root as rootOf, verifyConsistency, verifyInclusion } from "./merkle.js";
import { consistencyProofFromTiles, decodeBundle, inclusionProofFromTiles, tilePath, WIDTH } from "./tiles.js";

// API Gateway passes bytes as bytes only to those who ask for them by name.
const BINARY = { headers: { Accept: "application/octet-stream" } };

/** What an API shows of a log, through one of its sides; nothing of it is verified yet. */
export class LogOverHttp {
  #side;
  #election;

  /** @param {import("./api.js").Side} side @param {string} election */
  constructor(side, election) {
    this.#side = side;
    this.#election = `/elections/${encodeURIComponent(election)}`;
  }

  /** The signed note as it is served; null while there is no log. @returns {Promise<string | null>} */
  async newestCheckpoint() {
    const found = await this.#side.find(`${this.#election}/log/checkpoint`);
    return found && utf8Decode(found.bytes);
  }

  /**
   * The signed note, and the leaves under it before the ballots; null while there is no log. Untrusted if it is neither.
   *
   * @param {{ahead?: boolean}} [options] `ahead`: asked once, before it is needed; null for any failure
   * @returns {Promise<{note: string, leaves: Uint8Array[]} | null>}
   */
  async statements({ ahead = false } = {}) {
    const path = `${this.#election}/log/statements`;
    const found = await (ahead ? this.#side.ahead(path) : this.#side.find(path));
    if (!found) return null;
    return {
      note: member(found, "checkpoint", "string"),
      leaves: await orUntrusted("bad-statements", () => texts(found, "leaves").map((leaf) => b64uDecode(leaf))),
    };
  }

  /** The door statement as it is served; empty before voting has ended. @returns {Promise<string>} */
  async door() {
    const found = await this.#side.find(`${this.#election}/log/door`);
    return found ? utf8Decode(found.bytes) : "";
  }

  /** A tile or an entry bundle; null if there is none. @param {string} path @returns {Promise<Uint8Array | null>} */
  async fetchTile(path) {
    const found = await this.#side.find(`${this.#election}/log/${path}`, BINARY);
    return found && found.bytes;
  }
}

/** The log of the election with this manifest, whose hash the caller has checked. */
export class LogReader {
  #manifest;
  #fetchTile;

  /**
   * @param {import("./manifest.js").Manifest} manifest
   * @param {(path: string) => Promise<Uint8Array | null>} fetchTile by `tilePath`; null where there is none
   */
  constructor(manifest, fetchTile) {
    this.#manifest = manifest;
    this.#fetchTile = fetchTile;
  }

  /** Untrusted unless the log's key signed this checkpoint of this log. @param {string} note */
  open(note) {
    return orUntrusted("bad-checkpoint", () => openCheckpoint(note, this.#manifest.origin, this.#manifest.log_pk));
  }

  /**
   * The proof that the leaf is at `index` under the checkpoint. Untrusted unless the tiles give it.
   *
   * @param {Uint8Array} leaf @param {number} index @param {import("./checkpoint.js").Checkpoint} checkpoint
   * @returns {Promise<Uint8Array[]>}
   */
  async proveLeaf(leaf, index, { size, root }) {
    const proof = await orUntrusted("leaf-not-there", () => inclusionProofFromTiles(index, size, this.#read));
    if (!(await verifyInclusion(leaf, index, size, proof, root))) throw new Untrusted("leaf-not-there");
    return proof;
  }

  /**
   * Untrusted unless the log begins with these leaf hashes, of all its leaves before the ballots. Its root proves it if
   * there are no other leaves. There may be others once voting has ended, as the door statement shows: then the tiles
   * prove it, and a leaf that was left out changes nothing any more.
   *
   * @param {Uint8Array[]} hashes @param {import("./checkpoint.js").Checkpoint} checkpoint
   * @param {() => Promise<string>} fetchDoor the statement as it is served, or nothing
   */
  async proveStart(hashes, checkpoint, fetchDoor) {
    if (hashes.length !== checkpoint.size) {
      const door = await fetchDoor();
      await orUntrusted("statements-missing", () => openDoor(door, this.#manifest));
      for (const [index, hash] of hashes.entries()) await this.proveLeaf(hash, index, checkpoint);
    } else if (!equal(await rootOf(hashes), checkpoint.root)) {
      throw new Untrusted("leaf-not-there");
    }
  }

  /**
   * Untrusted unless the tiles prove that the larger of two checkpoints begins with the smaller one.
   *
   * @param {import("./checkpoint.js").Checkpoint} one @param {import("./checkpoint.js").Checkpoint} other
   */
  async proveGrowth(one, other) {
    const [old, grown] = one.size <= other.size ? [one, other] : [other, one];
    const proof = await orUntrusted("log-rewritten", () =>
      old.size < grown.size ? consistencyProofFromTiles(old.size, grown.size, this.#read) : [],
    );
    const holds = await verifyConsistency(old.size, grown.size, old.root, grown.root, proof);
    if (holds) return;
    // The path to the old one's last leaf has all that its root is made of.
    if (old.size < grown.size) await this.#requireTilesOf(grown, old.size - 1);
    throw new Untrusted("log-rewritten");
  }

  /**
   * Untrusted, but not for a rewritten log, unless the tiles on a leaf's path are the checkpoint's.
   *
   * @param {import("./checkpoint.js").Checkpoint} checkpoint @param {number} index
   */
  async #requireTilesOf({ size, root }, index) {
    const leaf = await this.#leafHashes(size)(index);
    const proof = await orUntrusted("other-tiles", () => inclusionProofFromTiles(index, size, this.#read));
    if (!(await verifyInclusion(leaf, index, size, proof, root))) throw new Untrusted("other-tiles");
  }

  /**
   * The leaf that ends the log with this checkpoint; null if there is none, or none is shown before the count.
   *
   * @param {import("./checkpoint.js").Checkpoint} checkpoint
   * @returns {Promise<Extract<import("./leaf.js").Leaf, {kind: "closing"}> | null>}
   */
  async closingLeaf(checkpoint) {
    const last = checkpoint.size - 1;
    const position = last % WIDTH;
    const bundle = await this.#lastBundle(tilePath("entries", Math.floor(last / WIDTH), position + 1));
    if (bundle === null) return null;
    const [entry, leaf] = await orUntrusted("bad-last-entry", () => {
      const bytes = decodeBundle(bundle, position + 1)[position];
      return [bytes, parseLeaf(bytes)];
    });
    await this.proveLeaf(await leafHash(entry), last, checkpoint);
    return leaf.kind === "closing" ? leaf : null;
  }

  /**
   * Where a ballot is among the last `ballots` leaves before the closing one, found without naming it to the server.
   *
   * Its neighbours if the tiles prove that these leave no place between them for it: it is not in the log, or the log is
   * not in order, and either is a breach. Untrusted if they prove nothing.
   *
   * @param {Uint8Array} leaf @param {number} ballots @param {import("./checkpoint.js").Checkpoint} checkpoint
   * @returns {Promise<number | Proven[]>}
   * @typedef {{index: number, leafHash: Uint8Array, proof: Uint8Array[]}} Proven  a leaf that is in the log there
   */
  async findBallot(leaf, ballots, checkpoint) {
    const stop = checkpoint.size - 1;
    const start = stop - ballots;
    if (start < 1) throw new Untrusted("too-many-ballots");
    const hashAt = this.#leafHashes(checkpoint.size);
    let [low, high] = [start, stop];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (compare(await hashAt(middle), leaf) < 0) low = middle + 1;
      else high = middle;
    }
    if (low < stop && compare(await hashAt(low), leaf) === 0) {
      await this.proveLeaf(leaf, low, checkpoint);
      return low;
    }
    const neighbours = [];
    for (let index = Math.max(start, low - 1); index < Math.min(stop, low + 1); index++) {
      const neighbour = await hashAt(index);
      neighbours.push({ index, leafHash: neighbour, proof: await this.proveLeaf(neighbour, index, checkpoint) });
    }
    return neighbours;
  }

  /**
   * Reads tile by tile as they are asked for; nothing of it is proved.
   *
   * @param {number} size @returns {(index: number) => Promise<Uint8Array>}
   */
  #leafHashes(size) {
    /** @type {Map<number, Promise<Uint8Array>>} */
    const tiles = new Map();
    return async (index) => {
      const n = Math.floor(index / WIDTH);
      const tile = tiles.get(n) ?? this.#read(0, n, Math.min(WIDTH, size - n * WIDTH));
      tiles.set(n, tile);
      const at = (index % WIDTH) * HASH_LENGTH;
      return (await tile).subarray(at, at + HASH_LENGTH);
    };
  }

  /** @param {string} path @returns {Promise<Uint8Array | null>} */
  async #lastBundle(path) {
    try {
      return await this.#fetchTile(path);
    } catch (error) {
      if (error instanceof ApiError && ["not-counted", "held"].includes(error.slug)) return null;
      throw error;
    }
  }

  /**
   * For `tiles`. A partial tile may be gone once it is full (C2SP tlog-tiles): then the full one begins with it.
   *
   * @type {import("./tiles.js").Read}
   */
  #read = async (level, n, width) => {
    const tile = (await this.#fetchTile(tilePath(level, n, width))) ?? (await this.#fetchTile(tilePath(level, n)));
    const hashes = tile?.subarray(0, width * HASH_LENGTH);
    if (hashes?.length !== width * HASH_LENGTH) throw new Untrusted("tile-missing");
    return hashes;
  };
}
