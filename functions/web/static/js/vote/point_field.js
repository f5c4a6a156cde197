/** Dividing points among options: a field for a number at each. */
import { h } from "../dom.js";
import { t } from "../strings.js";
import { optionFields } from "./option_fields.js";
import { withPhoto } from "./photo.js";

/**
 * @param {import("../protocol/contest.js").Contest} contest
 * @param {import("../protocol/plaintext.js").Choice} choice option and points, at first
 * @param {Set<number>} withdrawn options that get no points any more
 * @param {() => void} changed called after each change
 * @returns {{content: (Node | null)[], choice: () => [number, number][]}} a number that is not whole, or below 0, is
 *   returned as it is typed, so that it is refused
 */
export function pointField(contest, choice, withdrawn, changed) {
  const given = new Map(/** @type {[number, number][]} */ (choice));
  const fields = contest.options.map((name, index) => {
    const option = index + 1;
    const id = `${contest.id}-${option}`;
    const input = h("input", { type: "number", id, min: 0, max: contest.max, step: 1, inputmode: "numeric", oninput: changed });
    input.value = String(given.get(option) ?? "");
    input.disabled = withdrawn.has(option);
    const label = withdrawn.has(option) ? t("vote.withdrawn", { option: name }) : name;
    const clear = () => {
      input.value = "";
    };
    const element = h("div", { class: "scored" }, h("label", { for: id }, ...withPhoto(contest, option, label)), input);
    return { option, input, clear, element };
  });
  return {
    content: optionFields(contest, fields, changed),
    choice: () =>
      fields
        .filter(({ input }) => !input.disabled && (input.validity.badInput || Number(input.value) !== 0))
        .map(({ option, input }) => [option, input.validity.badInput ? -1 : Number(input.value)]),
  };
}
