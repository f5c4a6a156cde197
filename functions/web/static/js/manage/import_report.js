/** What came of an imported file: counts, and a table for each kind of row that needs a look. */
import { h } from "../dom.js";
import { t } from "../strings.js";

/** The elements that tell a report. */
export function told(report) {
  const { added, duplicates, rejected_count: count, ignored_columns: ignored, warnings } = report;
  const facts = h(
    "ul",
    {},
    h("li", {}, t("import.added", { count: added })),
    h("li", {}, t("import.duplicates", { count: duplicates })),
    h("li", {}, t("import.rejected", { count })),
    ...(ignored.length ? [h("li", {}, t("import.ignored", { names: ignored.join(", ") }))] : []),
    ...warnings.map((warning) => h("li", { lang: "en" }, warning)),
  );
  return [facts, ...rejected(report), ...doubled(report), ...mended(report)];
}

function rejected({ rejected: rows, rejected_count: count }) {
  return table(
    t("import.rejected_lines"),
    t("import.reason"),
    rows.map(({ line, value, reason }) => [line, value, reason]),
    count,
  );
}

function doubled({ duplicate_rows: rows, duplicates: count }) {
  const where = (first) => (first ? t("import.also_on", { line: first }) : t("import.on_roll"));
  const cells = rows.map(({ line, value, first_line: first }) => [line, value, where(first)]);
  return table(t("import.duplicate_rows"), t("import.reason"), cells, rows.length ? count : 0);
}

function mended({ mended: rows, mended_count: count }) {
  return table(
    t("import.mended_rows"),
    t("import.note"),
    rows.map(({ line, value, note }) => [line, value, note]),
    count,
  );
}

function table(title, last, rows, count) {
  if (count === 0) return [];
  const row = ([line, value, text]) =>
    h("tr", {}, h("th", { scope: "row" }, line), h("td", {}, h("bdi", {}, value)), h("td", {}, text));
  const column = (name) => h("th", { scope: "col" }, name);
  const head = h("tr", {}, column(t("import.line")), column(t("import.value")), column(last));
  const whole = h("table", {}, h("caption", {}, title), h("thead", {}, head), h("tbody", {}, ...rows.map(row)));
  const around = { class: "scroll rows", tabindex: 0, role: "region", "aria-label": title };
  const left = count - rows.length;
  const rest = left > 0 ? [h("p", { class: "quiet" }, t("import.more_rejected", { count: left }))] : [];
  return [h("div", around, whole), ...rest];
}
