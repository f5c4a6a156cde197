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
 * @typedef {{step: "blinded" | "sealed" | "credentialed" | "signed" | "cast"} & Record<string, string | Uint8Array>} State
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

/** In order: a later one is closer to the receipt. */
const STEPS = {
  blinded: REQUEST,
  sealed: { ...REQUEST, sealed_choices: "bytes" },
  credentialed: { ...ISSUED, key: "bytes", rand: "bytes", signature: "bytes" },
  signed: { ...ISSUED, ballot: "bytes" },
  cast: { ...ISSUED, receipt: "text" },
};

/** How close a state is to the receipt, from 0; -1 for none. @param {State | null} state */
export const progressOf = (state) => Object.keys(STEPS).indexOf(state?.step);

/** The state at `step` that follows `before`: what all steps know of it, and `more`. @returns {State} */
export function next(step, before, more) {
  const known = { ...before, ...more };
  return Object.freeze({ step, ...Object.fromEntries(Object.keys(STEPS[step]).map((name) => [name, known[name]])) });
}

/** The recovery file. @param {State} state @returns {string} */
export function stateToJson(state) {
  const members = Object.entries(STEPS[state.step]).map(([name, kind]) => [
    name,
    kind === "bytes" ? b64uEncode(state[name]) : state[name],
  ]);
  const json = JSON.stringify({ v: VERSION, step: state.step, ...Object.fromEntries(members) }, null, 1);
  // Pure ASCII, as the command line writes it.
  return `${json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

/** The inverse of `stateToJson`. Throws BadState for anything else. @param {string} text @returns {State} */
export function stateFromJson(text) {
  const { v, step, ...values } = object(text);
  if (v === 1 || v === 2) throw new BadState("older-version");
  if (v !== VERSION || !Object.hasOwn(STEPS, step)) throw new BadState("another-version");
  const kinds = STEPS[step];
  const complete = Object.keys(kinds).every((name) => typeof values[name] === "string");
  if (!complete || Object.keys(values).length !== Object.keys(kinds).length) throw new BadState("not-complete");
  try {
    const read = Object.entries(kinds).map(([name, kind]) => [
      name,
      kind === "bytes" ? b64uDecode(values[name]) : values[name],
    ]);
    const state = Object.fromEntries(read);
    if (state.manifest_hash.length !== HASH) throw new BadState("damaged");
    return Object.freeze({ step, ...state });
  } catch (error) {
    throw error instanceof EncodingError ? new BadState("damaged") : error;
  }
}

function object(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadState("not-a-recovery-file");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadState("not-a-recovery-file");
  return value;
}
