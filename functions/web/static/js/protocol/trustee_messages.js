/**
 * The setup of a ceremony, and the messages of trustees: canonical JSON, bound to ceremony, round and index, and signed
 * (docs/protocol.md, section 12).
 *
 * A message that was read has its members by their names, bytes as Uint8Array; besides `value`, the JSON, and `bytes`.
 *
 * @typedef {{v: string, election: string, attempt: number, t: number, trustees: string[], n: number, hash: Uint8Array,
 *   value: unknown}} Setup
 * @typedef {{ceremony: Uint8Array, index: number, signature: Uint8Array, value: unknown, bytes: Uint8Array}} Message
 * @typedef {Message & {round: "join", signing_key: Uint8Array, encryption_key: Uint8Array, commitment: Uint8Array}} Join
 * @typedef {Message & {round: "deal", joins: Uint8Array, proof: Uint8Array, points: Uint8Array[],
 *   shares: Uint8Array[]}} Deal
 * @typedef {Message & {round: "complaint", joins: Uint8Array, accused: number, encryption_key: Uint8Array}} Complaint
 * @typedef {Message & {round: "confirm", transcript: Uint8Array, manifest: Uint8Array}} Confirmation
 * @typedef {Message & {round: "agree", manifest: Uint8Array, size: number, root: Uint8Array}} Agreement
 * @typedef {Message & {round: "release", manifest: Uint8Array, root: Uint8Array, share: Uint8Array}} Release
 * @typedef {{join: Join, deal: Deal, complaint: Complaint, confirm: Confirmation, agree: Agreement, release: Release}} Rounds
 */
import { b64uEncode, concat, equal, hexEncode, sha256, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, FieldError, hash, integer, list, literal, pattern, record, text } from "./fields.js";
import { jcsDecode, jcsEncode, MAX_INTEGER } from "./jcs.js";
import { FEWEST, MOST } from "./manifest.js";
import { fromPoint, isPoint, sign, verify } from "./p256.js";
import { CeremonyError } from "./trustee_faults.js";

const MAX_LENGTH = 16 * 1024;
const CEREMONY = "ballotcast/ceremony/1";
const LABEL = "ballotcast/trustee/1";
/** Of a sealed share: HPKE's key, the scalar, a tag. */
const SEALED = 65 + 32 + 16;

const index = integer(1, MOST);
const point = b64u(65);
const scalar = b64u(32);

const setupMembers = record({
  v: literal(CEREMONY),
  election: pattern(/^[0-9A-Za-z_-]{1,64}$/),
  attempt: integer(1, MAX_INTEGER),
  t: integer(FEWEST, MOST),
  trustees: list(text, FEWEST, MOST),
});

/** @param {string} round @param {Parameters<typeof record>[0]} members */
const message = (round, members) =>
  record({ v: literal(LABEL), round: literal(round), ceremony: hash, index, signature: b64u(64), ...members });

const ROUNDS = {
  join: message("join", { signing_key: point, encryption_key: point, commitment: hash }),
  deal: message("deal", {
    joins: hash,
    proof: b64u(97),
    points: list(point, 0, MOST),
    shares: list(b64u(SEALED), 0, MOST),
  }),
  complaint: message("complaint", { joins: hash, accused: index, encryption_key: scalar }),
  confirm: message("confirm", { transcript: hash, manifest: hash }),
  agree: message("agree", { manifest: hash, size: integer(2, MAX_INTEGER), root: hash }),
  release: message("release", { manifest: hash, root: hash, share: scalar }),
};

/** @param {unknown} value the JSON of a setup @returns {Promise<Setup>} */
export async function readSetup(value) {
  const read = shaped(() => setupMembers(value));
  const n = read.trustees.length;
  if (read.t > n || new Set(read.trustees).size < n) throw new CeremonyError("malformed");
  return Object.freeze({ ...read, n, hash: await sha256(utf8(`${CEREMONY}\n`), jcsEncode(value)), value });
}

/**
 * @template {keyof Rounds} R
 * @param {R} round @param {unknown} value the JSON of a message @returns {Promise<Rounds[R]>}
 */
export async function readMessage(round, value) {
  const read = shaped(() => ROUNDS[round](value));
  const bytes = shaped(() => jcsEncode(value));
  if (bytes.length > MAX_LENGTH) throw new CeremonyError("malformed");
  const found = /** @type {Rounds[R]} */ (/** @type {unknown} */ (Object.freeze({ ...read, value, bytes })));
  const isOnCurve = await Promise.all(pointsOf(found).map(isPoint));
  if (isOnCurve.includes(false)) throw new CeremonyError("malformed");
  return found;
}

/**
 * @template {keyof Rounds} R
 * @param {R} round @param {Uint8Array} bytes @returns {Promise<Rounds[R]>}
 */
export const parseMessage = async (round, bytes) => {
  if (bytes.length > MAX_LENGTH) throw new CeremonyError("malformed");
  return readMessage(
    round,
    shaped(() => jcsDecode(bytes)),
  );
};

/**
 * A new message. ECDSA is randomised: keep it, and send the same bytes again.
 *
 * @template {keyof Rounds} R
 * @param {R} round @param {import("./p256.js").PrivateKey} key @param {Setup} setup @param {number} place
 * @param {Record<string, unknown>} members as JSON @returns {Promise<Rounds[R]>}
 */
export async function signMessage(round, key, setup, place, members) {
  const unsigned = { v: LABEL, round, ceremony: hexEncode(setup.hash), index: place, ...members };
  const signature = b64uEncode(await sign(key, signedBytes(unsigned)));
  return readMessage(round, { ...unsigned, signature });
}

/** Whether the holder of this key signed it. @param {Message} sent @param {Uint8Array} signingKey 65 bytes */
export async function isSigned(sent, signingKey) {
  const members = Object.entries(/** @type {Record<string, unknown>} */ (sent.value));
  const unsigned = Object.fromEntries(members.filter(([name]) => name !== "signature"));
  return verify(await fromPoint(signingKey), signedBytes(unsigned), sent.signature);
}

/**
 * Throws CeremonyError unless it is this trustee's message of this ceremony.
 *
 * @param {Message} sent @param {Setup} setup @param {number} place @param {Uint8Array} signingKey
 */
export async function requireMessage(sent, setup, place, signingKey) {
  if (!equal(sent.ceremony, setup.hash)) throw new CeremonyError("another-ceremony", place);
  if (sent.index !== place) throw new CeremonyError("another-index", place);
  if (!(await isSigned(sent, signingKey))) throw new CeremonyError("bad-signature", place);
}

/** @param {unknown} unsigned */
const signedBytes = (unsigned) => concat(utf8(`${LABEL}\n`), jcsEncode(unsigned));

/** @param {Message} read @returns {Uint8Array[]} */
function pointsOf(read) {
  if (!("round" in read)) return [];
  if (read.round === "join") {
    const join = /** @type {Join} */ (read);
    return [join.signing_key, join.encryption_key];
  }
  return read.round === "deal" ? /** @type {Deal} */ (read).points : [];
}

/** @template T @param {() => T} read @returns {T} */
function shaped(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldError || error instanceof Malformed) throw new CeremonyError("malformed");
    throw error;
  }
}
