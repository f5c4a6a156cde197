/** A channel on a page: charts, the newest values and what it is doing, for each element with `data-channel`. */

import { find, h } from "../dom.js";
import { t } from "../strings.js";
import { StripChart, figure } from "./chart.js";
import { Facts } from "./facts.js";
import { Follower } from "./follower.js";
import { history } from "./history.js";
import { Newest } from "./newest.js";
import { Points } from "./points.js";

/** @typedef {[name: string, label: string]} Field  of a signal */
/** @typedef {ConstructorParameters<typeof Points>[1]} Unit */

const MOST_POINTS = 2000;
const MOST_CHARTS = 6;
/** The newest time of all charts on the page: with a window, all end there. @type {{seconds?: number}} */
const newestTime = {};
/** What draws the charts that have a window. @type {Set<() => void>} */
const redrawn = new Set();
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * What the element's data say: `channel`; `axis` and `unit` of time; `fields`: [name, label] of each signal; `together`:
 * all signals in one chart; `window`: seconds that are shown; `low`, `high`: the range of values; `history`: also what is in the archive; `still`: nothing more will come; `least`: milliseconds
 * between two questions.
 * @param {HTMLElement} element
 */
async function watch(element) {
  const { channel = "", axis = "", unit, least, fields: listed = "[]" } = element.dataset;
  /** @type {Field[]} */
  const fields = JSON.parse(listed);
  const points = new Points(axis, /** @type {Unit} */ (unit), fields.map(([name]) => name), "history" in element.dataset ? Infinity : MOST_POINTS);
  const charts = "together" in element.dataset ? [fields] : fields.map((field) => [field]);
  const status = h("p", { role: "status", class: "quiet" });
  const pause = h("button", { type: "button", class: "small", hidden: true });
  const place = h("div", { class: "charts" });
  element.append(h("div", { class: "watching" }, status, pause), place);
  /** @type {((points: Points) => void)[]} */
  const drawn = [];
  /** @type {HTMLElement | null} */
  const table = document.querySelector(`[data-newest="${channel}"]`);
  const facts = new Facts(channel, element.closest("[data-watched]") ?? document);
  let came = false;
  const newest = table && new Newest(rowsOf(table), JSON.parse(table.dataset.columns ?? "[]"), points);

  const draw = () => {
    if (!points.times.length) return;
    if (!drawn.length) drawn.push(...charts.slice(0, MOST_CHARTS).map((series) => addChart(place, series, element)));
    const last = points.times.at(-1) ?? 0;
    if (last > (newestTime.seconds ?? -Infinity)) {
      newestTime.seconds = last;
      for (const other of redrawn) if (other !== draw) other();
    }
    for (const update of drawn) update(points);
  };
  if (Number(element.dataset.window)) redrawn.add(draw);
  /** @param {import("./points.js").Values[]} records @param {boolean} anew */
  const add = (records, anew) => {
    if (anew) points.clear();
    if (anew) newest?.clear();
    came = (came && !anew) || records.length > 0;
    const last = points.times.at(-1) ?? -Infinity;
    points.add("history" in element.dataset ? records.filter((record) => points.time(record) > last) : records);
    newest?.add(records);
    draw();
    element.dataset.points = String(points.times.length);
  };

  if ("history" in element.dataset) add((await history(channel)) ?? [], false);
  if ("still" in element.dataset) {
    if (!points.times.length) status.textContent = t("chart.nothing");
    return;
  }
  const follower = new Follower(channel, add, tell, Number(least ?? 0));
  /** @param {import("./follower.js").State} state */
  function tell(state) {
    element.dataset.state = state;
    if (state === "live") void facts.renew();
    const text = state === "live" && !came ? t("chart.nothing_yet") : t(`chart.${state}`);
    if (status.textContent !== text) status.textContent = text;
    pause.hidden = state === "gone";
    pause.textContent = t(follower.running ? "chart.pause" : "chart.go_on");
  }
  pause.addEventListener("click", () => (follower.running ? follower.stop() : follower.start()));
  if (!stillness.matches) {
    follower.start();
    return;
  }
  await follower.once();
  follower.stop();
}

/** @param {HTMLElement} table @returns {HTMLTableSectionElement} */
function rowsOf(table) {
  return find("tbody", table);
}

/**
 * A chart with its caption; answers what redraws it.
 *
 * @param {HTMLElement} place @param {Field[]} series @param {HTMLElement} element @returns {(points: Points) => void}
 */
function addChart(place, series, element) {
  const values = series.map(() => h("span", { class: "value" }));
  const captions = series.map(([, label], index) => h("li", { class: `series-${index + 1}` }, label, " ", values[index]));
  const plot = h("div", { class: "plot" });
  place.append(h("figure", {}, h("figcaption", {}, h("ul", { class: "legend" }, ...captions)), plot));
  const names = series.map(([, label]) => label).join(", ");
  const stepped = "together" in element.dataset;
  const chart = new StripChart(plot, t("chart.name", { names }), series.map(([, label]) => ({ label, stepped })), frameOf(element));
  return (points) => {
    const columns = series.map(([name]) => points.columns.get(name) ?? []);
    chart.show(points.times, columns);
    columns.forEach((column, index) => {
      const last = column.at(-1);
      values[index].textContent = last === null || last === undefined ? "" : figure(last);
    });
  };
}

/**
 * The window and the range that the element asks for. A channel whose newest value is older than the window of the others
 * is shown with its own end, not empty.
 *
 * @param {HTMLElement} element @returns {import("./chart.js").Frame}
 */
function frameOf({ dataset: { window: seconds, low, high } }) {
  const length = Number(seconds ?? 0);
  return {
    ...(low === undefined ? {} : { low: Number(low) }),
    ...(high === undefined ? {} : { high: Number(high) }),
    span: (last) => {
      if (!length || last === null) return null;
      const newest = newestTime.seconds ?? last;
      const end = newest - last < length ? newest : last;
      return [end - length, end];
    },
  };
}

/** @type {NodeListOf<HTMLElement>} */
const channels = document.querySelectorAll("[data-channel]");
for (const element of channels) void watch(element);
