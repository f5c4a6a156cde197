/** The manifest: what an election is, frozen before the first voter acts. Its SHA-256, M, binds each ballot to it. */
import { IssuerPublicKey } from "./blind_rsa.js";
import { contest } from "./contest.js";
import { isKey } from "./ed25519.js";
import { equal, hexEncode, sha256 } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, FieldError, hash, integer, list, literal, oneOf, pattern, record, text, time } from "./fields.js";
import { CanonicalError, jcsDecode, MAX_INTEGER } from "./jcs.js";
import { isPoint } from "./p256.js";

export const MAX_LENGTH = 100_000;
/** Trustees of an election; the threshold is at least `FEWEST`, too. */
export const [FEWEST, MOST] = [2, 15];

/** Bytes that are not a manifest. `field` is the path of the first bad field, or empty. */
export class ManifestError extends FieldError {}

const members = {
  v: literal(1),
  election: pattern(/^[0-9A-Za-z_-]{1,64}$/),
  origin: pattern(/^[!-*,-~]{1,200}$/),
  title: text,
  contests: numbered,
  opens_at: time,
  closes_at: time,
  mode: oneOf(/** @type {const} */ (["managed", "trustees"])),
  t: integer(0, MOST),
  n: integer(0, MOST),
  issuer_pk: issuer,
  election_pk: b64u(65),
  issuance_pk: ed25519Key,
  receipt_pk: ed25519Key,
  log_pk: ed25519Key,
  roll_size: integer(0, MAX_INTEGER),
  roll_root: hash,
};
const untrusted = record(members);
const trustees = record({
  transcript: hash,
  people: list(record({ name: text, signing_key: b64u(65) }), FEWEST, MOST),
});

/**
 * The members are named as in the JSON (docs/protocol.md, section 5); `trustees` is null without any, `release` `automatic` or `held`; times are Dates, keys and `roll_root` bytes, and
 * `issuer_pk` is ready to verify with. Besides: `hash`, M, 32 bytes; `plaintextLength`, L; `ballotLength`, both in
 * bytes; `bytes`, as served.
 *
 * @typedef {{election: string, origin: string, title: string, contests: import("./contest.js").Contest[],
 *   release: string, rehearsal: boolean, opens_at: Date, closes_at: Date, issuer_pk: IssuerPublicKey, election_pk: Uint8Array, issuance_pk: Uint8Array, receipt_pk: Uint8Array,
 *   log_pk: Uint8Array, roll_size: number, roll_root: Uint8Array, t: number, n: number,
 *   trustees: null | {transcript: Uint8Array, people: {name: string, signing_key: Uint8Array}[]},
 *   bytes: Uint8Array, hash: Uint8Array, plaintextLength: number, ballotLength: number}} Manifest
 */

/** Throws ManifestError, naming the field. @param {Uint8Array} bytes @returns {Promise<Manifest>} */
export async function parseManifest(bytes) {
  if (bytes.length > MAX_LENGTH) throw new ManifestError("", "too-long");
  const read = check(bytes);
  if (read.closes_at <= read.opens_at) throw new ManifestError("closes_at", "not-after-opening");
  if (equal(read.receipt_pk, read.issuance_pk)) throw new ManifestError("receipt_pk", "not-a-key-of-its-own");
  const known = [read.issuance_pk, read.receipt_pk].some((key) => equal(key, read.log_pk));
  if (known) throw new ManifestError("log_pk", "not-a-key-of-its-own");
  if (!(await isPoint(read.election_pk))) throw new ManifestError("election_pk", "not-a-point");
  const signing = await Promise.all((read.trustees?.people ?? []).map((one) => isPoint(one.signing_key)));
  if (signing.includes(false)) throw new ManifestError("trustees", "not-a-point");
  const plaintextLength = read.contests.reduce((length, { options }) => length + options.length, 0);
  const ballotLength = 275 + read.issuer_pk.k + plaintextLength;
  return Object.freeze({ ...read, bytes, hash: await sha256(bytes), plaintextLength, ballotLength });
}

/** @param {Uint8Array} bytes */
function check(bytes) {
  try {
    const value = jcsDecode(bytes);
    const given = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
    const { release = "held", rehearsal = true, ...rest } = /** @type {Record<string, unknown>} */ (given);
    literal("held")(release, "release");
    literal(true)(rehearsal, "rehearsal");
    const read = rest.mode === "trustees" ? checkTrusted(rest) : checkManaged(given === value ? rest : value);
    return { ...read, release: "release" in given ? "held" : "automatic", rehearsal: "rehearsal" in given };
  } catch (error) {
    if (error instanceof CanonicalError) throw new ManifestError("", error.reason);
    if (error instanceof FieldError) throw new ManifestError(error.field, error.reason);
    throw error;
  }
}

/** @param {unknown} value */
function checkManaged(value) {
  const read = untrusted(value);
  if (read.t) throw new FieldError("t", "not-in-managed-mode");
  if (read.n) throw new FieldError("n", "not-in-managed-mode");
  return { ...read, trustees: null };
}

/** @param {object} value */
function checkTrusted(value) {
  const { trustees: given, ...rest } = /** @type {Record<string, unknown>} */ (value);
  const read = untrusted(rest);
  if (read.t < FEWEST) throw new FieldError("t", "too-few");
  if (read.n < read.t) throw new FieldError("n", "fewer-than-t");
  const named = trustees(given, "trustees");
  const [names, keys] = [named.people.map(({ name }) => name), named.people.map((one) => hexEncode(one.signing_key))];
  const differ = [names, keys].every((values) => new Set(values).size === values.length);
  if (named.people.length !== read.n || !differ) throw new FieldError("trustees", "not-as-many");
  return { ...read, trustees: named };
}

/** @param {unknown} value @param {string} path @returns {import("./contest.js").Contest[]} */
function numbered(value, path) {
  const contests = list(contest, 1)(value, path);
  if (contests.some(({ id }, index) => id !== `c${index + 1}`)) throw new FieldError(path, "not-numbered");
  return contests;
}

/** @param {unknown} value @param {string} path @returns {Uint8Array} */
function ed25519Key(value, path) {
  const key = b64u(32)(value, path);
  if (!isKey(key)) throw new FieldError(path, "not-a-key");
  return key;
}

/** @param {unknown} value @param {string} path @returns {IssuerPublicKey} */
function issuer(value, path) {
  const der = b64u()(value, path);
  try {
    return IssuerPublicKey.fromSpki(der);
  } catch (error) {
    if (error instanceof Malformed) throw new FieldError(path, error.reason);
    throw error;
  }
}
