/** Getting the one manifest that a link or a receipt names, and making sure that it is the one that everybody sees. */
import { equal } from "./encoding.js";
import { NotYet, orUntrusted, Untrusted } from "./errors.js";
import { manifestLeaf } from "./leaf.js";
import { LogOverHttp, LogReader } from "./log_reader.js";
import { parseManifest } from "./manifest.js";
import { leafHash } from "./merkle.js";

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
 * The log's newest checkpoint (signed note), verified, with this manifest as its first leaf.
 *
 * The log starts some seconds after the first mail. NotYet if it is not there after `patience` seconds; Untrusted.
 *
 * @param {import("./api.js").Side} side @param {import("./manifest.js").Manifest} manifest @param {number} patience
 * @returns {Promise<string>}
 */
export async function verifyPublished(side, manifest, patience) {
  const served = new LogOverHttp(side, manifest.election);
  const note = await side.waitFor(() => served.newestCheckpoint(), patience);
  if (note === null) throw new NotYet("no-log");
  const log = new LogReader(manifest, (path) => served.fetchTile(path));
  await log.proveLeaf(await leafHash(manifestLeaf(manifest.hash)), 0, await log.open(note));
  return note;
}
