/**
 * The proof that a receipt's promise was broken, as a file that anyone can check without asking a server.
 *
 * The log has its ballots in ascending order of leaf hash. Two leaves next to each other, one below the receipt's hash
 * and one above it, leave no place for the ballot: it is absent, or the log is out of order, and either is a breach.
 */
import { openCheckpoint } from "./checkpoint.js";
import { b64uEncode, compare, hexEncode, utf8, utf8Decode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, hash, integer, list, literal, record, that } from "./fields.js";
import { jcsDecode, jcsEncode, MAX_INTEGER } from "./jcs.js";
import { encodeClosing, parseLeaf } from "./leaf.js";
import { parseManifest } from "./manifest.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { openReceipt } from "./receipt.js";

/** Characters that a file can have, all of them ASCII but for those of names. */
export const MAX_LENGTH = 256 * 1024;
const KIND = "ballotcast/absence/1";

/** A file that is not a proof of absence, or proves nothing. */
export class AbsenceError extends Malformed {}

/** @type {import("./fields.js").Check<string>} */
const note = that("not-a-text", (value) => typeof value === "string");
const proof = list(hash, 0, 64);
const proven = record({ index: integer(1, MAX_INTEGER), leaf_hash: hash, proof });
const absence = record({
  v: literal(KIND),
  manifest: b64u(),
  receipt: note,
  checkpoint: note,
  closing: b64u(),
  closing_proof: proof,
  neighbours: list(proven, 0, 2),
});

/**
 * The file. Hashes as bytes.
 *
 * @param {{manifest: import("./manifest.js").Manifest, receipt: string, checkpoint: string,
 *   closing: Extract<import("./leaf.js").Leaf, {kind: "closing"}>, closingProof: Uint8Array[],
 *   neighbours: import("./log_reader.js").Proven[]}} found
 * @returns {string}
 */
export function absenceFile({ manifest, receipt, checkpoint, closing, closingProof, neighbours }) {
  /** @param {import("./log_reader.js").Proven} proven */
  const told = ({ index, leafHash: leaf, proof: hashes }) => ({
    index,
    leaf_hash: hexEncode(leaf),
    proof: hashes.map(hexEncode),
  });
  const file = {
    v: KIND,
    manifest: b64uEncode(manifest.bytes),
    receipt,
    checkpoint,
    closing: b64uEncode(encodeClosing(closing)),
    closing_proof: closingProof.map(hexEncode),
    neighbours: neighbours.map(told),
  };
  return utf8Decode(jcsEncode(file));
}

/** Whether a file says that it is such a proof. @param {string} text */
export const isAbsence = (text) => text.startsWith("{") && text.includes(`"v":"${KIND}"`);

/** Throws AbsenceError unless the text is the one spelling of a proof. @param {string} text */
export function parseAbsence(text) {
  const data = utf8(text);
  if (data.length > MAX_LENGTH) throw new AbsenceError("too-long");
  try {
    return absence(jcsDecode(data));
  } catch (error) {
    throw error instanceof Malformed ? new AbsenceError("not-an-absence") : error;
  }
}

/**
 * What the proof shows, if its signatures and hashes hold. Whose election it is, the manifest's hash says. Throws
 * AbsenceError.
 *
 * @param {ReturnType<typeof parseAbsence>} told
 * @returns {Promise<{manifest: import("./manifest.js").Manifest, leaf: Uint8Array, size: number, ballots: number}>}
 */
export async function verifyAbsence(told) {
  /** @template T @param {string} reason @param {() => T | Promise<T>} make @returns {Promise<T>} */
  const or = async (reason, make) => {
    try {
      return await make();
    } catch (error) {
      throw error instanceof Malformed ? new AbsenceError(reason) : error;
    }
  };
  const manifest = await or("bad-manifest", () => parseManifest(told.manifest));
  const leaf = await or("bad-receipt", () => openReceipt(told.receipt, manifest));
  const { size, root } = await or("bad-checkpoint", () =>
    openCheckpoint(told.checkpoint, manifest.origin, manifest.log_pk),
  );
  const closing = await or("bad-closing", () => parseLeaf(told.closing));
  if (closing.kind !== "closing") throw new AbsenceError("bad-closing");
  const last = { index: size - 1, leaf_hash: await leafHash(told.closing), proof: told.closing_proof };
  const leaves = [last, ...told.neighbours].map((one, at) => ({ one, reason: at ? "bad-neighbour" : "bad-closing" }));
  for (const { one, reason } of leaves) {
    const holds = () => verifyInclusion(one.leaf_hash, one.index, size, one.proof, root);
    if (!(await or(reason, holds))) throw new AbsenceError(reason);
  }
  requireGap(leaf, told.neighbours, size - 1 - closing.ballots, size - 1);
  return { manifest, leaf, size, ballots: closing.ballots };
}

/**
 * Throws unless the neighbours are ballots, at places from `start` to before `stop`, and leave no place between them.
 *
 * @param {Uint8Array} leaf @param {ReturnType<typeof proven>[]} neighbours @param {number} start @param {number} stop
 */
function requireGap(leaf, neighbours, start, stop) {
  if (start < 1) throw new AbsenceError("too-many-ballots");
  if (!neighbours.every(({ index }) => index >= start && index < stop)) throw new AbsenceError("not-a-ballot");
  const below = neighbours.filter((one) => compare(one.leaf_hash, leaf) < 0);
  const above = neighbours.filter((one) => compare(one.leaf_hash, leaf) > 0);
  const apart = below.length <= 1 && above.length <= 1 && below.length + above.length === neighbours.length;
  const before = below[0]?.index ?? start - 1;
  const behind = above[0]?.index ?? stop;
  if (!apart || behind !== before + 1) throw new AbsenceError("leaves-a-place");
}
