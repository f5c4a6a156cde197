/** What fields with a number for each option share: a filter, the options in their shown order, and a button to clear. */
import { h } from "../dom.js";
import { t } from "../strings.js";
import { optionFilter } from "./option_filter.js";
import { shownOrder } from "./shown_order.js";

/**
 * @param {import("../protocol/contest.js").Contest} contest
 * @param {{element: HTMLElement, clear: () => void}[]} fields of the options, in the contest's order
 * @param {() => void} changed called after they were cleared
 * @returns {(Node | null)[]}
 */
export function optionFields(contest, fields, changed) {
  const clear = () => {
    for (const field of fields) field.clear();
    changed();
  };
  return [
    optionFilter(contest, () => fields.map(({ element }, index) => [contest.options[index], element])),
    h("div", { class: "options" }, ...shownOrder(contest).map((option) => fields[option - 1].element)),
    h("button", { type: "button", class: "small", onclick: clear }, t("vote.clear")),
  ];
}
