/**
 * Ranking options in one list that stays as it is: a tap gives an option the next number, another takes the number away.
 *
 * The order is changed by buttons, by the arrow keys on an option, and by dragging a number onto another option. No row
 * moves or changes its size, so a second tap never meets an option that it was not meant for.
 */
import { h } from "../dom.js";
import { METHODS } from "../protocol/contest.js";
import { t } from "../strings.js";
import { makeDraggable } from "./drag.js";
import { optionFilter } from "./option_filter.js";
import { withPhoto } from "./photo.js";
import * as rankings from "./ranking.js";
import { shownOrder } from "./shown_order.js";

/** Milliseconds within which a second tap on the same option belongs to the first: a double tap ranks it, once. */
const DOUBLE_TAP = 400;

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
  let tapped = { option: 0, at: 0 };
  /** @param {number} option */
  const name = (option) => contest.options[option - 1];
  const told = h("p", { class: "visually-hidden", role: "status" });
  const order = h("ol", { class: "order", "aria-label": t("vote.ranked") });
  const rows = contest.options.map((_, index) => (withdrawn.has(index + 1) ? gone : row)(index + 1));

  function draw() {
    for (const { show } of rows) show();
    order.replaceChildren(...ranking.map((rank) => h("li", {}, rank.map(name).join(` ${t("vote.tied_with")} `))));
    order.hidden = ranking.length === 0;
  }

  /** Take over a new ranking, and say where the option is now. @param {number} option @param {rankings.Ranking} wanted */
  function change(option, wanted) {
    ranking = wanted;
    draw();
    const rank = rankings.rankOf(ranking, option) + 1;
    told.textContent = t(rank ? "vote.now_ranked" : "vote.now_unranked", { option: name(option), rank, of: ranking.length });
    changed();
  }

  /** An option that was withdrawn. @param {number} option */
  function gone(option) {
    return { element: h("li", { class: "quiet" }, t("vote.withdrawn", { option: name(option) })), show: () => {} };
  }

  /** @param {number} option */
  function row(option) {
    /** In a preview, which takes nothing. */
    const isOff = () => choose.matches(":disabled");
    const has = () => rankings.rankOf(ranking, option) >= 0;
    const toggle = () => change(option, has() ? rankings.without(ranking, option) : rankings.add(ranking, option));
    /** @param {MouseEvent} event keys have a `detail` of 0 */
    const onclick = ({ detail, timeStamp }) => {
      const again = detail > 0 && tapped.option === option && timeStamp - tapped.at < DOUBLE_TAP;
      tapped = { option, at: timeStamp };
      if (!again && !isOff()) toggle();
    };
    const move = (/** @type {number} */ by) => has() && change(option, rankings.move(ranking, option, by));
    const tie = () => has() && change(option, rankings.toggleTied(ranking, option));
    /** @param {string} act @param {string} sign @param {() => void} does */
    const button = (act, sign, does) => {
      const label = t(`vote.${act}_option`, { option: name(option) });
      /** @type {HTMLButtonElement} */
      const made = h("button", { type: "button", class: "small", title: label, "aria-label": label }, sign);
      made.addEventListener("click", () => made.getAttribute("aria-disabled") || does());
      return made;
    };
    /** @type {Record<string, () => void>} */
    const keys = { ArrowUp: () => move(-1), ArrowDown: () => move(1), ...(equal ? { "=": tie } : {}) };
    /** @param {KeyboardEvent} event */
    const onkeydown = (event) => {
      if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    };

    const id = `${contest.id}-${option}`;
    const number = h("span", { class: "rank", "aria-hidden": "true", onclick });
    const place = h("span", { class: "visually-hidden", id: `${id}-rank` });
    const choose = h("button", { type: "button", class: "name", "aria-describedby": place.id, onclick }, ...withPhoto(contest, option, name(option)));
    const [up, down] = [button("up", "↑", () => move(-1)), button("down", "↓", () => move(1))];
    const tied = equal ? button("tie", "=", tie) : null;
    const moves = h("span", { class: "moves" }, up, down, tied);
    const element = h("li", { "data-option": option, onkeydown }, number, choose, place, moves);
    const show = () => {
      const at = rankings.rankOf(ranking, option);
      const shared = at >= 0 && ranking[at].length > 1;
      const [first, last] = [at === 0, at === ranking.length - 1];
      number.textContent = at < 0 ? "" : `${shared ? "=" : ""}${at + 1}`;
      place.textContent = at < 0 ? "" : t("vote.rank_of", { rank: at + 1, of: ranking.length });
      choose.setAttribute("aria-pressed", String(at >= 0));
      element.classList.toggle("ranked", at >= 0);
      turnOff(up, first && !shared);
      turnOff(down, last && !shared);
      if (!tied) return;
      tied.setAttribute("aria-pressed", String(at >= 0 && rankings.isTied(ranking, option)));
      turnOff(tied, first && !rankings.isTied(ranking, option));
    };
    makeDraggable(number, element, (other) => {
      const target = Number(other.dataset.option);
      if (!isOff()) change(option, rankings.takePlace(ranking, option, target));
    });
    return { element, show };
  }

  const clear = () => {
    [ranking, tapped] = [[], { option: 0, at: 0 }];
    draw();
    changed();
  };
  draw();
  const filter = optionFilter(contest, () => rows.map(({ element }, index) => [contest.options[index], element]));
  const kinds = ["ranking", equal && "equal", filter && "long"].filter(Boolean).join(" ");
  return {
    content: [
      filter,
      h("ul", { class: kinds }, ...shownOrder(contest).map((option) => rows[option - 1].element)),
      order,
      h("button", { type: "button", class: "small", onclick: clear }, t("vote.clear")),
      told,
    ],
    choice: () => rankings.toChoice(ranking),
  };
}

/** A button that stays where it is, with its focus, and does nothing. @param {HTMLElement} button @param {boolean} off */
function turnOff(button, off) {
  if (off) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}
