/**
 * The ballot paper: a form with all contests of an election, by their methods.
 *
 * Needs the strings of the sections `vote` and `grades` on its page, and nothing else: the organiser's preview shows it too.
 */
import { h } from "../dom.js";
import { strike } from "../counting/papers.js";
import { inWords } from "../grades.js";
import { isPaired, METHODS } from "../protocol/contest.js";
import { Spoilt } from "../protocol/errors.js";
import { encodePlaintext } from "../protocol/plaintext.js";
import { t } from "../strings.js";
import { choiceField } from "./choice_field.js";
import { photoOf } from "./photo.js";
import { pointField } from "./point_field.js";
import { rankingField } from "./ranking_field.js";
import { scoreField } from "./score_field.js";
import { shownOrder } from "./shown_order.js";

/** @type {Record<string, typeof rankingField>} */
const FIELDS = { choice: choiceField, ranked: rankingField, scores: scoreField, points: pointField };

/**
 * @typedef {import("../protocol/contest.js").Contest} Contest
 * @typedef {import("../protocol/plaintext.js").Choice} Choice
 * @typedef {{contest: Contest, text: string}} Problem why a contest would not be counted
 */

/**
 * @param {Contest[]} contests as in a manifest
 * @param {{choices?: Choice[], withdrawn?: Set<number>[], changed?: () => void}} [options] `choices`: what is marked at
 *   first, one for each contest; `withdrawn`: options of each that are shown and cannot be marked; `changed`: called
 *   after each change
 * @returns {{element: HTMLElement, choices: () => Choice[], problems: () => Problem[], focus: (contest: Contest) => void}}
 *   `problems` shows them at their contests too
 */
export function ballotForm(contests, { choices = [], withdrawn = [], changed = () => {} } = {}) {
  const fields = contests.map((contest, index) =>
    contestField(contest, choices[index] ?? [], withdrawn[index] ?? new Set(), changed),
  );
  return {
    element: h("div", { class: "ballot" }, ...fields.map(({ element }) => element)),
    choices: () => fields.map(({ choice }) => choice()),
    problems: () => fields.flatMap(({ problem }) => problem() ?? []),
    focus: (contest) => fields[contests.indexOf(contest)].focus(),
  };
}

/** @param {Contest} contest @param {Choice} before @param {Set<number>} withdrawn @param {() => void} changed */
function contestField(contest, before, withdrawn, changed) {
  const { ballot } = METHODS[contest.method];
  const [marked] = strike([[before, 1]], withdrawn, isPaired(ballot))[0];
  const tally = h("p", { class: "tally", role: "status" });
  const error = h("p", { class: "field-error", id: `${contest.id}-error` });
  const { content, choice } = FIELDS[ballot](contest, marked, withdrawn, () => {
    error.textContent = "";
    count();
    changed();
  });
  const count = () => {
    tally.textContent = describe(contest, choice());
  };
  const problem = () => {
    const reason = spoiltBy(contest, choice());
    error.textContent = reason ? problemText(contest, reason, amount(contest, choice())) : "";
    return reason ? { contest, text: error.textContent } : null;
  };
  count();
  const heading = h("h2", { tabindex: -1 }, contest.title);
  const rules = h("p", { class: "hint", id: `${contest.id}-rules` }, instructions(contest).join(" "));
  const described = `${contest.id}-rules ${contest.id}-error`;
  const element = h(
    "fieldset",
    { class: "contest", "aria-describedby": described, "data-contest": contest.id },
    h("legend", {}, heading),
    contest.text && h("p", { class: "typed" }, contest.text),
    rules,
    withdrawn.size ? h("p", { class: "notice warn" }, without(contest, withdrawn)) : null,
    aboutOptions(contest),
    ...content,
    tally,
    error,
  );
  return { element, choice, problem, focus: () => heading.focus() };
}

/**
 * What the organiser published about the options: photos, which stand small before the names too, and texts, which are text
 * here as everywhere; null where there is nothing.
 *
 * @param {Contest} contest
 */
function aboutOptions(contest) {
  const told = shownOrder(contest).flatMap((option) => {
    const { statement, link, photo } = contest.about?.[option - 1] ?? {};
    if (!statement && !link && !photo) return [];
    const name = contest.options[option - 1];
    const said = statement && h("p", { class: "typed" }, statement);
    const address = link && h("p", {}, h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, link));
    const shown = photo && photoOf(photo, name);
    return [h("details", {}, h("summary", {}, t("vote.about_option", { option: name })), shown, said, address)];
  });
  return told.length ? h("div", { class: "about" }, ...told) : null;
}

/** Which options were withdrawn, and whether there is still a contest. @param {Contest} contest @param {Set<number>} withdrawn */
function without({ options, seats }, withdrawn) {
  const [gone, left] = [options.filter((_, index) => withdrawn.has(index + 1)), options.length - withdrawn.size];
  const few = left <= seats ? ` ${t("vote.few_left", { count: left, seats })}` : "";
  return t("vote.withdrawn_options", { count: gone.length, options: gone.join(", ") }) + few;
}

/** What a voter may do in a contest, in sentences. @param {Contest} contest @returns {string[]} */
export function instructions(contest) {
  const { method, options, seats, min, max, motion, abstain, none_of_the_above: none, default_option: beaten, order } = contest;
  const { ballot, equal } = METHODS[method];
  const limit = () => {
    if (inWords(contest)) return t("vote.rule_grades");
    if (ballot === "scores") return t("vote.rule_scores", { min, max });
    const kind = { ranked: "rank", choice: "choose", points: "points" }[ballot];
    if (ballot === "choice" && max === 1) return t("vote.rule_choose_one");
    if (min === max) return t(`vote.rule_${kind}_exactly`, { count: max });
    if (min > 1) return t(`vote.rule_${kind}_between`, { min, max });
    return max < options.length || ballot === "points" ? t(`vote.rule_${kind}_up_to`, { count: max }) : t(`vote.rule_${kind}_any`);
  };
  return [
    ...(motion ? [] : [t("vote.seats", { count: seats })]),
    limit(),
    ...(equal ? [t("vote.rule_equal")] : []),
    ...(ballot === "ranked" ? [t("vote.rule_moving")] : []),
    ...(none ? [t("vote.rule_none", { option: options[options.length - 1] })] : []),
    ...(beaten ? [t("vote.rule_default", { option: options[options.length - 1] })] : []),
    ...(order ? [t("vote.rule_shuffled")] : []),
    ...conditions(contest),
    !abstain ? t("vote.rule_blank") : t(ballot === "choice" && max === 1 ? "vote.rule_abstain_choice" : "vote.rule_abstain"),
  ];
}

/** What else has to be reached. @param {Contest} contest @returns {string[]} */
function conditions({ motion, quorum, threshold, threshold_of: of }) {
  return [
    ...(threshold ? [t(`vote.needed_${motion ? "motion" : "threshold"}_${of}`, { part: part(threshold) })] : []),
    ...(quorum ? [t("vote.rule_quorum", { part: part(quorum) })] : []),
  ];
}

/** A part as people read it: `40/100` as "at least 40%", `>1/2` as "more than 1/2". @param {string} written */
function part(written) {
  const [above, below] = written.replace(">", "").split("/");
  const figure = below === "100" ? t("vote.percent", { figure: above }) : `${above}/${below}`;
  return t(written.startsWith(">") ? "vote.part_more" : "vote.part_least", { part: figure });
}

/**
 * Why a choice would not be counted, as in docs/protocol.md section 7; null if it would.
 *
 * @param {Contest} contest @param {Choice} choice @returns {string | null}
 */
function spoiltBy(contest, choice) {
  try {
    encodePlaintext({ contests: [contest], plaintextLength: contest.options.length }, [choice]);
    return null;
  } catch (error) {
    if (error instanceof Spoilt) return error.reason;
    throw error;
  }
}

/** How many options a choice names, or points it gives. @param {Contest} contest @param {Choice} choice */
function amount({ method }, choice) {
  const { ballot } = METHODS[method];
  const pairs = /** @type {number[][]} */ (isPaired(ballot) ? choice : []);
  if (ballot === "points") return pairs.reduce((sum, [, points]) => sum + points, 0);
  return ballot === "scores" ? pairs.length : choice.flat().length;
}

/** @param {Contest} contest @param {Choice} choice */
function describe(contest, choice) {
  const { ballot } = METHODS[contest.method];
  const count = amount(contest, choice);
  const reason = spoiltBy(contest, choice);
  if (!count) return t(contest.abstain ? "vote.tally_abstain" : "vote.tally_blank");
  if (reason) return problemText(contest, reason, count);
  if (ballot === "points") return t("vote.tally_points", { count, max: contest.max });
  if (ballot === "scores") return t("vote.tally_scored", { count, of: contest.options.length });
  if (contest.max === 1) return t("vote.tally_one", { option: contest.options[Number(choice[0]) - 1] });
  return t("vote.tally", { count, max: contest.max });
}

/** @param {Contest} contest @param {string} reason @param {number} count */
function problemText({ min, max }, reason, count) {
  const over = reason === "too-many" ? count - max : min - count;
  return t(`vote.${reason}`, { count: over, min, max });
}
