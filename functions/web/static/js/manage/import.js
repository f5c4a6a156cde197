/** Importing a roll: choose a file, see what would come of each row, and only then take it over. */
import { find, h } from "../dom.js";
import { t } from "../strings.js";
import { chosenBefore, columnsForm } from "./import_columns.js";
import { told } from "./import_report.js";

/**
 * @typedef {import("./import_columns.js").Chosen} Chosen
 * @typedef {import("./import_report.js").Report} Report
 */

const PAUSE = 1000;
/** Milliseconds between two looks at an import that goes on. */
const WAITS = [1000, 2000, 4000];
/** Milliseconds before each further attempt at a request that broke off: importing again is safe. */
const BYTES = { "Content-Type": "application/octet-stream" };

const choose = find("#choose");
const outcome = find("#outcome");
const { path, roll, formToken = "" } = choose.dataset;
/** @type {HTMLInputElement} */
const file = find("#file");
/** @type {HTMLTextAreaElement} */
const pasted = find("#pasted");

file.addEventListener("change", async () => {
  const [chosen] = file.files ?? [];
  if (chosen) await check(chosen.name, await chosen.arrayBuffer());
});

find("#paste").addEventListener("click", async () => {
  if (pasted.value.trim()) await check(t("import.pasted"), new TextEncoder().encode(pasted.value));
});

/**
 * What would come of a table; `columns`: as somebody chose them.
 *
 * @param {string} name @param {BufferSource} content @param {Chosen | null} [columns]
 */
async function check(name, content, columns = null) {
  say(t("import.checking", { file: name }));
  const report = await ask(address(true, columns), content);
  if (!report) return;
  const before = report.undecided && !columns ? chosenBefore(report.first_rows?.[0] ?? []) : null;
  if (before) await check(name, content, before);
  else if (report.undecided) chooseColumns(name, content, report);
  else show(t("import.would"), report, ...decision(report, name, content, columns));
}

/** @param {string} name @param {BufferSource} content @param {Pick<Report, "undecided" | "first_rows">} report */
function chooseColumns(name, content, { undecided, first_rows: rows = [] }) {
  const heading = h("h2", { tabindex: -1 }, t("import.choose_title"));
  const why = h("p", { class: "notice warn" }, undecided ?? "");
  const form = columnsForm(rows, (columns) => check(name, content, columns));
  outcome.replaceChildren(heading, ...(undecided ? [why] : []), form);
  heading.focus();
}

/** @param {Report} report @param {string} name @param {BufferSource} content @param {Chosen | null} columns */
function decision(report, name, content, columns) {
  const more = report.compared ? [] : [h("p", { class: "quiet" }, t("import.not_compared"))];
  if (report.added === 0) more.push(h("p", { class: "notice" }, t("import.nothing")));
  const again = () => chooseColumns(name, content, report);
  const other = h("button", { type: "button", onclick: again }, t("import.other_columns"));
  /** @type {HTMLButtonElement} */
  const take = h(
    "button",
    { type: "button", class: "primary", onclick: () => takeOver(take, content, columns) },
    t("import.take", { count: report.added }),
  );
  return [...more, h("p", { class: "actions" }, report.added > 0 && take, other)];
}

/** @param {HTMLButtonElement} button @param {BufferSource} content @param {Chosen | null} columns */
async function takeOver(button, content, columns) {
  button.disabled = true;
  file.disabled = true;
  const report = await ask(address(false, columns), content);
  file.disabled = false;
  if (!report) return;
  const over = report.job ? await follow(report) : report;
  if (!over) return;
  const failed = over.state === "failed";
  const next = h("p", { class: "actions" }, h("a", { class: "button primary", href: roll }, t("import.to_roll")));
  show(failed ? t("import.failed") : t("import.done"), over, next);
  file.value = "";
  pasted.value = "";
}

/** @param {boolean} dryRun @param {Chosen | null} columns */
function address(dryRun, columns) {
  const query = new URLSearchParams({ dry_run: String(dryRun) });
  if (columns) {
    query.set("columns", columns.columns);
    query.set("header", String(columns.header));
  }
  return `${path}?${query}`;
}

/** How far a large import is, until it is over. @param {Report} report @returns {Promise<Report | null>} */
async function follow(report) {
  const bar = h("progress", { max: report.total, "aria-label": t("import.running") });
  outcome.replaceChildren(h("p", {}, t("import.running")), bar);
  /** @type {Report | null} */
  let now = report;
  while (now?.state === "running") {
    bar.value = now.done ?? 0;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
    now = await ask(`${path}?job=${report.job}`);
  }
  return now;
}

/** @param {string} title @param {Report} report @param {...Node} more */
function show(title, report, ...more) {
  const heading = h("h2", { tabindex: -1 }, title);
  outcome.replaceChildren(heading, ...told(report), ...more);
  heading.focus();
}

/**
 * The answer, or null after having said what is wrong. Without a session the page goes to the log-in.
 *
 * @param {string} url @param {BufferSource} [body] @returns {Promise<Report | null>}
 */
async function ask(url, body) {
  const headers = { Accept: "application/json", "X-Form-Token": formToken };
  /** @type {RequestInit} */
  const options = body ? { method: "POST", body, headers: { ...headers, ...BYTES } } : { headers };
  try {
    const answer = await persistently(url, options);
    if (answer.redirected) {
      location.assign(answer.url);
      return null;
    }
    const document = await answer.json();
    if (answer.ok) return document;
    say(document.advice ?? document.detail, "notice bad");
  } catch {
    say(t("import.unreachable"), "notice bad");
  }
  return null;
}

/** The answer; what broke off or got none is sent again. @param {string} url @param {RequestInit} options */
async function persistently(url, options) {
  for (const wait of WAITS) {
    const answer = await fetch(url, options).catch(() => null);
    if (answer && ![502, 503, 504].includes(answer.status)) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(wait, 1000 * Number(answer?.headers.get("Retry-After") ?? 0)));
    });
  }
  return fetch(url, options);
}

/** @param {string} text @param {string} [kind] */
function say(text, kind = "") {
  outcome.replaceChildren(h("p", { class: kind }, text));
}
