/**
 * Amendments: what an election's organiser changes after the manifest is frozen, as the log states it
 * (docs/protocol.md, section 9).
 */
import { contestId, MAX_OPTIONS } from "./contest.js";
import { equal, sha256, utf8 } from "./encoding.js";
import { FieldError, hash, integer, list, record, text, time } from "./fields.js";
import { MAX_INTEGER } from "./jcs.js";

const ENDED = utf8("ballotcast/ended/1\n");
/** Commitments in one amendment. */
const MOST_ENDED = 500;

/** How much later than the manifest's `closes_at` voting may end at most, in milliseconds. */
export const LATEST = 30 * 24 * 60 * 60 * 1000;

/**
 * `at`: when it was made. `ended`: the commitment of each right that was asked to end, ascending. `withdrawn`: an
 * option by its number, from 1. One of `roll`, `schedule` and `withdrawn` is there: what was amended.
 *
 * @typedef {{revision: number, roll_root: Uint8Array, roll_size: number, ended: Uint8Array[]}} Roll
 * @typedef {{closes_at: Date}} Schedule
 * @typedef {{contest: string, option: number}} Withdrawal
 * @typedef {{at: Date, reason: string} & ({roll: Roll, schedule?: undefined, withdrawn?: undefined} |
 *   {roll?: undefined, schedule: Schedule, withdrawn?: undefined} |
 *   {roll?: undefined, schedule?: undefined, withdrawn: Withdrawal})} Amendment
 */

const roll = record({
  revision: integer(1, MAX_INTEGER),
  roll_root: hash,
  roll_size: integer(0, MAX_INTEGER),
  ended: ascending,
});
const schedule = record({ closes_at: time });
const withdrawn = record({ contest: contestId, option: integer(1, MAX_OPTIONS) });
const KINDS = {
  roll: record({ at: time, reason: text, roll }),
  schedule: record({ at: time, reason: text, schedule }),
  withdrawn: record({ at: time, reason: text, withdrawn }),
};

/** @param {unknown} value parsed JSON @param {string} [path] @returns {Amendment} */
export function amendment(value, path) {
  const members = value && typeof value === "object" ? value : {};
  const kind = "schedule" in members ? "schedule" : "withdrawn" in members ? "withdrawn" : "roll";
  return KINDS[kind](value, path);
}

/**
 * What an amendment says of a right that is to end.
 *
 * @param {Uint8Array} manifestHash M @param {number} revision of the roll @param {Uint8Array} tag of that right
 * @param {Uint8Array} successor the tag of the line that replaces it, or empty @returns {Promise<Uint8Array>}
 */
export function commitment(manifestHash, revision, tag, successor) {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(revision));
  return sha256(ENDED, manifestHash, number, tag, successor);
}

/** @param {unknown} value @param {string} path @returns {Uint8Array[]} */
function ascending(value, path) {
  const hashes = list(hash, 0, MOST_ENDED)(value, path);
  if (hashes.some((one, at) => at && !below(hashes[at - 1], one))) throw new FieldError(path, "not-ascending");
  return hashes;
}

/** Whether one of two hashes is before the other. @param {Uint8Array} one @param {Uint8Array} other */
function below(one, other) {
  if (equal(one, other)) return false;
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return one[at] < other[at];
}
