/** After casting: was the board's promise kept? */
import { NotYet, Untrusted } from "./errors.js";
import { LogOverHttp, LogReader } from "./log_reader.js";
import { fetchManifest } from "./manifests.js";
import { readReceipt, verifyReceipt } from "./receipt.js";

/** What is verified, in this order; `growth` only where an earlier checkpoint is given. */
export const CHECKS = ["manifest", "receipt", "checkpoint", "growth", "index", "inclusion"];

/**
 * The ballot is leaf `index` under `checkpoint` (signed note, of `size` leaves). `final`: the log has ended with it,
 * which shows once the election is counted.
 *
 * @typedef {{manifest: import("./manifest.js").Manifest, index: number, size: number, final: boolean,
 *   checkpoint: string}} Recorded
 */

/**
 * Whether the ballot that a receipt (signed note) acknowledges is in the log.
 *
 * ReceiptError if it is no receipt of the election it names; NotYet while the log may still take the ballot in;
 * Untrusted if the promise is broken, or if something that the server shows does not verify. The check that failed is
 * the one after the last that `passed` was told of.
 *
 * @param {import("./api.js").Side} side @param {string} receipt
 * @param {{earlier?: string, passed?: (check: string) => void}} [options] `earlier`: a checkpoint seen before, which
 *   the log must still contain
 * @returns {Promise<Recorded>}
 */
export async function checkReceipt(side, receipt, { earlier = "", passed = () => {} } = {}) {
  const { election, manifestHash, leafHash } = readReceipt(receipt);
  const manifest = await fetchManifest(side, election, manifestHash);
  passed("manifest");
  await verifyReceipt(receipt, manifest, leafHash);
  passed("receipt");

  const served = new LogOverHttp(side, election);
  const log = new LogReader(manifest, (path) => served.fetchTile(path));
  const note = await served.newestCheckpoint();
  if (note === null) throw new NotYet("no-log");
  const checkpoint = await log.open(note);
  passed("checkpoint");
  if (earlier) {
    await log.proveGrowth(await log.open(earlier), checkpoint);
    passed("growth");
  }

  const [index, final] = [await served.indexOf(leafHash), await log.isFinal(checkpoint)];
  if (index === null || index >= checkpoint.size) {
    throw final ? new Untrusted("promise-broken") : new NotYet("waits-to-be-logged");
  }
  passed("index");
  await log.proveLeaf(leafHash, index, checkpoint);
  passed("inclusion");
  return { manifest, index, size: checkpoint.size, final, checkpoint: note };
}
