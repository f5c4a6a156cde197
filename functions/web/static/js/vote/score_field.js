/** Scoring options: a row of radio buttons for each where they are few, else a list to pull down. */
import { h } from "../dom.js";
import { inWords, scoreText } from "../grades.js";
import { t } from "../strings.js";
import { optionFields } from "./option_fields.js";
import { withPhoto } from "./photo.js";

/** As many scores and options as are easily seen as rows. */
const FEW_SCORES = 11;
const FEW_OPTIONS = 40;

/**
 * @param {import("../protocol/contest.js").Contest} contest
 * @param {import("../protocol/plaintext.js").Choice} choice option and score, at first
 * @param {Set<number>} withdrawn options that cannot be marked any more
 * @param {() => void} changed called after each change
 * @returns {{content: (Node | null)[], choice: () => [number, number][]}}
 */
export function scoreField(contest, choice, withdrawn, changed) {
  const scores = Array.from({ length: contest.max - contest.min + 1 }, (_, index) => contest.min + index);
  const few = scores.length <= FEW_SCORES && contest.options.length <= FEW_OPTIONS;
  const given = new Map(/** @type {[number, number][]} */ (choice));
  /** @type {[string | number, string][]} */
  const labelled = [
    ["", inWords(contest) ? t("vote.no_grade") : t("vote.no_score")],
    ...scores.map((score) => /** @type {[number, string]} */ ([score, scoreText(contest, score)])),
  ];
  const fields = contest.options.map((name, index) => {
    const [id, score] = [`${contest.id}-${index + 1}`, given.get(index + 1)];
    if (withdrawn.has(index + 1)) return gone(name);
    return (few ? radios : list)(id, withPhoto(contest, index + 1, name), labelled, score, changed);
  });
  return {
    content: optionFields(contest, fields, changed),
    choice: () =>
      fields
        .map((field, index) => ({ option: index + 1, value: field.value() }))
        .filter(({ value }) => value !== "")
        .map(({ option, value }) => [option, Number(value)]),
  };
}

/** An option that was withdrawn. @param {string} name */
function gone(name) {
  return { element: h("p", { class: "quiet" }, t("vote.withdrawn", { option: name })), value: () => "", clear: () => {} };
}

/**
 * @param {string} id @param {(Node | string)[]} name @param {[string | number, string][]} scores @param {number | undefined} given
 * @param {() => void} changed
 */
function radios(id, name, scores, given, changed) {
  /** @param {number | string} value @param {string} label */
  const one = (value, label) => {
    const input = h("input", { type: "radio", id: `${id}-${value}`, name: id, value, onchange: changed });
    input.checked = value === (given ?? "");
    return h("span", { class: "choice" }, input, h("label", { for: input.id }, label));
  };
  const rows = scores.map(([value, label]) => one(value, label));
  const inputs = rows.flatMap((row) => row.querySelector("input") ?? []);
  return {
    element: h("fieldset", { class: "scale" }, h("legend", {}, ...name), ...rows),
    value: () => inputs.find((input) => input.checked)?.value ?? "",
    clear: () => {
      inputs[0].checked = true;
    },
  };
}

/**
 * @param {string} id @param {(Node | string)[]} name @param {[string | number, string][]} scores @param {number | undefined} given
 * @param {() => void} changed
 */
function list(id, name, scores, given, changed) {
  const select = h("select", { id, onchange: changed }, ...scores.map(([value, text]) => h("option", { value }, text)));
  select.value = String(given ?? "");
  return {
    element: h("div", { class: "scored" }, h("label", { for: id }, ...name), select),
    value: () => select.value,
    clear: () => {
      select.value = "";
    },
  };
}
