/** Marking options: one of them by radio buttons, several by boxes. */
import { h } from "../dom.js";
import { t } from "../strings.js";
import { optionFilter } from "./option_filter.js";
import { withPhoto } from "./photo.js";
import { shownOrder } from "./shown_order.js";

/**
 * @param {import("../protocol/contest.js").Contest} contest
 * @param {import("../protocol/plaintext.js").Choice} choice what is marked at first
 * @param {Set<number>} withdrawn options that cannot be marked any more
 * @param {() => void} changed called after each change
 * @returns {{content: (Node | null)[], choice: () => number[]}}
 */
export function choiceField(contest, choice, withdrawn, changed) {
  const several = contest.max > 1;
  /** @param {number | "blank"} value @param {string} name */
  const row = (value, name) => {
    const id = `${contest.id}-${value}`;
    const input = h("input", {
      type: several ? "checkbox" : "radio",
      id,
      name: contest.id,
      value,
      checked: value !== "blank" && choice.includes(value),
      disabled: value !== "blank" && withdrawn.has(value),
      onchange: changed,
    });
    const label = value === "blank" ? [name] : withPhoto(contest, value, name);
    return h("div", { class: "choice" }, input, h("label", { for: id }, ...label));
  };
  const shown = shownOrder(contest);
  /** @param {number} option */
  const named = (option) => {
    const name = contest.options[option - 1];
    return withdrawn.has(option) ? t("vote.withdrawn", { option: name }) : name;
  };
  const rows = shown.map((option) => row(option, named(option)));
  const inputs = rows.flatMap((element) => element.querySelector("input") ?? []);
  const clear = () => {
    for (const input of inputs) input.checked = false;
    changed();
  };
  const blank = several
    ? h("button", { type: "button", class: "small", onclick: clear }, t("vote.clear"))
    : row("blank", t(contest.abstain ? "vote.abstain" : "vote.blank_choice"));
  const filter = optionFilter(contest, () => rows.map((element, index) => [contest.options[shown[index] - 1], element]));
  return {
    content: [filter, h("div", { class: "options" }, ...rows), blank],
    choice: () => {
      const marked = inputs.filter((input) => input.checked).map((input) => Number(input.value));
      return marked.sort((one, other) => one - other);
    },
  };
}
