/** Choosing the columns of a roll from its first rows, and remembering the choice for the same header. */
import { h } from "../dom.js";
import { t } from "../strings.js";

const KINDS = /** @type {const} */ (["email", "name", "name2", "phone", "language"]);

/**
 * `columns`: as `email:2,name:1+3`. Places: the number of the column that holds each, from 1; empty for none.
 *
 * @typedef {{columns: string, header: boolean}} Chosen
 * @typedef {typeof KINDS[number]} Kind
 * @typedef {Record<Kind, string>} Places
 */

const REMEMBERED = "ballotcast-roll-columns";
/** In this browser: the choice for each header that was seen, the newest twenty. No voter is in it. */
const MOST = 20;

/**
 * A form over the first rows; `read` is called with what was chosen, as the API takes it.
 * @param {string[][]} rows
 * @param {(chosen: {columns: string, header: boolean}) => void} read
 */
export function columnsForm(rows, read) {
  const width = Math.max(...rows.map((row) => row.length));
  const headed = !rows[0].some((cell) => cell.includes("@"));
  const before = remembered(rows[0]);
  /** @type {Record<string, HTMLSelectElement>} */
  const fields = Object.fromEntries(KINDS.map((kind) => [kind, select(kind, rows[0], width, before?.[kind])]));
  if (!before) {
    const guess = rows[rows.length - 1].findIndex((cell) => cell.includes("@"));
    fields.email.value = guess < 0 ? "" : String(guess + 1);
  }
  const header = h("input", { type: "checkbox", id: "choose-header", checked: headed });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const chosen = /** @type {Places} */ (Object.fromEntries(KINDS.map((kind) => [kind, fields[kind].value])));
    if (header.checked) remember(rows[0], chosen);
    read({ columns: written(chosen), header: header.checked });
  };
  /** @param {Kind} kind */
  const labelled = (kind) =>
    h("div", { class: "field" }, h("label", { for: `choose-${kind}` }, t(`import.choose_${kind}`)), fields[kind]);
  return h(
    "form",
    { onsubmit: submit },
    h("p", {}, t("import.choose_text")),
    preview(rows, width),
    h("div", { class: "choice" }, header, h("label", { for: "choose-header" }, t("import.choose_header"))),
    h("div", { class: "row" }, ...KINDS.map(labelled)),
    h("p", { class: "actions" }, h("button", { type: "submit", class: "primary" }, t("import.choose_go"))),
  );
}

/** `email:2,name:1+3`, as the API takes it. @param {Places} chosen */
export function written({ email, name, name2, phone, language }) {
  const names = [name, name2].filter(Boolean).join("+");
  const parts = { email, name: names, phone, language };
  return Object.entries(parts)
    .filter(([, places]) => places)
    .map(([kind, places]) => `${kind}:${places}`)
    .join(",");
}

/**
 * What was chosen for this header before, as the API takes it; null if nothing was.
 *
 * @param {string[]} header @returns {Chosen | null}
 */
export function chosenBefore(header) {
  const before = remembered(header);
  return before ? { columns: written(before), header: true } : null;
}

/** @param {Kind} kind @param {string[]} names @param {number} width @param {string | undefined} chosen */
function select(kind, names, width, chosen) {
  const options = Array.from({ length: width }, (_, place) =>
    h(
      "option",
      { value: place + 1, selected: String(place + 1) === chosen },
      t("import.choose_column", { number: place + 1, name: names[place] ?? "" }),
    ),
  );
  return h("select", { id: `choose-${kind}`, required: kind === "email" }, h("option", { value: "" }, t("import.choose_none")), ...options);
}

/** @param {string[][]} rows @param {number} width */
function preview(rows, width) {
  /** @param {string[]} row */
  const cells = (row) => Array.from({ length: width }, (_, place) => h("td", {}, h("bdi", {}, row[place] ?? "")));
  const numbers = Array.from({ length: width }, (_, place) => h("th", { scope: "col" }, place + 1));
  const body = rows.map((row) => h("tr", {}, ...cells(row)));
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...numbers)), h("tbody", {}, ...body));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("import.choose_text") }, table);
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @param {string[]} header @returns {Places | null} */
function remembered(header) {
  const found = kept().find((one) => Array.isArray(one) && one[0] === header.join("\t"));
  return found ? found[1] : null;
}

/** @param {string[]} header @param {Places} chosen */
function remember(header, chosen) {
  const others = kept().filter((one) => Array.isArray(one) && one[0] !== header.join("\t"));
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify([[header.join("\t"), chosen], ...others].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing asks again.
  }
}
