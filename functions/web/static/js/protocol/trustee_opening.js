/**
 * The rounds that a transcript is used by: trustees confirm it with the manifest, agree to a final checkpoint, and
 * release their shares, of which the threshold makes the election's private key.
 *
 * @typedef {import("./trustee_transcript.js").Transcript} Transcript
 * @typedef {import("./trustee_messages.js").Confirmation} Confirmation
 * @typedef {import("./trustee_messages.js").Agreement} Agreement
 * @typedef {import("./trustee_messages.js").Release} Release
 * @typedef {{size: number, root: Uint8Array}} Final  of the final checkpoint
 */
import { equal } from "./encoding.js";
import { fits, interpolate } from "./secret_sharing.js";
import { CeremonyError } from "./trustee_faults.js";
import { requireMessage } from "./trustee_messages.js";

/**
 * Throws CeremonyError unless all trustees signed this transcript and this manifest.
 *
 * @param {Transcript} transcript @param {Uint8Array} manifestHash @param {Confirmation[]} confirmations
 */
export async function requireConfirmations(transcript, manifestHash, confirmations) {
  const { n } = transcript.setup;
  if (confirmations.length !== n) throw new CeremonyError("missing", Math.min(confirmations.length, n - 1) + 1);
  for (const [at, confirmation] of confirmations.entries()) {
    await requireMessage(confirmation, transcript.setup, at + 1, transcript.joins[at].signing_key);
    if (!equal(confirmation.transcript, transcript.hash)) throw new CeremonyError("other-transcript", at + 1);
    if (!equal(confirmation.manifest, manifestHash)) throw new CeremonyError("other-manifest", at + 1);
  }
}

/**
 * Throws CeremonyError unless at least the threshold agreed, in ascending order of their indices, each once.
 *
 * @param {Transcript} transcript @param {Uint8Array} manifestHash @param {Final} final @param {Agreement[]} agreements
 */
export async function requireAgreements(transcript, manifestHash, final, agreements) {
  for (const agreement of agreements) {
    await requireOwn(transcript, manifestHash, agreement);
    if (agreement.size !== final.size || !equal(agreement.root, final.root)) {
      throw new CeremonyError("other-checkpoint", agreement.index);
    }
  }
  requireAscending(agreements);
  if (agreements.length < transcript.setup.t) throw new CeremonyError("too-few");
}

/**
 * The election's private key, 32 bytes, from the threshold's shares or more.
 *
 * Throws CeremonyError, naming whose share is wrong.
 *
 * @param {Transcript} transcript @param {Uint8Array} manifestHash @param {Final} final @param {Release[]} releases
 */
export async function openElection(transcript, manifestHash, final, releases) {
  for (const release of releases) {
    await requireOwn(transcript, manifestHash, release);
    const { index, root, share } = release;
    if (!equal(root, final.root)) throw new CeremonyError("other-checkpoint", index);
    if (!(await fits(share, transcript.shareKeys[index - 1]))) throw new CeremonyError("wrong-share", index);
  }
  requireAscending(releases);
  const { t } = transcript.setup;
  if (releases.length < t) throw new CeremonyError("too-few");
  const key = interpolate(new Map(releases.slice(0, t).map(({ index, share }) => [index, share])));
  if (!(await fits(key, transcript.electionKey))) throw new CeremonyError("no-key"); // right shares make the right key
  return key;
}

/** @param {Transcript} transcript @param {Uint8Array} manifestHash @param {Agreement | Release} sent */
async function requireOwn(transcript, manifestHash, sent) {
  const { index } = sent;
  if (index > transcript.setup.n) throw new CeremonyError("another-index", index);
  await requireMessage(sent, transcript.setup, index, transcript.joins[index - 1].signing_key);
  if (!equal(sent.manifest, manifestHash)) throw new CeremonyError("other-manifest", index);
}

/** @param {{index: number}[]} messages */
function requireAscending(messages) {
  const wrong = messages.find(({ index }, at) => at > 0 && index <= messages[at - 1].index);
  if (wrong) throw new CeremonyError("another-index", wrong.index);
}
