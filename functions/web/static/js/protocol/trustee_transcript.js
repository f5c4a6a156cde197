/**
 * What everybody sees of a ceremony's two rounds of making the key, checked, and what follows from it.
 *
 * @typedef {import("./trustee_messages.js").Setup} Setup
 * @typedef {import("./trustee_messages.js").Join} Join
 * @typedef {import("./trustee_messages.js").Deal} Deal
 * @typedef {{setup: Setup, joins: Join[], deals: Deal[], electionKey: Uint8Array, shareKeys: Uint8Array[],
 *   hash: Uint8Array}} Transcript  hash: the fingerprint that trustees compare, and that the manifest names
 */
import { concat, equal, hexEncode, sha256, utf8 } from "./encoding.js";
import { HpkeError, open, openingKey } from "./hpke.js";
import { jcsEncode } from "./jcs.js";
import { KeyError } from "./p256.js";
import { add, decode, encode, evaluate } from "./p256_points.js";
import { verifyProof } from "./schnorr.js";
import { addPoints, fits, shareKey } from "./secret_sharing.js";
import { CeremonyError } from "./trustee_faults.js";
import { requireMessage } from "./trustee_messages.js";

/** What a proof of the constant term is about, besides the point. @param {Uint8Array} ceremony @param {number} index */
export const proofContext = (ceremony, index) => concat(utf8("ballotcast/proof/1\n"), ceremony, Uint8Array.of(index));

/** What a sealed share is bound to. @param {Uint8Array} ceremony @param {number} dealer @param {number} recipient */
export const shareContext = (ceremony, dealer, recipient) =>
  concat(utf8("ballotcast/share/1\n"), ceremony, Uint8Array.of(dealer, recipient));

/** @param {Uint8Array} ceremony @param {number} index @param {Uint8Array} proof @param {Uint8Array[]} points */
export const commitmentOf = (ceremony, index, proof, points) =>
  sha256(utf8("ballotcast/commitment/1\n"), ceremony, Uint8Array.of(index), proof, ...points);

/** Names all joins: who deals says which ones it was shown. @param {Join[]} joins */
export const joinsHash = (joins) => sha256(utf8("ballotcast/joins/1\n"), jcsEncode(joins.map(({ value }) => value)));

/**
 * Throws CeremonyError unless every trustee has joined, by keys and a commitment that nobody shares.
 *
 * @param {Setup} setup @param {Join[]} joins
 */
export async function requireJoins(setup, joins) {
  if (joins.length !== setup.n) throw missing(setup, joins);
  for (const [at, join] of joins.entries()) await requireMessage(join, setup, at + 1, join.signing_key);
  const used = joins.flatMap((join) => [join.signing_key, join.encryption_key, join.commitment].map(hexEncode));
  if (new Set(used).size < used.length) throw new CeremonyError("shared-key"); // which came second, no message shows
}

/**
 * Throws CeremonyError, which names who is to blame where that shows, for whatever is wrong for everybody to see.
 *
 * @param {Setup} setup @param {Join[]} joins @param {Deal[]} deals @returns {Promise<Transcript>}
 */
export async function makeTranscript(setup, joins, deals) {
  await requireJoins(setup, joins);
  if (deals.length !== setup.n) throw missing(setup, deals);
  for (const [at, deal] of deals.entries()) await requireDeal(setup, joins, deal, at + 1);
  const value = { setup: setup.value, joins: joins.map((one) => one.value), deals: deals.map((one) => one.value) };
  const hash = await sha256(utf8("ballotcast/transcript/1\n"), jcsEncode(value));
  try {
    const electionKey = await addPoints(deals.map(({ points }) => points[0]));
    return Object.freeze({ setup, joins, deals, electionKey, shareKeys: await keysOf(deals), hash });
  } catch (error) {
    // The identity, which no honest trustee's random part lets happen.
    throw error instanceof KeyError ? new CeremonyError("no-key") : error;
  }
}

/**
 * The recipient's share of a deal, 32 bytes. Throws CeremonyError, naming the dealer, if it is wrong.
 *
 * @param {Setup} setup @param {Deal} deal @param {number} recipient @param {Uint8Array} encryptionKey the private one
 */
export async function openShare(setup, deal, recipient, encryptionKey) {
  const context = shareContext(setup.hash, deal.index, recipient);
  const opened = await openedBy(encryptionKey, context, deal.shares[recipient - 1]);
  if (!opened) throw new CeremonyError("does-not-open", deal.index);
  if (!(await isOn(deal.points, recipient, opened))) throw new CeremonyError("does-not-fit", deal.index);
  return opened;
}

/**
 * Who is to blame for what was complained about. Throws CeremonyError if it is no complaint of this ceremony at all.
 *
 * @param {Setup} setup @param {Join[]} joins @param {Deal[]} deals checked before, like the joins
 * @param {import("./trustee_messages.js").Complaint} complaint @returns {Promise<CeremonyError>}
 */
export async function judge(setup, joins, deals, complaint) {
  const { index, accused } = complaint;
  if (index > setup.n || accused > setup.n) throw new CeremonyError("another-index");
  const accuser = joins[index - 1];
  await requireMessage(complaint, setup, index, accuser.signing_key);
  if (!equal(complaint.joins, await joinsHash(joins))) throw new CeremonyError("other-joins", index);
  if (!(await fits(complaint.encryption_key, accuser.encryption_key))) {
    return new CeremonyError("false-complaint", index);
  }
  try {
    await openShare(setup, deals[accused - 1], index, complaint.encryption_key);
  } catch (error) {
    if (error instanceof CeremonyError) return error;
    throw error;
  }
  return new CeremonyError("false-complaint", index);
}

/** @param {Setup} setup @param {Join[]} joins @param {Deal} deal @param {number} index */
async function requireDeal(setup, joins, deal, index) {
  const join = joins[index - 1];
  await requireMessage(deal, setup, index, join.signing_key);
  if (!equal(deal.joins, await joinsHash(joins))) throw new CeremonyError("other-joins", index);
  if (deal.points.length !== setup.t || deal.shares.length !== setup.n) throw new CeremonyError("malformed", index);
  const committed = await commitmentOf(setup.hash, index, deal.proof, deal.points);
  if (!equal(committed, join.commitment)) throw new CeremonyError("not-committed", index);
  if (!(await verifyProof(deal.points[0], proofContext(setup.hash, index), deal.proof))) {
    throw new CeremonyError("bad-proof", index);
  }
}

/** The public key of each trustee's share. @param {Deal[]} deals */
async function keysOf(deals) {
  const points = await Promise.all(deals.map((deal) => Promise.all(deal.points.map(decode))));
  const sums = points.reduce((sum, row) => sum.map((point, k) => add(point, row[k])));
  return deals.map((_, at) => encode(evaluate(sums, at + 1)));
}

/** @param {Uint8Array} scalar @param {Uint8Array} context @param {Uint8Array} sealed */
async function openedBy(scalar, context, sealed) {
  try {
    return await open(await openingKey(scalar), context, sealed);
  } catch (error) {
    if (error instanceof HpkeError) return null;
    throw error;
  }
}

/** @param {Uint8Array[]} points @param {number} recipient @param {Uint8Array} share */
async function isOn(points, recipient, share) {
  try {
    return await fits(share, await shareKey(points, recipient));
  } catch (error) {
    if (error instanceof KeyError) return false; // the identity: no share is 0
    throw error;
  }
}

/** @param {Setup} setup @param {unknown[]} messages */
const missing = ({ n }, { length }) => new CeremonyError("missing", Math.min(length, n - 1) + 1);
