/**
 * A voter's progress: each state holds what the next step needs and nothing more.
 *
 *     to cast in one go:          sealed → signed → cast
 *     to prepare a device first:  blinded → credentialed → signed → cast
 *     prepared, not finished:     blinded → sealed → signed → cast
 *
 *     blinded       the link, a credential's key and its blinding
 *     sealed        the same, and the choices sealed to the election key: they are not kept in any other form
 *     credentialed  the credential: the right to one ballot
 *     signed        the ballot's exact bytes
 *     cast          the receipt
 *
 * A state is written down before anything is sent, so a voter who is interrupted continues from it. Looking at an
 * election needs no state and binds nothing. Anyone who reads the file of any state but the last two can vote in the
 * voter's place; of these two, can tell which ballot is the voter's. The file is the one that the command line writes
 * and reads; a state has its members, by the same names, with bytes as Uint8Array and its step as `step`.
 *
 * @typedef {{address: string, election: string, manifest_hash: Uint8Array, checkpoint: string,
 *   blinded_sha256: Uint8Array}} Common
 * @typedef {Common & {link: string, key: Uint8Array, rand: Uint8Array, blinded: Uint8Array, inverse: Uint8Array}} Request
 * @typedef {Common & {issuance: string}} Issued
 * @typedef {{step: "blinded"} & Request} Blinded
 * @typedef {{step: "sealed", sealed_choices: Uint8Array} & Request} Sealed
 * @typedef {{step: "credentialed", key: Uint8Array, rand: Uint8Array, signature: Uint8Array} & Issued} Credentialed
 * @typedef {{step: "signed", ballot: Uint8Array} & Issued} Signed
 * @typedef {{step: "cast", receipt: string} & Issued} Cast
 * @typedef {Blinded | Sealed | Credentialed | Signed | Cast} State
 */
import { b64uDecode, b64uEncode, EncodingError } from "./encoding.js";
import { BadState } from "./errors.js";

const VERSION = 3;
/** Bytes of a manifest's hash. One that was written in hex would be decoded to 48. */
const HASH = 32;

/**
 * `address`: the API's, without a trailing slash. `checkpoint`: the newest signed note of the log that this voter has
 * verified. `blinded_sha256`: the voter's own line in the issuance ledger will hold it.
 */
const COMMON = {
  address: "text",
  election: "text",
  manifest_hash: "bytes",
  checkpoint: "text",
  blinded_sha256: "bytes",
};

/** `key`: the credential's scalar, 32 bytes. */
const REQUEST = { ...COMMON, link: "text", key: "bytes", rand: "bytes", blinded: "bytes", inverse: "bytes" };

/** `issuance`: the issuance receipt, a signed note. The ledger must show what it states. */
const ISSUED = { ...COMMON, issuance: "text" };

/** In order: a later one is closer to the receipt. @type {Record<State["step"], Record<string, string>>} */
const STEPS = {
  blinded: REQUEST,
  sealed: { ...REQUEST, sealed_choices: "bytes" },
  credentialed: { ...ISSUED, key: "bytes", rand: "bytes", signature: "bytes" },
  signed: { ...ISSUED, ballot: "bytes" },
  cast: { ...ISSUED, receipt: "text" },
};

/** How close a state is to the receipt, from 0; -1 for none. @param {State | null} state */
export const progressOf = (state) => Object.keys(STEPS).indexOf(state?.step ?? "");

/**
 * The state at `step` that follows `before`: what all steps know of it, and `more`, which together have its members.
 *
 * @template {State["step"]} S
 * @param {S} step @param {Common} before @param {Partial<Record<string, string | Uint8Array>>} more
 * @returns {Extract<State, {step: S}>}
 */
export function next(step, before, more) {
  /** @type {Record<string, unknown>} */
  const known = { ...before, ...more };
  const members = Object.keys(STEPS[step]).map((name) => [name, known[name]]);
  return frozen({ step, ...Object.fromEntries(members) });
}

/** The recovery file. @param {State} state @returns {string} */
export function stateToJson(state) {
  const values = new Map(Object.entries(state));
  const members = Object.keys(STEPS[state.step]).map((name) => {
    const value = values.get(name);
    return [name, value instanceof Uint8Array ? b64uEncode(value) : value];
  });
  const json = JSON.stringify({ v: VERSION, step: state.step, ...Object.fromEntries(members) }, null, 1);
  // Pure ASCII, as the command line writes it.
  return `${json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

/** The inverse of `stateToJson`. Throws BadState for anything else. @param {string} text @returns {State} */
export function stateFromJson(text) {
  const { v, step, ...values } = object(text);
  if (v === 1 || v === 2) throw new BadState("older-version");
  if (v !== VERSION || !isStep(step)) throw new BadState("another-version");
  const kinds = STEPS[step];
  if (!areTexts(values, Object.keys(kinds))) throw new BadState("not-complete");
  try {
    const read = Object.entries(kinds).map(([name, kind]) => [
      name,
      kind === "bytes" ? b64uDecode(values[name]) : values[name],
    ]);
    /** @type {State} */
    const state = frozen({ step, ...Object.fromEntries(read) });
    if (state.manifest_hash.length !== HASH) throw new BadState("damaged");
    return state;
  } catch (error) {
    throw error instanceof EncodingError ? new BadState("damaged") : error;
  }
}

/** @param {string} text @returns {Record<string, unknown>} */
function object(text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadState("not-a-recovery-file");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadState("not-a-recovery-file");
  return /** @type {Record<string, unknown>} */ (value);
}

/** @template {State} S @param {object} members all that a state has at its step @returns {S} */
const frozen = (members) => /** @type {S} */ (Object.freeze(members));

/** @param {unknown} name @returns {name is State["step"]} */
const isStep = (name) => typeof name === "string" && Object.hasOwn(STEPS, name);

/** Whether the values are texts of these names, and nothing else. @returns {values is Record<string, string>} */
const areTexts = (/** @type {Record<string, unknown>} */ values, /** @type {string[]} */ names) =>
  names.every((name) => typeof values[name] === "string") && Object.keys(values).length === names.length;
