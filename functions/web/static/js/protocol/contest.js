/** A contest: one question of an election, with its options, its method and what a valid choice is. */
import { FieldError, integer, lines, link, list, literal, oneOf, pattern, recordWith, text, that } from "./fields.js";

/**
 * `ballot`: the kind of ballot that a method reads: `choice`, `ranked`, `scores` or `points`. `equal`: whether options may have
 * the same rank. `oneSeat`: whether it fills one seat only. `shares`: whether its votes are ballots, so that they can be
 * a part of them. `compares`: whether it compares options two by two, so that one of them can be the default.
 *
 * @typedef {"choice" | "ranked" | "scores" | "points"} Kind
 * @type {Record<string, {ballot: Kind, equal: boolean, oneSeat: boolean, shares: boolean, compares: boolean}>}
 */
export const METHODS = {
  plurality: method("choice", { shares: true }),
  approval: method("choice", { shares: true }),
  "satisfaction-approval": method("choice"),
  "proportional-approval": method("choice"),
  "sequential-proportional-approval": method("choice"),
  cumulative: method("points"),
  score: method("scores"),
  star: method("scores"),
  "majority-judgment": method("scores"),
  borda: method("ranked", { equal: true }),
  "modified-borda": method("ranked", { equal: true }),
  condorcet: method("ranked", { equal: true, oneSeat: true, compares: true }),
  schulze: method("ranked", { equal: true, compares: true }),
  "ranked-pairs": method("ranked", { equal: true, compares: true }),
  minimax: method("ranked", { equal: true, compares: true }),
  "tideman-alternative": method("ranked", { oneSeat: true, compares: true }),
  "contingent-vote": method("ranked", { oneSeat: true, shares: true }),
  irv: method("ranked", { oneSeat: true, shares: true }),
  "scottish-stv": method("ranked", { shares: true }),
  "wigm-stv": method("ranked", { shares: true }),
  ers97: method("ranked", { shares: true }),
  "meek-stv": method("ranked", { equal: true, shares: true }),
};

/** A contest's id. */
export const contestId = pattern(/^c[1-9][0-9]{0,4}$/);
export const MAX_OPTIONS = 255;
const HIGHEST_SCORE = 254;
const MAX_COMMITTEES = 20_000;

/** @type {import("./fields.js").Check<string>} */
const part = that("not-a-part", isPart);
const yes = literal(/** @type {const} */ (true));

const members = recordWith(
  {
    id: contestId,
    title: text,
    method: oneOf(Object.keys(METHODS)),
    options: distinct,
    seats: integer(1, MAX_OPTIONS),
    min: integer(0, MAX_OPTIONS),
    max: integer(1, MAX_OPTIONS),
    tie: oneOf(/** @type {const} */ (["lot", "previous-stages"])),
  },
  {
    quorum: part,
    threshold: part,
    threshold_of: oneOf(/** @type {const} */ (["valid", "ballots", "voters"])),
    none_of_the_above: yes,
    default_option: yes,
    abstain: yes,
    motion: yes,
    order: literal(/** @type {const} */ ("shuffled")),
    text: lines,
    about: list(recordWith({}, { statement: lines, link, photo: pattern(/^[0-9a-f]{64}$/) })),
  },
);

/**
 * min, max: how many options a choice marks, or a ranking ranks, unless it is blank. Where options are scored they are
 * the lowest and the highest score instead, and any number of options may be scored; where points are divided among
 * options, how many points a ballot gives in all. quorum, threshold: parts such as
 * `1/3` and `>1/2`. none_of_the_above: the last option is it. default_option: the last option has to be beaten. abstain: a blank choice is an abstention. order: of the
 * options on the ballot paper; else as here. text: about the contest; about: for each option. Both are text, which
 * nothing interprets; a photo is the SHA-256 of its bytes, hex.
 *
 * @typedef {{statement?: string, link?: string, photo?: string}} About
 *
 * @typedef {{id: string, title: string, method: string, options: string[], seats: number, min: number, max: number,
 *   tie: "lot" | "previous-stages", quorum?: string, threshold?: string, threshold_of?: "valid" | "ballots" | "voters",
 *   none_of_the_above?: true, default_option?: true, abstain?: true, motion?: true, order?: "shuffled", text?: string, about?: About[]}} Contest
 */

/**
 * How many options must be left when others are withdrawn: one, and as many as a choice has to name; of a motion both.
 *
 * @param {Contest} contest
 */
export function fewestOptions({ method, min, motion, options }) {
  if (motion) return options.length;
  return isPaired(METHODS[method].ballot) ? 1 : Math.max(min, 1);
}

/** Whether an option can never be withdrawn: none of the above, or the default option. @param {Contest} contest @param {number} option */
export const stays = ({ none_of_the_above: none, default_option: beaten, options }, option) =>
  (none === true || beaten === true) && option === options.length;

/** Whether ballots of a kind are pairs of option and number. @param {Kind} kind */
export const isPaired = (kind) => kind === "scores" || kind === "points";

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
      : read.min <= read.max && (ballot === "points" || read.max <= (read.method === "plurality" ? read.seats : fields));
  if (!reachable) throw new FieldError(`${path}.max`, "not-reachable");
  conditions(read, path);
  return read;
}

/** @param {Contest} read @param {string} path */
function conditions(read, path) {
  const { method: name, options, seats } = read;
  if (read.threshold && !METHODS[name].shares) throw new FieldError(`${path}.threshold`, "not-a-share");
  if (read.none_of_the_above && seats >= options.length) throw new FieldError(`${path}.none_of_the_above`, "too-few-options");
  const comparable = METHODS[name].compares && seats < options.length;
  if (read.default_option && !comparable) throw new FieldError(`${path}.default_option`, "not-comparable");
  const asked = name === "plurality" && seats === 1 && options.length === 2 && !read.none_of_the_above;
  if (read.motion && !asked) throw new FieldError(`${path}.motion`, "not-for-and-against");
  if (read.about?.length !== (read.about && options.length)) throw new FieldError(`${path}.about`, "not-one-each");
  const says = read.about?.some(({ statement, link: address, photo }) => statement ?? address ?? photo) ?? true;
  if (!says) throw new FieldError(`${path}.about`, "says-nothing");
  if (read.motion && read.order) throw new FieldError(`${path}.order`, "in-a-motion");
  if (Boolean(read.threshold) !== Boolean(read.threshold_of)) throw new FieldError(path, "threshold-of-nothing");
}

/** A part that can be reached: `1/3`, at least; `>1/2`, more than. @param {unknown} value */
function isPart(value) {
  const found = typeof value === "string" && /^(>?)([1-9][0-9]{0,5})\/([1-9][0-9]{0,5})$/.exec(value);
  if (!found) return false;
  const [above, below] = [Number(found[2]), Number(found[3])];
  return found[1] ? above < below : above <= below;
}

/** @param {Kind} ballot @param {{equal?: boolean, oneSeat?: boolean, shares?: boolean, compares?: boolean}} [rest] */
function method(ballot, { equal = false, oneSeat = false, shares = false, compares = false } = {}) {
  return { ballot, equal, oneSeat, shares, compares };
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
