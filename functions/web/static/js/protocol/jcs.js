/**
 * Canonical JSON: RFC 8785 (JCS) over the subset that hashes the same in every language (docs/protocol.md, section 4).
 *
 * The subset: objects, arrays, strings, booleans, integers of magnitude below 2**53, nested at most 32 deep. No floats,
 * no nulls. Strings are code points and never normalised: what that does depends on the version of Unicode.
 */
import { equal, utf8, utf8Decode } from "./encoding.js";
import { Malformed } from "./errors.js";

export const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const MAX_DEPTH = 32;

/** A value outside the subset, or bytes that are not the one canonical encoding of a value. */
export class CanonicalError extends Malformed {}

/** @param {unknown} value of plain objects, arrays, strings, booleans and integers @returns {Uint8Array} */
export const jcsEncode = (value) => utf8(write(value, MAX_DEPTH));

/** @param {Uint8Array} data @returns {unknown} the value whose encoding is `data` */
export function jcsDecode(data) {
  let value;
  try {
    value = JSON.parse(utf8Decode(data));
  } catch {
    throw new CanonicalError("not-json");
  }
  // Parsing loses repeated members, spaces and other spellings of the same value; this comparison finds them.
  if (!equal(jcsEncode(value), data)) throw new CanonicalError("not-canonical");
  return value;
}

/** @param {unknown} value @param {number} depth @returns {string} */
function write(value, depth) {
  if (typeof value === "boolean") return String(value);
  // -0 is written 0, as RFC 8785 section 3.2.2.3 has it.
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value === "string") return writeText(value);
  if (typeof value !== "object" || value === null) throw new CanonicalError("outside-the-subset");
  if (depth === 0) throw new CanonicalError("nested-too-deeply");
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth - 1)).join()}]`;
  // sort() compares UTF-16 code units, which is the order of RFC 8785 section 3.2.3.
  const members = Object.keys(value).sort();
  const object = /** @type {Record<string, unknown>} */ (value);
  return `{${members.map((name) => `${writeText(name)}:${write(object[name], depth - 1)}`).join()}}`;
}

// JSON.stringify escapes exactly what RFC 8785 section 3.2.2.2 escapes, in the same spelling.
/** @param {string} text */
function writeText(text) {
  if (/\p{Surrogate}/u.test(text)) throw new CanonicalError("lone-surrogate");
  return JSON.stringify(text);
}
