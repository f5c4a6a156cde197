/**
 * Checks of the protocol's canonical JSON, from which the manifest and the leaves are read.
 *
 * A check takes the value and its path, and answers what it stands for: bytes for base64url and hex, a Date for a
 * time, else the value itself. It throws a FieldError that names the first bad field.
 *
 * @template T @typedef {(value: unknown, path: string) => T} Check
 */
import { b64uDecode, EncodingError, hexDecode, timeDecode } from "./encoding.js";
import { Malformed } from "./errors.js";

/** `field` is the path of the bad field, like `contests.0.seats`, or empty. */
export class FieldError extends Malformed {
  /** @param {string} field @param {string} reason */
  constructor(field, reason) {
    super(reason, field ? `${field}: ${reason}` : reason);
    this.field = field;
  }
}

const TEXT_LENGTH = 200;
const LINES_LENGTH = 2000;
const LINK_LENGTH = 300;

/**
 * A check from a test of the value, which shows that the value is a T.
 *
 * @template T
 * @param {string} reason @param {(value: unknown) => boolean} holds @returns {Check<T>}
 */
export const that = (reason, holds) => (value, path) => {
  if (!holds(value)) throw new FieldError(path, reason);
  return /** @type {T} */ (value);
};

/** @template T @param {T} wanted @returns {Check<T>} */
export const literal = (wanted) => that("not-the-one-value", (value) => value === wanted);
/** @template {string} T @param {readonly T[]} names @returns {Check<T>} */
export const oneOf = (names) => that("unknown-name", (value) => names.some((name) => name === value));
/** @param {RegExp} form @returns {Check<string>} */
export const pattern = (form) => that("not-of-this-form", (value) => typeof value === "string" && form.test(value));
/** @param {number} least @param {number} most @returns {Check<number>} */
export const integer = (least, most) =>
  that("not-an-integer-in-range", (value) => isInteger(value) && value >= least && value <= most);
/** @param {unknown} value @returns {value is number} */
const isInteger = (value) => Number.isSafeInteger(value);

/**
 * Controls, separators of lines, marks of direction, and what shows as nothing but selects no variant of a character. A
 * list, and no property of Unicode, so that its version changes nothing (docs/protocol.md, section 5).
 */
const REFUSED = new RegExp(
  "[\\0-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164" +
    "\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}]",
  "u",
);

/** 1 to 200 code points that show as one line. @type {Check<string>} */
export const text = that("not-a-text", (value) => {
  if (typeof value !== "string" || value.startsWith(" ") || value.endsWith(" ")) return false;
  const length = [...value].length;
  return length >= 1 && length <= TEXT_LENGTH && !REFUSED.test(value);
});

/** 1 to 2,000 code points of lines, divided by U+000A alone; neither the first nor the last one is empty. @type {Check<string>} */
export const lines = that("not-lines", (value) => {
  if (typeof value !== "string" || /^[ \n]|[ \n]$/.test(value)) return false;
  const length = [...value].length;
  return length >= 1 && length <= LINES_LENGTH && !REFUSED.test(value.replaceAll("\n", ""));
});

/** An address that begins with https://, in ASCII, its host in lower case. @type {Check<string>} */
export const link = that(
  "not-a-link",
  (value) =>
    typeof value === "string" &&
    value.length <= LINK_LENGTH &&
    /^https:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?(?:\/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?$/.test(value),
);

export const time = decoded(timeDecode);
export const hash = decoded(hexDecode, 32);
/** @param {number} [length] in bytes; any, if it is left out */
export const b64u = (length) => decoded(b64uDecode, length);

/**
 * An array of `least` to `most` values, each of which passes the check.
 *
 * @template T
 * @param {Check<T>} check @param {number} [least] @param {number} [most] @returns {Check<T[]>}
 */
export const list = (check, least = 0, most = Infinity) => (value, path) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw new FieldError(path, "not-a-list");
  return value.map((item, index) => check(item, `${path}.${index}`));
};

/**
 * An object of exactly these members, checked in this order.
 *
 * @template {Record<string, Check<unknown>>} C
 * @param {C} checks @returns {(value: unknown, path?: string) => {[name in keyof C]: ReturnType<C[name]>}}
 */
export const record = (checks) => (value, path = "") => {
  if (!isObject(value)) throw new FieldError(path, "not-an-object");
  /** @param {string} name */
  const below = (name) => (path ? `${path}.${name}` : name);
  /** @type {Record<string, unknown>} */
  const read = {};
  for (const [name, check] of Object.entries(checks)) {
    if (!Object.hasOwn(value, name)) throw new FieldError(below(name), "missing");
    read[name] = check(value[name], below(name));
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) throw new FieldError(below(unknown), "unknown-member");
  return /** @type {{[name in keyof C]: ReturnType<C[name]>}} */ (read);
};

/**
 * The same with members that need not be there; those that are are checked after the others, in this order.
 *
 * @template {Record<string, Check<unknown>>} C
 * @template {Record<string, Check<unknown>>} D
 * @param {C} checks @param {D} optional
 * @returns {(value: unknown, path?: string) => {[name in keyof C]: ReturnType<C[name]>} & {[name in keyof D]?: ReturnType<D[name]>}}
 */
export const recordWith = (checks, optional) => (value, path = "") => {
  if (!isObject(value)) throw new FieldError(path, "not-an-object");
  const there = Object.fromEntries(Object.entries(optional).filter(([name]) => Object.hasOwn(value, name)));
  const read = record({ ...checks, ...there })(value, path);
  return /** @type {{[name in keyof C]: ReturnType<C[name]>} & {[name in keyof D]?: ReturnType<D[name]>}} */ (read);
};

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * @template {Date | Uint8Array} T
 * @param {(text: string) => T} decode @param {number} [length] @returns {Check<T>}
 */
function decoded(decode, length) {
  return (value, path) => {
    let data;
    try {
      data = typeof value === "string" ? decode(value) : undefined;
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
    }
    if (data === undefined || (data instanceof Uint8Array && length !== undefined && data.length !== length)) {
      throw new FieldError(path, "not-in-its-one-spelling");
    }
    return data;
  };
}
