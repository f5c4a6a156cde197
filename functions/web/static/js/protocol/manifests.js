/** Getting the one manifest that a link or a receipt names, and making sure that it is the one that everybody sees. */
import { AmendmentAudit } from "./amendment_audit.js";
import { equal } from "./encoding.js";
import { Malformed, NotYet, orUntrusted, Untrusted } from "./errors.js";
import { manifestLeaf, parseLeaf } from "./leaf.js";
import { LogOverHttp, LogReader } from "./log_reader.js";
import { parseManifest } from "./manifest.js";
import { leafHash } from "./merkle.js";
import { readCeremony } from "./trustee_ceremony.js";

/**
 * Untrusted unless the manifest served is the one with this hash, and names this election.
 *
 * @param {import("./api.js").Side} side @param {string} election @param {Uint8Array} manifestHash 32 bytes
 * @returns {Promise<import("./manifest.js").Manifest>}
 */
export async function fetchManifest(side, election, manifestHash) {
  const { bytes } = await side.get(`/elections/${encodeURIComponent(election)}/manifest`);
  const manifest = await orUntrusted("bad-manifest", () => parseManifest(bytes));
  if (!equal(manifest.hash, manifestHash) || manifest.election !== election) throw new Untrusted("other-election");
  return manifest;
}

/**
 * What everybody sees of an election: its log's newest checkpoint (signed note), and what was amended under it, in order.
 * `closesAt`: the end in force. `withdrawn`: for each contest the numbers of the options that they withdraw.
 *
 * @typedef {{checkpoint: string, closesAt: Date, amendments: import("./amendment.js").Amendment[],
 *   withdrawn: Set<number>[]}} Published
 */

/**
 * Ask for what `verifyPublished` verifies while the manifest is still on its way.
 *
 * @param {import("./api.js").Side} side @param {string} election @returns {ReturnType<LogOverHttp["statements"]>}
 */
export function askAhead(side, election) {
  const asked = new LogOverHttp(side, election).statements({ ahead: true });
  asked.catch(() => {}); // whoever waits for it sees the failure; nobody does if the manifest is refused
  return asked;
}

/**
 * The log's newest checkpoint, verified, with this manifest as its first leaf and the amendments after it.
 *
 * While voting runs, the leaves served are all that the checkpoint is over, so its root proves that none is missing. The
 * log starts some seconds after the first mail. NotYet if it is not there after `patience` seconds; Untrusted.
 *
 * @param {import("./api.js").Side} side @param {import("./manifest.js").Manifest} manifest @param {number} patience
 * @param {ReturnType<LogOverHttp["statements"]>} [asked] what was asked for ahead of the manifest; without an answer it is asked again
 * @returns {Promise<Published>}
 */
export async function verifyPublished(side, manifest, patience, asked) {
  if (manifest.trustees) await requireConfirmed(side, manifest);
  const served = new LogOverHttp(side, manifest.election);
  const statements = (await asked) ?? (await side.waitFor(() => served.statements(), patience));
  if (statements === null) throw new NotYet("no-log");
  const { note, leaves } = statements;
  const log = new LogReader(manifest, (path) => served.fetchTile(path));
  const checkpoint = await log.open(note);
  if (!leaves.length || !equal(leaves[0], manifestLeaf(manifest.hash))) throw new Untrusted("leaf-not-there");
  const hashes = await Promise.all(leaves.map(leafHash));
  await log.proveStart(hashes, checkpoint, () => served.door());
  const audit = new AmendmentAudit(manifest);
  const amendments = leaves.slice(1).map((leaf) => takeAmendment(audit, leaf));
  return { checkpoint: note, closesAt: audit.closesAt, amendments, withdrawn: audit.withdrawn };
}

/**
 * Untrusted unless all trustees whom the manifest names made its key, and signed the manifest: else the key could serve
 * a second election with the same trustees and an earlier end.
 *
 * @param {import("./api.js").Side} side @param {import("./manifest.js").Manifest} manifest
 */
async function requireConfirmed(side, manifest) {
  const { bytes } = await side.get(`/elections/${encodeURIComponent(manifest.election)}/ceremony`);
  await orUntrusted("trustees-not-shown", () => readCeremony(bytes, manifest));
}

/** @param {AmendmentAudit} audit @param {Uint8Array} bytes */
function takeAmendment(audit, bytes) {
  const leaf = readLeaf(bytes);
  if (leaf?.kind !== "amendment" || audit.take(leaf)) throw new Untrusted("bad-amendment");
  return leaf;
}

/** @param {Uint8Array} bytes */
function readLeaf(bytes) {
  try {
    return parseLeaf(bytes);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
