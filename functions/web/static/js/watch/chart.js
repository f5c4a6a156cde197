/** A strip chart: time from left to right, in the page's colours, language and width. */

import uPlot from "../../vendor/uplot.js";

const HEIGHT = 220;
/** Seconds that a chart shows at least, so that no two ticks are the same: around one value, and around several. */
const [AROUND_ONE, LEAST] = [3600, 4];
const DASHES = [[], [6, 4], [2, 3]];
const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const minute = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit" });
const dark = matchMedia("(prefers-color-scheme: dark)");

/** A figure as readers here write it. @param {number} value */
export function figure(value) {
  return numbers.format(value);
}

/**
 * What every chart of a page has in common. `span`: the seconds that are shown, if not all, for a chart that ends with `last`.
 *
 * @typedef {{span?: (last: number | null) => [number, number] | null, low?: number, high?: number}} Frame
 */

export class StripChart {
  /**
   * @param {HTMLElement} place where it is drawn, as wide as that is
   * @param {string} name what it shows, for screen readers
   * @param {{label: string, stepped?: boolean}[]} series
   * @param {Frame} [frame]
   */
  constructor(place, name, series, frame = {}) {
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", name);
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    /** @type {uPlot.Options} */
    const options = {
      width: place.clientWidth || 300,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: (_, first, last) => frame.span?.(last) ?? widened(first, last) },
        y: { range: (_, least, most) => framed(padded(_, least, most), frame) },
      },
      axes: [
        { ...axis, values: (_, splits) => ticks(splits), space: 80 },
        { ...axis, values: (_, splits) => splits.map(figure), size: 64 },
      ],
      series: [{}, ...series.map(line)],
    };
    this.plot = new uPlot(options, [[], ...series.map(() => [])], place);
    new ResizeObserver(() => this.plot.setSize({ width: place.clientWidth || 300, height: HEIGHT })).observe(place);
    dark.addEventListener("change", () => this.plot.redraw(false));
  }

  /** @param {number[]} times seconds since 1970, none less than the one before @param {(number | null)[][]} columns */
  show(times, columns) {
    this.plot.setData([times, ...columns]);
  }
}

/** @param {{label: string, stepped?: boolean}} series @param {number} place @returns {uPlot.Series} */
function line({ label, stepped }, place) {
  return {
    label,
    stroke: colour(`--series-${(place % 8) + 1}`),
    width: 2,
    dash: DASHES[place % DASHES.length],
    points: { show: (plot) => plot.data[0].length < 2 },
    paths: stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined,
  };
}

/** Read when it is drawn: another colour scheme has other values. @param {string} property */
function colour(property) {
  return () => getComputedStyle(document.documentElement).getPropertyValue(property);
}

/**
 * The time from the first value to the last, or what is shown around them where they are too close.
 *
 * @param {number | null} first @param {number | null} last @returns {[number | null, number | null]}
 */
export function widened(first, last) {
  if (first === null || last === null || last - first >= LEAST) return [first, last];
  const around = (first === last ? AROUND_ONE : LEAST) / 2;
  const middle = (first + last) / 2;
  return [middle - around, middle + around];
}

/**
 * A range that a constant line runs through the middle of.
 *
 * @param {unknown} _ @param {number | null} least @param {number | null} most @returns {[number, number]}
 */
function padded(_, least, most) {
  if (least === null || most === null) return [0, 1];
  const room = (most - least) * 0.1 || Math.abs(most) * 0.1 || 1;
  return [least >= 0 ? Math.max(0, least - room) : least - room, most + room];
}

/**
 * The range with the ends that are given; one that would be upside down leaves the other end free.
 *
 * @param {[number, number]} found @param {Frame} frame @returns {[number, number]}
 */
function framed([least, most], { low = least, high = most }) {
  if (low < high) return [low, high];
  return low === least ? [high - 1, high] : [low, low + 1];
}

/** Times at which there are grid lines: as fine as they are apart. @param {number[]} splits */
function ticks(splits) {
  const apart = splits.length > 1 ? splits[1] - splits[0] : 0;
  const format = apart < 60 ? clock : apart < 86_400 ? minute : day;
  return splits.map((seconds) => format.format(new Date(seconds * 1000)));
}
