/**
 * The plaintext of a ballot: one byte for each option of each contest, in the manifest's order.
 *
 * A choice, for one contest, is an array: 1-based option numbers, for a ranking in order of preference (options ranked
 * equally in an array of their own, under methods that can read it), for a choice set ascending; for scores and points,
 * pairs of option and number, ascending. An empty one is blank. As bytes: a choice 0 or 1; a rank 1, 2, … without gaps,
 * 0 unranked; a score plus one, 0 none; points.
 *
 * Reasons of Spoilt are those of docs/protocol.md, section 7; the rules are tried contest by contest in its order.
 *
 * @typedef {(number | number[])[]} Choice
 * @typedef {Pick<import("./manifest.js").Manifest, "contests" | "plaintextLength">} Contests
 */
import { METHODS } from "./contest.js";
import { concat } from "./encoding.js";
import { Spoilt } from "./errors.js";

/**
 * Throws Spoilt for choices that would not be counted, and with the reason `withdrawn` for those that name an option
 * which the count would pass over.
 *
 * @param {Contests} manifest @param {Choice[]} choices
 * @param {Set<number>[]} [withdrawn] for each contest the options that were withdrawn
 * @returns {Uint8Array} L bytes
 */
export function encodePlaintext(manifest, choices, withdrawn = []) {
  if (choices.length !== manifest.contests.length) throw new Spoilt("wrong-length");
  const marks = concat(...manifest.contests.map((contest, index) => mark(contest, choices[index])));
  decodePlaintext(manifest, marks);
  let at = 0;
  for (const [index, { id, options }] of manifest.contests.entries()) {
    for (const option of withdrawn[index] ?? []) {
      if (marks[at + option - 1]) throw new Spoilt("withdrawn", id);
    }
    at += options.length;
  }
  return marks;
}

/**
 * Throws Spoilt for a plaintext that breaks a rule.
 *
 * @param {Uint8Array} plaintext @param {Contests} manifest @returns {Choice[]}
 */
export function decodePlaintext(manifest, plaintext) {
  if (plaintext.length !== manifest.plaintextLength) throw new Spoilt("wrong-length");
  let at = 0;
  return manifest.contests.map((contest) => read(contest, plaintext.subarray(at, (at += contest.options.length))));
}

/** @param {import("./contest.js").Contest} contest @param {Choice} choice @returns {Uint8Array} */
function mark(contest, choice) {
  const marked = named(contest, choice);
  /** @param {number} number @param {number} most */
  const within = (number, most) => Number.isInteger(number) && number >= 1 && number <= most;
  /** @param {[number, number]} pair */
  const possible = ([option, byte]) => within(option, contest.options.length) && within(byte, 255);
  if (!marked.every(possible)) throw new Spoilt("out-of-range", contest.id);
  const marks = new Uint8Array(contest.options.length);
  for (const [option, byte] of marked) {
    if (marks[option - 1]) throw new Spoilt("duplicate-rank", contest.id);
    marks[option - 1] = byte;
  }
  return marks;
}

/**
 * Each option named, with its byte.
 *
 * @param {import("./contest.js").Contest} contest @param {Choice} choice @returns {[number, number][]}
 */
function named(contest, choice) {
  const { ballot } = METHODS[contest.method];
  if (ballot === "scores") return /** @type {number[][]} */ (choice).map(([option, score]) => [option, score + 1]);
  if (ballot === "points") return /** @type {[number, number][]} */ (choice);
  return choice.flatMap((tied, index) => [tied].flat().map((option) => [option, ballot === "choice" ? 1 : index + 1]));
}

/** @param {import("./contest.js").Contest} contest @param {Uint8Array} marks @returns {Choice} */
function read(contest, marks) {
  /** @param {string} reason */
  const spoilt = (reason) => new Spoilt(reason, contest.id);
  const { ballot, equal } = METHODS[contest.method];
  const highest = { choice: 1, ranked: marks.length, scores: contest.max + 1, points: 255 }[ballot];
  const lowest = ballot === "scores" ? contest.min + 1 : 1;
  if (marks.some((byte) => byte && (byte < lowest || byte > highest))) throw spoilt("out-of-range");
  const options = [...marks.keys()].filter((index) => marks[index]).map((index) => index + 1);
  if (ballot === "scores") return options.map((option) => [option, marks[option - 1] - 1]);
  const points = options.map((option) => [option, marks[option - 1]]);
  const ranks = ballot === "ranked" ? ranking(options, marks) : [];
  const number = ballot === "points" ? marks.reduce((sum, byte) => sum + byte, 0) : options.length;
  if (ranks.some(Array.isArray) && !equal) throw spoilt("duplicate-rank");
  if (ranks.includes(undefined)) throw spoilt("gap-in-ranks");
  if (number > contest.max) throw spoilt("too-many");
  if (number && number < contest.min) throw spoilt("too-few");
  return /** @type {Choice} */ ({ choice: options, points, ranked: ranks }[ballot]);
}

/**
 * Options in order of rank, those of one rank together; undefined where a rank is skipped.
 *
 * @param {number[]} options @param {Uint8Array} marks @returns {(number | number[] | undefined)[]}
 */
function ranking(options, marks) {
  /** @type {number[][]} */
  const ranks = Array.from({ length: Math.max(0, ...marks) }, () => []);
  for (const option of options) ranks[marks[option - 1] - 1].push(option);
  return ranks.map((tied) => (tied.length > 1 ? tied : tied[0]));
}
