/** What the organiser says in addition to the manifest while voting runs: what holds now, and every change of it. */
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { t } from "../strings.js";
import { paragraph } from "./screen.js";

/**
 * @typedef {{number: number, at: string, kind: "notice" | "description", text: string, replaces: number,
 *   before: string}} Notice As the API has it
 */

/**
 * A place that fills itself once the notices are there. The page waits for nothing: without an answer it stays empty.
 *
 * @param {import("../protocol/api.js").Side} side @param {string} election
 */
export function noticesOf(side, election) {
  const place = h("div", { "data-notices": "" });
  const shown = side.find(`/elections/${election}/notices`).then((answer) => {
    if (answer) place.append(...written(JSON.parse(new TextDecoder().decode(answer.bytes)).notices));
  });
  shown.catch(() => undefined);
  return place;
}

/** @param {Notice[]} history */
function written(history) {
  if (!history.length) return [];
  /** @type {Map<number, Notice>} */
  const holding = new Map();
  for (const said of history) if (said.kind === "notice") holding.set(said.replaces || said.number, said);
  const now = [...holding].sort(([one], [other]) => other - one).filter(([, said]) => said.text);
  return [
    ...now.map(([, said]) => holds(said)),
    h(
      "details",
      {},
      h("summary", {}, t("notices.history")),
      paragraph(t("notices.history_text")),
      h("ol", {}, ...history.map(change)),
    ),
  ];
}

/** @param {Notice} said */
function holds({ text, at, replaces }) {
  const when = `${t(replaces ? "notices.corrected" : "notices.given")} ${moment(at)}`;
  return h("div", { class: "notice" }, paragraph(text, "typed"), paragraph(when, "quiet"));
}

/** @param {Notice} said */
function change({ number, at, kind, text, replaces, before }) {
  const describes = kind === "description";
  const what = describes ? "description" : !text ? "taken_back" : replaces ? "changed" : "notice";
  const told = t(`notices.${what}`, { number: replaces || number });
  return h(
    "li",
    {},
    paragraph(`${moment(at)}: ${told}`),
    text && paragraph(text, "typed"),
    describes && paragraph(t(before ? "notices.before" : "notices.before_none")),
    describes && before && paragraph(before, "typed"),
  );
}
