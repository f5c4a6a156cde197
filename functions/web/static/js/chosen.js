/** What a ballot says in a contest, by the names of the options. */
import { h } from "./dom.js";
import { scoreText } from "./grades.js";
import { isPaired, METHODS } from "./protocol/contest.js";

/**
 * @param {{options: string[], method: string, min: number, max: number}} contest @param {import("./protocol/plaintext.js").Choice} choice not blank
 * @param {string} tied between the names of options that are ranked equally
 */
export function chosen(contest, choice, tied) {
  const { options, method } = contest;
  const { ballot } = METHODS[method];
  /** @param {number} option */
  const name = (option) => options[option - 1];
  if (isPaired(ballot)) {
    /** @param {number[]} scored */
    const item = ([option, score]) => [h("dt", {}, name(option)), h("dd", {}, scoreText(contest, score))];
    return h("dl", { class: "facts" }, .../** @type {number[][]} */ (choice).flatMap(item));
  }
  if (ballot === "choice") return h("ul", {}, ...choice.flat().map((option) => h("li", {}, name(option))));
  return h("ol", {}, ...choice.map((rank) => h("li", {}, [rank].flat().map(name).join(` ${tied} `))));
}
