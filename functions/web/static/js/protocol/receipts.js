/** After casting: was the board's promise kept? */
import { absenceFile } from "./absence.js";
import { NotYet, PromiseBroken } from "./errors.js";
import { encodeClosing } from "./leaf.js";
import { LogOverHttp, LogReader } from "./log_reader.js";
import { fetchManifest } from "./manifests.js";
import { leafHash as hashOf } from "./merkle.js";
import { readReceipt, verifyReceipt } from "./receipt.js";

/** What is verified, in this order; `growth` only where an earlier checkpoint is given. */
export const CHECKS = ["manifest", "receipt", "checkpoint", "growth", "closing", "inclusion"];

/**
 * The ballot is leaf `index` under the final `checkpoint` (signed note, of `size` leaves).
 *
 * @typedef {{manifest: import("./manifest.js").Manifest, index: number, size: number, checkpoint: string}} Recorded
 */

/**
 * Whether the ballot that a receipt (signed note) acknowledges is in the log, once that has ended. The server does not
 * see which ballot is looked for.
 *
 * ReceiptError if it is no receipt of the election it names; NotYet until the election is counted; PromiseBroken, with
 * the proof, if the ballot is missing; Untrusted if something that the server shows does not verify. The check that
 * failed is the one after the last that `passed` was told of.
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

  const closing = await log.closingLeaf(checkpoint);
  if (closing === null) throw new NotYet("waits-for-close");
  passed("closing");
  const place = await log.findBallot(leafHash, closing.ballots, checkpoint);
  if (Array.isArray(place)) {
    const closingProof = await log.proveLeaf(await hashOf(encodeClosing(closing)), checkpoint.size - 1, checkpoint);
    throw new PromiseBroken(
      absenceFile({ manifest, receipt, checkpoint: note, closing, closingProof, neighbours: place }),
    );
  }
  passed("inclusion");
  return { manifest, index: place, size: checkpoint.size, checkpoint: note };
}
