/** Filling in the ballot and reviewing it, as often as the voter likes. */
import { chosen } from "../chosen.js";
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { timeEncode } from "../protocol/encoding.js";
import { t } from "../strings.js";
import { place } from "./back.js";
import { ballotForm } from "./ballot.js";
import { untilOpening } from "./opening.js";
import { actions, notice, once, paragraph, show } from "./screen.js";

/** Milliseconds that a cast waits at most to learn what was withdrawn meanwhile; without an answer it goes on. */
const WAIT_FOR_NEWS = 4_000;
/** Milliseconds for which it counts as known. */
const NEWS = 30_000;
/** Milliseconds that one timer may run at most: longer ones overflow, and none counts while a device sleeps. */
const LONGEST_TIMER = 60_000;

/**
 * @typedef {ReturnType<typeof import("../protocol/api.js").connect>} Api
 * @typedef {ReturnType<typeof ballotForm>} Form
 */

/**
 * @template T
 * @typedef {{keep: (choices: import("../protocol/plaintext.js").Choice[]) => Promise<void>, before: () => Promise<void>,
 *   cast: (choices: import("../protocol/plaintext.js").Choice[]) => Promise<T | null>, later: () => Node,
 *   asks: () => string, renew: () => Promise<Set<number>[] | null>, reviewed?: boolean}} Ways
 *   `keep`: called after each change; `before`: shows the step before, and returns when the voter comes from it again;
 *   `cast`: what comes after the review, null if the voter came back from it; `later`: makes the foot of a step; `asks`:
 *   `prepared`, or which code the cast asks for: `none`, `email`, `sms`; `renew`: asks once more which options are
 *   withdrawn, null without an answer; `reviewed`: whether to begin with the review
 */

/**
 * @template T
 * @param {Api} api @param {Pick<import("../protocol/voter.js").Paper, "manifest" | "withdrawn">} paper
 * @param {import("./device.js").Kept} kept @param {Ways<T>} ways
 * @returns {Promise<T>} what `cast` returned
 */
export async function fillIn(api, { manifest, withdrawn }, kept, ways) {
  const { keep, before, cast } = ways;
  let { reviewed = false } = ways;
  /** @param {import("../protocol/plaintext.js").Choice[]} choices @param {Set<number>[]} gone @returns {Form} */
  const filled = (choices, gone) => {
    const made = ballotForm(manifest.contests, { choices, withdrawn: gone, changed: () => keep(made.choices()) });
    return made;
  };
  let form = filled(kept.choices ?? [], withdrawn);
  let struck = false;
  let contest = /** @type {import("../protocol/contest.js").Contest | null} */ (null);
  for (;;) {
    const ready = reviewed && form.problems().length === 0;
    reviewed = false;
    if (!ready) while (!(await mark(manifest, form, kept, contest, { ...ways, struck }))) await before();
    struck = false;
    const choices = form.choices();
    for (;;) {
      let news = ways.renew(); // while the voter reads
      const asked = Date.now();
      news.catch(() => {}); // whoever casts sees it
      const decided = await review(api, manifest, choices, ways);
      contest = decided.change;
      if (!decided.cast) break;
      if (Date.now() - asked > NEWS) news = ways.renew();
      const gone = await Promise.race([news, nothingAfter(WAIT_FOR_NEWS)]);
      const left = filled(choices, gone ?? []);
      if (JSON.stringify(left.choices()) !== JSON.stringify(choices)) {
        [form, struck] = [left, true];
        await keep(left.choices());
        break;
      }
      const done = await cast(choices);
      if (done) return done;
    }
  }
}

/** @param {number} milliseconds @returns {Promise<null>} */
const nothingAfter = (milliseconds) => new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));

/**
 * Resolves to true once the form is without problems, to false when the voter goes back.
 *
 * @param {import("../protocol/manifest.js").Manifest} manifest @param {Form} form
 * @param {import("./device.js").Kept} kept @param {import("../protocol/contest.js").Contest | null} contest
 * @param {{later: () => Node, struck: boolean}} ways `struck`: whether a mark was taken back for an option that was
 *   withdrawn @returns {Promise<boolean>}
 */
function mark({ title, contests }, form, kept, contest, { later, struck }) {
  let leave = () => {};
  /** @type {Promise<boolean>} */
  const marked = new Promise((resolve) => {
    const summary = h("div", { class: "notice bad", role: "alert", tabindex: -1, hidden: true });
    const onward = () => {
      const problems = form.problems();
      if (!problems.length) {
        resolve(true);
        return;
      }
      /** @param {import("./ballot.js").Problem} problem */
      const item = ({ contest: { title: name }, text, contest: at }) =>
        h("li", {}, h("button", { type: "button", class: "link", onclick: () => form.focus(at) }, `${name}: ${text}`));
      summary.replaceChildren(h("p", {}, t("vote.problems")), h("ul", {}, ...problems.map(item)));
      summary.hidden = false;
      summary.focus();
    };
    leave = place(1, { back: () => resolve(false), forward: onward });
    show(
      "ballot",
      title,
      paragraph(t("vote.ballot_text", { count: contests.length })),
      struck && notice(t("vote.withdrawn_meanwhile"), "warn"),
      kept.choices?.some((choice) => choice.length) && paragraph(t("vote.choices_kept"), "quiet"),
      summary,
      form.element,
      actions(h("button", { type: "button", class: "primary", onclick: onward }, t("vote.to_review"))),
      later(),
    );
    if (contest) form.focus(contest);
  });
  return marked.finally(() => leave());
}

/** That nothing is marked, and what it means. @param {import("../protocol/contest.js").Contest} contest */
function unmarked({ abstain }) {
  return abstain ? notice(t("vote.abstained"), "good") : notice(t("vote.blank"), "warn");
}

/**
 * Resolves to whether the ballot is to be cast; else `change` is the contest to change, or null for going back.
 *
 * @param {Api} api @param {import("../protocol/manifest.js").Manifest} manifest
 * @param {import("../protocol/plaintext.js").Choice[]} choices @param {{later: () => Node, asks: () => string}} ways
 * @returns {Promise<{cast: boolean, change: import("../protocol/contest.js").Contest | null}>}
 */
function review(api, manifest, choices, { later, asks }) {
  let leave = () => {};
  let change = /** @type {import("../protocol/contest.js").Contest | null} */ (null);
  /** @type {Promise<{cast: boolean, change: typeof change}>} */
  const reviewed = new Promise((resolve, reject) => {
    const cast = once(t("vote.cast"), () => resolve({ cast: true, change }));
    // By the same way as the browser's own button, so that the history stays where the voter is.
    /** @param {import("../protocol/contest.js").Contest} contest */
    const changing = (contest) => {
      change = contest;
      history.back();
    };
    leave = place(2, { back: () => resolve({ cast: false, change }) });
    const waiting = h("div", { role: "status" });
    const sections = manifest.contests.map((contest, index) =>
      h(
        "section",
        { class: "card reviewed" },
        h("h2", {}, contest.title),
        choices[index].length ? chosen(contest, choices[index], t("vote.tied_with")) : unmarked(contest),
        h(
          "button",
          { type: "button", onclick: () => changing(contest), "aria-label": t("vote.change_contest", { title: contest.title }) },
          t("vote.change"),
        ),
      ),
    );
    show(
      "review",
      t("vote.review_title"),
      paragraph(t("vote.review_text")),
      ...sections,
      paragraph(t(`vote.cast_text_${asks()}`)),
      waiting,
      actions(cast),
      later(),
    );
    holdUntilOpen(api.identified, manifest, cast, waiting).catch(reject);
  });
  return reviewed.finally(() => leave());
}

/**
 * The button waits for the opening, and says when that is.
 *
 * @param {import("../protocol/api.js").Side} side @param {import("../protocol/manifest.js").Manifest} manifest
 * @param {HTMLButtonElement} button @param {HTMLElement} waiting
 */
async function holdUntilOpen(side, manifest, button, waiting) {
  const left = await untilOpening(side, manifest);
  if (!button.isConnected || (left === 0 && !button.disabled)) return;
  button.disabled = left > 0;
  const text = left ? t("vote.cast_waits", { moment: moment(timeEncode(manifest.opens_at)) }) : t("vote.open_now");
  waiting.replaceChildren(notice(text, left ? "warn" : "good"));
  if (left) setTimeout(() => holdUntilOpen(side, manifest, button, waiting), Math.min(left, LONGEST_TIMER));
}
