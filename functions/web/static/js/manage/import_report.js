/** What came of an imported file: counts, and a table for each kind of row that needs a look. */
import { h } from "../dom.js";
import { t } from "../strings.js";

/**
 * As the API answers (`ImportCheck` of a dry run, `ImportJob` of what goes on): `compared`, `undecided` and `first_rows`
 * are of the one, `job`, `state`, `done` and `total` of the other.
 *
 * @typedef {{added: number, duplicates: number, duplicate_rows: {line: number, value: string, first_line: number | null}[],
 *   rejected: {line: number, value: string, reason: string}[], rejected_count: number,
 *   mended: {line: number, value: string, note: string}[], mended_count: number,
 *   ignored_columns: string[], columns: Record<string, number[]>, warnings: string[],
 *   compared?: boolean, undecided?: string | null, first_rows?: string[][],
 *   job?: string, state?: "running" | "done" | "failed", done?: number, total?: number}} Report
 * @typedef {[line: number, value: string, text: string]} Cells
 */

/** The elements that tell a report. @param {Report} report @returns {Node[]} */
export function told(report) {
  const { added, duplicates, rejected_count: count, ignored_columns: ignored, warnings } = report;
  const facts = h(
    "ul",
    {},
    h("li", {}, t("import.added", { count: added })),
    h("li", {}, t("import.duplicates", { count: duplicates })),
    h("li", {}, t("import.rejected", { count })),
    ...(ignored.length ? [h("li", {}, t("import.ignored", { names: ignored.join(", ") }))] : []),
    ...warnings.map((warning) => h("li", {}, warning)),
  );
  return [facts, ...rejected(report), ...doubled(report), ...mended(report)];
}

/** @param {Report} report */
function rejected({ rejected: rows, rejected_count: count }) {
  return table(
    t("import.rejected_lines"),
    t("import.reason"),
    rows.map(({ line, value, reason }) => [line, value, reason]),
    count,
  );
}

/** @param {Report} report */
function doubled({ duplicate_rows: rows, duplicates: count }) {
  /** @param {number | null} first */
  const where = (first) => (first ? t("import.also_on", { line: first }) : t("import.on_roll"));
  /** @type {Cells[]} */
  const cells = rows.map(({ line, value, first_line: first }) => [line, value, where(first)]);
  return table(t("import.duplicate_rows"), t("import.reason"), cells, rows.length ? count : 0);
}

/** @param {Report} report */
function mended({ mended: rows, mended_count: count }) {
  return table(
    t("import.mended_rows"),
    t("import.note"),
    rows.map(({ line, value, note }) => [line, value, note]),
    count,
  );
}

/** @param {string} title @param {string} last @param {Cells[]} rows @param {number} count @returns {Node[]} */
function table(title, last, rows, count) {
  if (count === 0) return [];
  /** @param {Cells} cells */
  const row = ([line, value, text]) =>
    h("tr", {}, h("th", { scope: "row" }, line), h("td", {}, h("bdi", {}, value)), h("td", {}, text));
  /** @param {string} name */
  const column = (name) => h("th", { scope: "col" }, name);
  const head = h("tr", {}, column(t("import.line")), column(t("import.value")), column(last));
  const whole = h("table", {}, h("caption", {}, title), h("thead", {}, head), h("tbody", {}, ...rows.map(row)));
  const around = { class: "scroll rows", tabindex: 0, role: "region", "aria-label": title };
  const left = count - rows.length;
  const rest = left > 0 ? [h("p", { class: "quiet" }, t("import.more_rejected", { count: left }))] : [];
  return [h("div", around, whole), ...rest];
}
