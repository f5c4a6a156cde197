/** Ranking options: by buttons, by the arrow keys on an item, and by dragging its handle. */
import { h } from "../dom.js";
import { METHODS } from "../protocol/contest.js";
import { t } from "../strings.js";
import { makeDraggable } from "./drag.js";
import { optionFilter } from "./option_filter.js";
import * as rankings from "./ranking.js";

/**
 * @param {import("../protocol/contest.js").Contest} contest
 * @param {(number | number[])[]} choice the ranking at first
 * @param {Set<number>} withdrawn options that cannot be marked any more
 * @param {() => void} changed called after each change
 * @returns {{content: (Node | null)[], choice: () => (number | number[])[]}}
 */
export function rankingField(contest, choice, withdrawn, changed) {
  const { equal } = METHODS[contest.method];
  let ranking = rankings.ofChoice(choice);
  /** @param {number} option */
  const name = (option) => contest.options[option - 1];
  const ranked = h("ol", { class: "ranking", "aria-label": t("vote.ranked") });
  const rest = h("ul", { class: "unranked", "aria-label": t("vote.unranked") });
  const none = h("p", { class: "quiet" }, t("vote.none_ranked"));
  const told = h("p", { class: "visually-hidden", role: "status" });
  /** @type {HTMLLIElement[]} */
  const unranked = contest.options.map((text, index) => adder(index + 1, text));
  rest.append(...unranked);

  function draw() {
    ranked.replaceChildren(...ranking.flat().map(item));
    none.hidden = ranking.length > 0;
    for (const [index, element] of unranked.entries()) {
      element.classList.toggle("gone", rankings.rankOf(ranking, index + 1) >= 0);
    }
  }

  /**
   * Take over a new ranking, say where the option is now, and keep the focus where the next key is expected.
   *
   * @param {number} option @param {import("./ranking.js").Ranking} wanted
   * @param {(option: number) => HTMLElement | null | undefined} control
   */
  function change(option, wanted, control) {
    ranking = wanted;
    draw();
    const rank = rankings.rankOf(ranking, option) + 1;
    const key = rank ? "vote.now_ranked" : "vote.now_unranked";
    told.textContent = t(key, { option: name(option), rank, of: ranking.length });
    /** @type {HTMLElement | null} */
    const first = ranked.querySelector("button") ?? rest.querySelector("li:not(.gone) button");
    (control(option) ?? first)?.focus();
    changed();
  }

  /** @param {string} act @returns {(option: number) => HTMLElement | null} */
  const control = (act) => (option) => ranked.querySelector(`[data-option="${option}"] [data-act="${act}"]`);
  /** @param {number} option */
  const nextAdder = (option) =>
    [...unranked.slice(option), ...unranked.slice(0, option).reverse()]
      .find((element) => !element.hidden && !element.classList.contains("gone"))
      ?.querySelector("button");

  /** @param {number} option @param {string} text */
  function adder(option, text) {
    if (withdrawn.has(option)) return h("li", { class: "quiet" }, t("vote.withdrawn", { option: text }));
    const add = () => change(option, rankings.add(ranking, option), nextAdder);
    const label = h("span", { class: "visually-hidden" }, t("vote.add_to_ranking"));
    return h("li", {}, h("button", { type: "button", class: "add", onclick: add }, "+ ", label, " ", text));
  }

  /** @param {number} option */
  function remove(option) {
    const below = ranking.flat()[ranking.flat().indexOf(option) + 1];
    change(option, rankings.without(ranking, option), () => (below ? control("remove")(below) : null));
  }

  /** @param {number} option */
  function item(option) {
    const at = rankings.rankOf(ranking, option);
    const [first, tied] = [ranking.flat()[0] === option, rankings.isTied(ranking, option)];
    const last = ranking.flat().at(-1) === option && ranking[at].length === 1;
    /** @param {number} by @param {string} act */
    const move = (by, act) => change(option, rankings.move(ranking, option, by), control(act));
    const tie = () => change(option, rankings.toggleTied(ranking, option), control("tie"));
    /**
     * @param {string} act @param {string} sign @param {() => void} does @param {boolean} [off]
     * @param {Record<string, unknown>} [more]
     */
    const button = (act, sign, does, off = false, more = {}) => {
      const label = t(`vote.${act}_option`, { option: name(option) });
      const onclick = () => off || does();
      const known = { type: "button", class: "small", "data-act": act, title: label, "aria-label": label };
      return h("button", { ...known, "aria-disabled": off ? "true" : null, onclick, ...more }, sign);
    };
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowUp: () => move(-1, "hold"),
      ArrowDown: () => move(1, "hold"),
      Delete: () => remove(option),
      ...(equal ? { "=": tie } : {}),
    };
    /** @param {KeyboardEvent} event */
    const onkeydown = (event) => {
      if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    };
    const shared = ranking[at].length > 1;
    const alone = first && !shared;
    const hold = button("hold", "⠿", () => {}, false, { class: "small hold" });
    const element = h(
      "li",
      { "data-option": option, class: shared ? "shared" : null, onkeydown },
      hold,
      h("span", { class: "rank" }, at + 1),
      h("span", { class: "name" }, name(option)),
      h(
        "span",
        { class: "moves" },
        button("up", "↑", () => move(-1, "up"), alone),
        button("down", "↓", () => move(1, "down"), last),
        equal && button("tie", "=", tie, first, { "aria-pressed": tied }),
        button("remove", "×", () => remove(option)),
      ),
    );
    makeDraggable(hold, element, (place) => change(option, rankings.drop(ranking, option, place), control("hold")));
    return element;
  }

  const clear = () => {
    ranking = [];
    draw();
    changed();
  };
  draw();
  const filter = optionFilter(contest, () => unranked.map((element, index) => [contest.options[index], element]));
  return {
    content: [
      h("h3", {}, t("vote.ranked")),
      none,
      ranked,
      h("h3", {}, t("vote.unranked")),
      filter,
      rest,
      h("button", { type: "button", class: "small", onclick: clear }, t("vote.clear")),
      told,
    ],
    choice: () => rankings.toChoice(ranking),
  };
}
