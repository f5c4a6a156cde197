/**
 * Text encodings of byte strings, and the few things that are done with bytes everywhere.
 *
 * Decoders accept exactly what the encoders write: one byte string has one spelling, so texts can be compared.
 */
import { Malformed } from "./errors.js";

/** A text that no encoder here would have written. The message never repeats it: it may be a secret. */
export class EncodingError extends Malformed {}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param {string} text @returns {Uint8Array} UTF-8 */
export const utf8 = (text) => encoder.encode(text);

/** Strict UTF-8; a byte order mark is a character like any other. @param {Uint8Array} data @returns {string} */
export function utf8Decode(data) {
  try {
    return decoder.decode(data);
  } catch {
    throw new EncodingError("not-utf-8");
  }
}

/** base64url without padding (RFC 4648 section 5). @param {Uint8Array} data @returns {string} */
export const b64uEncode = (data) => b64Encode(data).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");

/** @param {string} text @returns {Uint8Array} */
export const b64uDecode = (text) => decode64(text, text.replaceAll("-", "+").replaceAll("_", "/"), b64uEncode);

/** Standard base64 with padding (RFC 4648 section 4). @param {Uint8Array} data @returns {string} */
export const b64Encode = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));

/** @param {string} text @returns {Uint8Array} */
export const b64Decode = (text) => decode64(text, text, b64Encode);

/** Lower-case hexadecimal. @param {Uint8Array} data @returns {string} */
export const hexEncode = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text @returns {Uint8Array} */
export function hexDecode(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new EncodingError("not-hex");
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** The moment of `2026-11-20T09:00:00Z` (RFC 3339, UTC, whole seconds). @param {string} text @returns {Date} */
export function timeDecode(text) {
  const time = new Date(text);
  if (!/^[1-9]\d{3}-/.test(text) || Number.isNaN(time.valueOf()) || timeEncode(time) !== text) {
    throw new EncodingError("not-a-time");
  }
  return time;
}

/** Fractions of a second are dropped. @param {Date} time @returns {string} */
export const timeEncode = (time) => time.toISOString().replace(/\.\d{3}Z$/, "Z");

/** @param {...Uint8Array} parts @returns {Uint8Array<ArrayBuffer>} */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** @param {Uint8Array} one @param {Uint8Array} other @returns {boolean} */
export const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Below 0, 0 or above 0, as `one` comes before `other` byte by byte. @param {Uint8Array} one @param {Uint8Array} other */
export function compare(one, other) {
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at < 0 ? one.length - other.length : at < other.length ? one[at] - other[at] : 1;
}

/** SHA-256 of the concatenated parts. @param {...Uint8Array} parts @returns {Promise<Uint8Array>} 32 bytes */
export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));

/** From the system's random source. @param {number} length @returns {Uint8Array} */
export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

// atob skips white space, needs no padding and ignores unused low bits; encoding again finds all of that.
/** @param {string} text @param {string} standard @param {(data: Uint8Array) => string} encode @returns {Uint8Array} */
function decode64(text, standard, encode) {
  let data;
  try {
    data = Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  } catch {
    throw new EncodingError("not-base64");
  }
  if (encode(data) !== text) throw new EncodingError("not-base64");
  return data;
}
