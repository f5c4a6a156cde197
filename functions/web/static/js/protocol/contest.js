/** A contest: one question of an election, with its options, its method and what a valid choice is. */
import { FieldError, integer, list, oneOf, pattern, record, text } from "./fields.js";

/**
 * `ballot`: the kind of ballot that a method reads: `choice`, `ranked` or `scores`. `equal`: whether options may have
 * the same rank. `oneSeat`: whether it fills one seat only.
 *
 * @type {Record<string, {ballot: "choice" | "ranked" | "scores", equal: boolean, oneSeat: boolean}>}
 */
export const METHODS = {
  plurality: method("choice"),
  approval: method("choice"),
  "satisfaction-approval": method("choice"),
  "proportional-approval": method("choice"),
  "sequential-proportional-approval": method("choice"),
  score: method("scores"),
  star: method("scores"),
  "majority-judgment": method("scores"),
  borda: method("ranked", { equal: true }),
  "modified-borda": method("ranked", { equal: true }),
  condorcet: method("ranked", { equal: true, oneSeat: true }),
  schulze: method("ranked", { equal: true }),
  "ranked-pairs": method("ranked", { equal: true }),
  minimax: method("ranked", { equal: true }),
  "tideman-alternative": method("ranked", { oneSeat: true }),
  "contingent-vote": method("ranked", { oneSeat: true }),
  irv: method("ranked", { oneSeat: true }),
  "scottish-stv": method("ranked"),
  "wigm-stv": method("ranked"),
  "meek-stv": method("ranked"),
};

/** A contest's id. */
export const contestId = pattern(/^c[1-9][0-9]{0,4}$/);
export const MAX_OPTIONS = 255;
const HIGHEST_SCORE = 254;
const MAX_COMMITTEES = 20_000;

const members = record({
  id: contestId,
  title: text,
  method: oneOf(Object.keys(METHODS)),
  options: distinct,
  seats: integer(1, MAX_OPTIONS),
  min: integer(0, MAX_OPTIONS),
  max: integer(1, MAX_OPTIONS),
  tie: oneOf(/** @type {const} */ (["lot", "previous-stages"])),
});

/**
 * min, max: how many options a choice marks, or a ranking ranks, unless it is blank. Where options are scored they are
 * the lowest and the highest score instead, and any number of options may be scored.
 *
 * @typedef {{id: string, title: string, method: string, options: string[], seats: number, min: number, max: number,
 *   tie: "lot" | "previous-stages"}} Contest
 */

/**
 * How many options must be left when others are withdrawn: one, and as many as a choice has to name.
 *
 * @param {Contest} contest
 */
export const fewestOptions = ({ method, min }) => (METHODS[method].ballot === "scores" ? 1 : Math.max(min, 1));

/** @param {unknown} value @param {string} path @returns {Contest} */
export function contest(value, path) {
  const read = members(value, path);
  const { ballot, oneSeat } = METHODS[read.method];
  const fields = read.options.length;
  const committees = read.method === "proportional-approval" ? choose(fields, read.seats) : 0;
  if (read.seats > fields || (oneSeat && read.seats !== 1) || committees > MAX_COMMITTEES) {
    throw new FieldError(`${path}.seats`, "not-fillable");
  }
  const reachable =
    ballot === "scores"
      ? read.min < read.max && read.max <= HIGHEST_SCORE
      : read.min <= read.max && read.max <= (read.method === "plurality" ? read.seats : fields);
  if (!reachable) throw new FieldError(`${path}.max`, "not-reachable");
  return read;
}

/** @param {"choice" | "ranked" | "scores"} ballot @param {{equal?: boolean, oneSeat?: boolean}} [rest] */
function method(ballot, { equal = false, oneSeat = false } = {}) {
  return { ballot, equal, oneSeat };
}

/** @param {unknown} value @param {string} path @returns {string[]} */
function distinct(value, path) {
  const options = list(text, 1, MAX_OPTIONS)(value, path);
  if (new Set(options).size !== options.length) throw new FieldError(path, "repeated");
  return options;
}

/**
 * Binomial coefficient, exact as far as it matters here: it stops where it is already too many.
 *
 * @param {number} all @param {number} some
 */
function choose(all, some) {
  let number = 1;
  for (let taken = 1; taken <= Math.min(some, all - some) && number <= MAX_COMMITTEES; taken += 1) {
    number = (number * (all - taken + 1)) / taken;
  }
  return number;
}
