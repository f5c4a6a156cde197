/** The pass over an export's log: each entry is looked at once, in order, 256 in memory at a time. */
import { Ballot, BallotError } from "../protocol/ballot.js";
import { compare, concat, equal, hexEncode, sha256 } from "../protocol/encoding.js";
import { Malformed, Spoilt } from "../protocol/errors.js";
import { HpkeError } from "../protocol/hpke.js";
import { parseLeaf } from "../protocol/leaf.js";
import { leafHash } from "../protocol/merkle.js";
import { decodePlaintext } from "../protocol/plaintext.js";
import { decodeBundle, tilePath, WIDTH } from "../protocol/tiles.js";
import { AmendmentAudit } from "../protocol/amendment_audit.js";
import { bundles } from "./export_file.js";
import { GrowingTree } from "./growing_tree.js";

/** The checks of each ballot. */
const EACH = /** @type {const} */ (["order", "ballots", "credentials", "one-ballot-each"]);
const BALLOT = 1;
const TILE = 32 * WIDTH;
const BUNDLE = WIDTH * (2 + 0xffff);

/**
 * What a ballot says: what is to be counted, or why it is spoilt.
 *
 * @typedef {{plaintext: Uint8Array, reason?: undefined} | {reason: string, plaintext?: undefined}} Said
 * @typedef {{index: number, faults: [import("./findings.js").CheckName, string][], key?: string, said?: Said | null}} Judged
 *   `key`: the hash of the ballot's, in hex; without the election key nothing is `said`
 */

/** Afterwards: what the amendments state, the closing leaf, and, given the election key, what the ballots say. */
export class LogAudit {
  ballots = 0;
  /** @type {Map<string, {plaintext: Uint8Array, number: number}>} */
  plaintexts = new Map();
  /** @type {{index: number, reason: string}[]} */
  spoilt = [];
  /** @type {Extract<import("../protocol/leaf.js").Leaf, {kind: "closing"}> | null} */
  closing = null;
  /** Of the leaf hashes that were asked for, in hex, those of ballots in the log. @type {Set<string>} */
  found = new Set();
  /** @type {Set<string>} */
  #keys = new Set();
  #ballotsBegan = false;
  /** @type {Uint8Array} */
  #lastBallot = new Uint8Array();

  /**
   * @param {import("./export_file.js").ExportFile} exported @param {import("./findings.js").Findings} findings
   * @param {import("../protocol/manifest.js").Manifest} manifest
   * @param {import("../protocol/hpke.js").OpeningKey | null} electionKey
   * @param {Set<string>} asked leaf hashes, in hex
   */
  constructor(exported, findings, manifest, electionKey, asked) {
    this.exported = exported;
    this.findings = findings;
    this.manifest = manifest;
    this.electionKey = electionKey;
    this.asked = asked;
    this.amendments = new AmendmentAudit(manifest);
  }

  /**
   * @param {(done: number, total: number) => void} progress of leaves
   * @param {import("../protocol/checkpoint.js").Checkpoint} checkpoint
   */
  async run(checkpoint, progress) {
    const tree = new GrowingTree((level, n, hashes) => this.#compareTile(level, n, hashes));
    for (const { n, width } of bundles(checkpoint.size)) {
      const entries = await this.#readBundle(n, width);
      const ballots = await Promise.all(entries.map((entry, at) => this.#look(tree.size + at, entry, checkpoint.size)));
      const hashes = await Promise.all(entries.map(leafHash));
      ballots.forEach((judged, at) => judged && this.#keep(judged, hashes[at]));
      await tree.append(hashes);
      progress(tree.size, checkpoint.size);
    }
    for (const { level, n, hashes } of tree.edge) await this.#compareTile(level, n, hashes);
    if (!equal(await tree.root(), checkpoint.root)) this.findings.fail("log", "another-root");
    if (!this.closing) this.findings.fail("leaves", "not-closed");
    else if (this.closing.roll_revision !== this.amendments.rolls.length - 1) this.findings.fail("leaves", "other-amendments");
    const found = { count: this.ballots };
    this.findings.complete("log", { count: checkpoint.size });
    this.findings.complete("leaves");
    for (const name of EACH) this.findings.complete(name, found);
  }

  /** @param {number} n @param {number} width */
  async #readBundle(n, width) {
    const path = tilePath("entries", n, width);
    const bundle = await this.exported.read(path, BUNDLE);
    try {
      return decodeBundle(bundle, width);
    } catch (error) {
      throw error instanceof Malformed ? this.findings.stop("log", "bad-bundle", { file: path }) : error;
    }
  }

  /** @param {number} level @param {number} n @param {Uint8Array[]} hashes */
  async #compareTile(level, n, hashes) {
    const path = tilePath(level, n, hashes.length);
    const told = await this.exported.read(path, TILE);
    if (!equal(told, concat(...hashes))) this.findings.fail("log", "tile-not-of-entries", { file: path });
  }

  /**
   * What a ballot's leaf says; nothing for the others, which are looked at in their place at once.
   *
   * @param {number} index @param {Uint8Array} entry @param {number} size @returns {Promise<Judged | null>}
   */
  async #look(index, entry, size) {
    const last = index === size - 1;
    if (entry[0] === BALLOT && index && !last) {
      this.#ballotsBegan = true;
      return this.#judge(index, entry.subarray(1));
    }
    const fault = this.#fault(index, entry, last);
    if (fault) this.findings.fail("leaves", fault, { index });
    return null;
  }

  /**
   * What is wrong with a leaf that is not a ballot; empty if nothing is.
   *
   * @param {number} index @param {Uint8Array} entry @param {boolean} last @returns {string}
   */
  #fault(index, entry, last) {
    let leaf;
    try {
      leaf = parseLeaf(entry);
    } catch (error) {
      if (error instanceof Malformed) return "out-of-place";
      throw error;
    }
    if (leaf.kind === "manifest" && !index && equal(leaf.manifestHash, this.manifest.hash)) return "";
    if (leaf.kind === "amendment" && index && !last && !this.#ballotsBegan) return this.amendments.take(leaf);
    if (leaf.kind === "closing" && last && this.#couldClose(leaf.closed_at)) {
      this.closing = leaf;
      return "";
    }
    return "out-of-place";
  }

  /** @param {Date} closedAt */
  #couldClose(closedAt) {
    return this.manifest.opens_at <= closedAt && this.amendments.couldClose(closedAt);
  }

  /** @param {number} index @param {Uint8Array} bytes @returns {Promise<Judged>} */
  async #judge(index, bytes) {
    let ballot;
    /** @type {Judged["faults"]} */
    const faults = [];
    try {
      ballot = Ballot.parse(bytes, this.manifest);
    } catch (error) {
      if (error instanceof BallotError) return { index, faults: [["ballots", error.reason]] };
      throw error;
    }
    const verified = [ballot.verifyCredential(this.manifest), ballot.verifySignature()];
    for (const outcome of await Promise.allSettled(verified)) {
      if (outcome.status === "fulfilled") continue;
      if (!(outcome.reason instanceof BallotError)) throw outcome.reason;
      const { reason } = outcome.reason;
      faults.push([reason === "bad-issuer-signature" ? "credentials" : "ballots", reason]);
    }
    const said = this.electionKey ? await this.#open(ballot, this.electionKey) : null;
    return { index, faults, key: hexEncode(await sha256(ballot.vk)), said };
  }

  /**
   * The plaintext of a ballot, if it is to be counted; else why it is spoilt.
   *
   * @param {Ballot} ballot @param {import("../protocol/hpke.js").OpeningKey} electionKey @returns {Promise<Said>}
   */
  async #open(ballot, electionKey) {
    try {
      const plaintext = await ballot.open(electionKey);
      decodePlaintext(this.manifest, plaintext);
      return { plaintext };
    } catch (error) {
      if (error instanceof HpkeError) return { reason: "unreadable" };
      if (error instanceof Spoilt) return { reason: error.reason };
      throw error;
    }
  }

  /** @param {Judged} judged @param {Uint8Array} hash */
  #keep({ index, faults, key, said }, hash) {
    this.ballots += 1;
    if (compare(hash, this.#lastBallot) <= 0) this.findings.fail("order", "not-ascending", { index });
    this.#lastBallot = hash;
    if (this.asked.size && this.asked.has(hexEncode(hash))) this.found.add(hexEncode(hash));
    for (const [check, reason] of faults) this.findings.fail(check, reason, { index });
    if (!key) return;
    if (this.#keys.has(key)) this.findings.fail("one-ballot-each", "used-twice", { index });
    this.#keys.add(key);
    if (said?.reason) this.spoilt.push({ index, reason: said.reason });
    if (!said?.plaintext) return;
    const spelled = hexEncode(said.plaintext);
    const known = this.plaintexts.get(spelled);
    if (known) known.number += 1;
    else this.plaintexts.set(spelled, { plaintext: said.plaintext, number: 1 });
  }
}
