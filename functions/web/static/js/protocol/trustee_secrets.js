/**
 * What one trustee keeps of one attempt: its private keys, what it made of them, and what it has signed.
 *
 * Every step returns new secrets with the message that it made; write them down before the message is sent. A step that
 * is repeated returns the same message, since a second one of the same round would prove that the trustee cheats. So a
 * trustee may be interrupted anywhere. The file is the one that the command line writes and reads.
 *
 *     join → deal → confirm (or complain) → agree → release
 *
 * @typedef {import("./trustee_messages.js").Setup} Setup
 * @typedef {import("./trustee_messages.js").Join} Join
 * @typedef {import("./trustee_messages.js").Agreement} Agreement
 * @typedef {import("./trustee_transcript.js").Transcript} Transcript
 * @typedef {import("./trustee_opening.js").Final} Final
 * @typedef {{setup: Setup, index: number, signing: Uint8Array, encryption: Uint8Array, polynomial?: Uint8Array[],
 *   proof?: Uint8Array, join: Join, deal?: import("./trustee_messages.js").Deal,
 *   complaint?: import("./trustee_messages.js").Complaint,
 *   confirmation?: import("./trustee_messages.js").Confirmation, agreement?: Agreement,
 *   release?: import("./trustee_messages.js").Release}} Secrets
 *   signing, encryption: private keys. polynomial, proof: until the deal is made. The rest: what was sent.
 */
import { b64uEncode, equal, hexEncode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, FieldError, integer, list, literal } from "./fields.js";
import { seal } from "./hpke.js";
import { jcsDecode, jcsEncode } from "./jcs.js";
import { MOST } from "./manifest.js";
import { fromScalar, generate } from "./p256.js";
import { prove } from "./schnorr.js";
import * as sharing from "./secret_sharing.js";
import { CeremonyError, OutOfTurn, SecretsError } from "./trustee_faults.js";
import { readMessage, readSetup, requireMessage, signMessage } from "./trustee_messages.js";
import { requireAgreements } from "./trustee_opening.js";
import { commitmentOf, joinsHash, openShare, proofContext, requireJoins, shareContext } from "./trustee_transcript.js";

const LABEL = "ballotcast/secrets/1";
/** The messages that are kept, by their members, with their rounds. */
const SENT = /** @type {const} */ ({
  join: "join",
  deal: "deal",
  complaint: "complaint",
  confirmation: "confirm",
  agreement: "agree",
  release: "release",
});

/** Fresh secrets, with the first message. @param {Setup} setup @param {number} index @returns {Promise<Secrets>} */
export async function begin(setup, index) {
  if (!(index >= 1 && index <= setup.n)) throw new OutOfTurn("no-such-trustee");
  const [signing, encryption] = await Promise.all([generate(), generate()]);
  const polynomial = await sharing.polynomial(setup.t);
  const proof = await prove(await fromScalar(polynomial[0]), proofContext(setup.hash, index));
  const commitment = await commitmentOf(setup.hash, index, proof, await sharing.commitments(polynomial));
  const join = await signMessage("join", signing, setup, index, {
    signing_key: b64uEncode(signing.point),
    encryption_key: b64uEncode(encryption.point),
    commitment: hexEncode(commitment),
  });
  return { setup, index, signing: signing.scalar, encryption: encryption.scalar, polynomial, proof, join };
}

/**
 * Open the commitment and deal shares, once everybody has joined. Throws CeremonyError for joins that are wrong.
 *
 * @param {Secrets} secrets @param {Join[]} joins @returns {Promise<Secrets>}
 */
export async function withDeal(secrets, joins) {
  const { setup, index, polynomial, proof, ...kept } = secrets;
  if (kept.deal || !polynomial || !proof) return secrets;
  await requireJoins(setup, joins);
  if (!equal(joins[index - 1].bytes, kept.join.bytes)) throw new CeremonyError("other-joins");
  /** @param {Join} join */
  const sealed = (join) =>
    seal(join.encryption_key, shareContext(setup.hash, index, join.index), sharing.share(polynomial, join.index));
  const deal = await signMessage("deal", await fromScalar(kept.signing), setup, index, {
    joins: hexEncode(await joinsHash(joins)),
    proof: b64uEncode(proof),
    points: (await sharing.commitments(polynomial)).map(b64uEncode),
    shares: (await Promise.all(joins.map(sealed))).map(b64uEncode),
  });
  return { setup, index, ...kept, deal };
}

/**
 * This trustee's share of the election's private key, 32 bytes.
 *
 * Throws CeremonyError, which names the dealer of a share that is wrong: then complain about it.
 *
 * @param {Secrets} secrets @param {Transcript} transcript
 */
export async function shareOf({ setup, index, encryption, ...kept }, transcript) {
  requireIn({ setup, index, encryption, ...kept }, transcript);
  const shares = [];
  for (const deal of transcript.deals) shares.push(await openShare(setup, deal, index, encryption));
  return sharing.addScalars(shares);
}

/**
 * Show everybody that a share is wrong. It gives the encryption key away, and ends the attempt.
 *
 * @param {Secrets} secrets @param {Transcript} transcript @param {number} accused @returns {Promise<Secrets>}
 */
export async function withComplaint(secrets, transcript, accused) {
  if (secrets.complaint) return secrets;
  if (secrets.confirmation) throw new OutOfTurn("already-confirmed");
  requireIn(secrets, transcript);
  const complaint = await signed(secrets, "complaint", {
    joins: hexEncode(await joinsHash(transcript.joins)),
    accused,
    encryption_key: b64uEncode(secrets.encryption),
  });
  return { ...secrets, complaint };
}

/**
 * Sign transcript and manifest, one of each ever. Throws CeremonyError if a share of this trustee's is wrong.
 *
 * @param {Secrets} secrets @param {Transcript} transcript @param {Uint8Array} manifestHash @returns {Promise<Secrets>}
 */
export async function withConfirmation(secrets, transcript, manifestHash) {
  await shareOf(secrets, transcript);
  if (secrets.complaint) throw new OutOfTurn("already-complained");
  const { confirmation: kept } = secrets;
  if (kept) {
    const same = equal(kept.transcript, transcript.hash) && equal(kept.manifest, manifestHash);
    if (!same) throw new OutOfTurn("already-confirmed");
    return secrets;
  }
  const confirmation = await signed(secrets, "confirm", {
    transcript: hexEncode(transcript.hash),
    manifest: hexEncode(manifestHash),
  });
  return { ...secrets, confirmation };
}

/**
 * Take over what this trustee has sent from another device: its own signature shows what it confirmed.
 *
 * @param {Secrets} secrets @param {Transcript} transcript
 * @param {import("./trustee_messages.js").Confirmation | undefined} sent @returns {Promise<Secrets>}
 */
export async function withSentConfirmation(secrets, transcript, sent) {
  if (secrets.confirmation) return secrets;
  requireIn(secrets, transcript);
  if (!sent) throw new OutOfTurn("not-confirmed");
  await requireMessage(sent, secrets.setup, secrets.index, secrets.join.signing_key);
  if (!equal(sent.transcript, transcript.hash)) throw new CeremonyError("other-transcript", secrets.index);
  return { ...secrets, confirmation: sent };
}

/**
 * Agree to open the ballots of this checkpoint, and of no other one ever.
 *
 * That it is the final one of the manifest that was confirmed, and that voting has ended by the trustee's own clock, is
 * to be checked before.
 *
 * @param {Secrets} secrets @param {Final} final @returns {Promise<Secrets>}
 */
export async function withAgreement(secrets, final) {
  if (!secrets.confirmation) throw new OutOfTurn("not-confirmed");
  if (secrets.agreement) {
    if (!isOf(secrets.agreement, final)) throw new OutOfTurn("already-agreed");
    return secrets;
  }
  const agreement = await signed(secrets, "agree", {
    manifest: hexEncode(secrets.confirmation.manifest),
    size: final.size,
    root: hexEncode(final.root),
  });
  return { ...secrets, agreement };
}

/**
 * Give the share away, once the threshold has agreed to the checkpoint that this trustee agreed to.
 *
 * @param {Secrets} secrets @param {Transcript} transcript @param {Final} final @param {Agreement[]} agreements
 * @returns {Promise<Secrets>}
 */
export async function withRelease(secrets, transcript, final, agreements) {
  if (secrets.release) return secrets;
  if (!secrets.confirmation || !secrets.agreement) throw new OutOfTurn("not-agreed");
  if (!equal(secrets.confirmation.transcript, transcript.hash)) throw new OutOfTurn("already-confirmed");
  if (!isOf(secrets.agreement, final)) throw new OutOfTurn("already-agreed");
  const { manifest } = secrets.confirmation;
  await requireAgreements(transcript, manifest, final, agreements);
  const release = await signed(secrets, "release", {
    manifest: hexEncode(manifest),
    root: hexEncode(final.root),
    share: b64uEncode(await shareOf(secrets, transcript)),
  });
  return { ...secrets, release };
}

/** The file. @param {Secrets} secrets @returns {Uint8Array} */
export function encodeSecrets(secrets) {
  const { setup, index, signing, encryption, polynomial, proof, ...sent } = secrets;
  return jcsEncode({
    v: LABEL,
    setup: setup.value,
    index,
    signing: b64uEncode(signing),
    encryption: b64uEncode(encryption),
    ...(polynomial && proof ? { polynomial: polynomial.map(b64uEncode), proof: b64uEncode(proof) } : {}),
    ...Object.fromEntries(Object.entries(sent).map(([name, { value }]) => [name, value])),
  });
}

/** The inverse of `encodeSecrets`. Throws SecretsError for anything else. @param {Uint8Array} bytes */
export async function parseSecrets(bytes) {
  try {
    const secrets = await read(jcsDecode(bytes));
    if (equal(encodeSecrets(secrets), bytes) && (await isWhole(secrets))) return secrets;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw new SecretsError("not-secrets");
}

/** @param {unknown} value @returns {Promise<Secrets>} */
async function read(value) {
  if (typeof value !== "object" || value === null) throw new FieldError("", "not-an-object");
  const given = /** @type {Record<string, unknown>} */ (value);
  literal(LABEL)(given.v, "v");
  /** @type {Record<string, unknown>} */
  const found = {
    setup: await readSetup(given.setup),
    index: integer(1, MOST)(given.index, "index"),
    signing: b64u(32)(given.signing, "signing"),
    encryption: b64u(32)(given.encryption, "encryption"),
  };
  if ("polynomial" in given) found.polynomial = list(b64u(32), 1, MOST)(given.polynomial, "polynomial");
  if ("proof" in given) found.proof = b64u(97)(given.proof, "proof");
  for (const [name, round] of Object.entries(SENT)) {
    if (name === "join" || name in given) found[name] = await readMessage(round, given[name]);
  }
  return /** @type {Secrets} */ (/** @type {unknown} */ (found));
}

/** Whether the private keys are those that the join names, and the deal can be made if it is not. @param {Secrets} kept */
async function isWhole({ setup, index, signing, encryption, polynomial, proof, join, deal }) {
  const ours = equal(join.ceremony, setup.hash) && join.index === index;
  const canDeal = deal || (proof && polynomial?.length === setup.t);
  if (!ours || !canDeal || !(await sharing.fits(signing, join.signing_key))) return false;
  return sharing.fits(encryption, join.encryption_key);
}

/**
 * @template {keyof import("./trustee_messages.js").Rounds} R
 * @param {Secrets} secrets @param {R} round @param {Record<string, unknown>} members
 */
const signed = async ({ signing, setup, index }, round, members) =>
  signMessage(round, await fromScalar(signing), setup, index, members);

/** @param {Agreement} agreement @param {Final} final */
const isOf = (agreement, final) => agreement.size === final.size && equal(agreement.root, final.root);

/** Throws CeremonyError if it shows as this trustee's what it never sent. @param {Secrets} kept @param {Transcript} shown */
function requireIn({ setup, index, join, deal }, shown) {
  const [joined, dealt] = [shown.joins[index - 1], shown.deals[index - 1]];
  const isOurs = equal(shown.setup.hash, setup.hash) && equal(joined.bytes, join.bytes);
  if (!isOurs || !deal || !equal(dealt.bytes, deal.bytes)) throw new CeremonyError("other-transcript");
}
