/** Many ballots of one election at once, as whoever verifies an export meets them. */
import { Ballot, BallotError } from "./ballot.js";

/** How many are under way at a time: enough for the browser's own threads, few enough to tell how far it is. */
const TOGETHER = 64;

/**
 * Why each ballot is refused: the first failure of `parse`, `verifyCredential` and `verifySignature`, null if there is
 * none. The issuer's key is imported once, with the manifest.
 *
 * @param {import("./manifest.js").Manifest} manifest @param {Uint8Array[]} ballots
 * @param {(done: number) => void} [progress] @returns {Promise<(string | null)[]>}
 */
export async function verifyBallots(manifest, ballots, progress = () => {}) {
  /** @type {(string | null)[]} */
  const reasons = [];
  while (reasons.length < ballots.length) {
    const some = ballots.slice(reasons.length, reasons.length + TOGETHER);
    reasons.push(...(await Promise.all(some.map((bytes) => refusal(bytes, manifest)))));
    progress(reasons.length);
  }
  return reasons;
}

/** @param {Uint8Array} bytes @param {import("./manifest.js").Manifest} manifest @returns {Promise<string | null>} */
async function refusal(bytes, manifest) {
  try {
    const ballot = Ballot.parse(bytes, manifest);
    await ballot.verifyCredential(manifest);
    await ballot.verifySignature();
    return null;
  } catch (error) {
    if (error instanceof BallotError) return error.reason;
    throw error;
  }
}
