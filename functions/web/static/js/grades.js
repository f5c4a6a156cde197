/** The grades of majority judgment in words: of a scale from 0 up whose length has words, else the numbers. */
import { t } from "./strings.js";

/** Worst first, by how many grades there are. @type {Record<number, string[]>} */
const SCALES = {
  2: ["reject", "good"],
  3: ["reject", "acceptable", "good"],
  4: ["reject", "acceptable", "good", "very_good"],
  5: ["reject", "poor", "acceptable", "good", "very_good"],
  6: ["reject", "poor", "acceptable", "good", "very_good", "excellent"],
  7: ["reject", "poor", "acceptable", "fair", "good", "very_good", "excellent"],
};

/** @typedef {{method: string, min: number, max: number}} Scale */

/** Whether this contest's scores have words. @param {Scale} contest */
export const inWords = ({ method, min, max }) => method === "majority-judgment" && min === 0 && max + 1 in SCALES;

/** A score as people read it. @param {Scale} contest @param {number} score @returns {string} */
export function scoreText(contest, score) {
  return inWords(contest) ? t(`grades.${SCALES[contest.max + 1][score]}`) : String(score);
}
