/**
 * The end of an election as a file: all that a trustee checks before it agrees to open the ballots.
 *
 * The log begins with the manifest's leaf and these amendments, and ends with the closing leaf. Between them is room for
 * its ballots only, so no amendment is kept back from anyone who checks the file.
 */
import { AmendmentAudit } from "./amendment_audit.js";
import { openCheckpoint } from "./checkpoint.js";
import { equal } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, hash, list, literal, record, that } from "./fields.js";
import { jcsDecode } from "./jcs.js";
import { manifestLeaf, parseLeaf } from "./leaf.js";
import { parseManifest } from "./manifest.js";
import { leafHash, root as rootOf, verifyConsistency, verifyInclusion } from "./merkle.js";
import { CeremonyError, OutOfTurn } from "./trustee_faults.js";
import { withAgreement } from "./trustee_secrets.js";

/** Bytes of a file at most. */
const MAX_LENGTH = 4 * 1024 * 1024;

/** @type {import("./fields.js").Check<string>} */
const note = that("not-a-text", (value) => typeof value === "string");
const proof = list(hash, 0, 64);
const members = record({
  v: literal("ballotcast/end/1"),
  manifest: b64u(),
  checkpoint: note,
  amendments: list(b64u(), 0, 10_000),
  start_proof: proof,
  closing: b64u(),
  closing_proof: proof,
});

/** @typedef {ReturnType<typeof members>} End  the members as in docs/protocol.md, section 12, with bytes */

/** Throws CeremonyError unless it is the one spelling of such a file. @param {Uint8Array} bytes @returns {End} */
export function parseEnd(bytes) {
  if (bytes.length > MAX_LENGTH) throw new CeremonyError("malformed");
  try {
    return members(jcsDecode(bytes));
  } catch (error) {
    throw error instanceof Malformed ? new CeremonyError("malformed") : error;
  }
}

/**
 * The final checkpoint. Throws CeremonyError unless it is one of this manifest, and voting has ended.
 *
 * The trustee's own clock decides, and not what the closing leaf says: an organiser may have ended voting early, but
 * until the end in force passes, somebody else might still vote under another log.
 *
 * @param {End} end @param {Uint8Array} manifestHash that the trustee has confirmed @param {Date} now
 */
export async function requireEnd(end, manifestHash, now) {
  const { checkpoint, closesAt } = await proveEnd(end, manifestHash);
  if (now < closesAt) throw new CeremonyError("still-open");
  return checkpoint;
}

/**
 * What the file proves, but for the clock. Throws CeremonyError unless it is the end of the log of this manifest.
 *
 * `closesAt`: the end in force, extensions among the amendments included. An extension that the log's writer kept from
 * this log is not in it: the trustee looks whether this is the end that was announced.
 *
 * @param {End} end @param {Uint8Array} manifestHash
 */
export async function proveEnd(end, manifestHash) {
  const { manifest, checkpoint, closing, amendments } = await orNotFinal(async () => {
    const read = await parseManifest(end.manifest);
    return {
      manifest: read,
      checkpoint: await openCheckpoint(end.checkpoint, read.origin, read.log_pk),
      closing: parseLeaf(end.closing),
      amendments: end.amendments.map(parseLeaf),
    };
  });
  if (!equal(manifest.hash, manifestHash)) throw new CeremonyError("other-manifest");
  const { size } = checkpoint;
  const ballots = closing.kind === "closing" ? closing.ballots : -1;
  const starts = await Promise.all([manifestLeaf(manifest.hash), ...end.amendments].map(leafHash));
  const isWhole = closing.kind === "closing" && starts.length + ballots + 1 === size;
  if (!isWhole) throw new CeremonyError("not-final");
  await orNotFinal(() => requireLog(end, starts, checkpoint));
  const audit = new AmendmentAudit(manifest);
  for (const leaf of amendments) {
    if (leaf.kind !== "amendment" || audit.take(leaf)) throw new CeremonyError("not-final");
  }
  const couldClose = manifest.opens_at <= closing.closed_at && audit.couldClose(closing.closed_at);
  if (!couldClose) throw new CeremonyError("not-final");
  return { checkpoint, title: manifest.title, closesAt: audit.closesAt, ballots };
}

/**
 * Agree to open the ballots, if this is the end of the election that the trustee has confirmed, and it has passed.
 *
 * @param {import("./trustee_secrets.js").Secrets} secrets @param {End} end @param {Date} now
 */
export async function agree(secrets, end, now) {
  if (!secrets.confirmation) throw new OutOfTurn("not-confirmed");
  return withAgreement(secrets, await requireEnd(end, secrets.confirmation.manifest, now));
}

/** @param {End} end @param {Uint8Array[]} starts @param {{size: number, root: Uint8Array}} checkpoint */
async function requireLog(end, starts, { size, root }) {
  const begins = await verifyConsistency(starts.length, size, await rootOf(starts), root, end.start_proof);
  const ends = await verifyInclusion(await leafHash(end.closing), size - 1, size, end.closing_proof, root);
  if (!begins || !ends) throw new CeremonyError("not-final");
}

/** @template T @param {() => T | Promise<T>} make @returns {Promise<T>} */
async function orNotFinal(make) {
  try {
    return await make();
  } catch (error) {
    throw error instanceof Malformed ? new CeremonyError("not-final") : error;
  }
}
