/** Importing a roll: choose a file, see what would come of each row, and only then take it over. */
import { find, h } from "../dom.js";
import { t } from "../strings.js";

const PAUSE = 1000;
/** Milliseconds between two looks at an import that goes on. */
const WAITS = [1000, 2000, 4000];
/** Milliseconds before each further attempt at a request that broke off: importing again is safe. */

const choose = find("#choose");
const outcome = find("#outcome");
const { path, roll, formToken } = choose.dataset;
const file = find("#file");

file.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  say(t("import.checking", { file: chosen.name }));
  const content = await chosen.arrayBuffer();
  const report = await ask(`${path}?dry_run=true`, content);
  if (report) show(t("import.would"), report, ...decision(report, content));
});

function decision(report, content) {
  if (!report.compared) return [h("p", { class: "quiet" }, t("import.not_compared")), ...buttons(report, content)];
  return buttons(report, content);
}

function buttons(report, content) {
  if (report.added === 0) return [h("p", { class: "notice" }, t("import.nothing"))];
  const take = h(
    "button",
    { type: "button", class: "primary", onclick: () => takeOver(take, content) },
    t("import.take", { count: report.added }),
  );
  return [h("p", { class: "actions" }, take)];
}

async function takeOver(button, content) {
  button.disabled = true;
  file.disabled = true;
  const report = await ask(`${path}?dry_run=false`, content);
  file.disabled = false;
  if (!report) return;
  const over = report.job ? await follow(report) : report;
  if (!over) return;
  const failed = over.state === "failed";
  const next = h("p", { class: "actions" }, h("a", { class: "button primary", href: roll }, t("import.to_roll")));
  show(failed ? t("import.failed") : t("import.done"), over, next);
  file.value = "";
}

/** How far a large import is, until it is over. */
async function follow(report) {
  const bar = h("progress", { max: report.total, "aria-label": t("import.running") });
  outcome.replaceChildren(h("p", {}, t("import.running")), bar);
  let now = report;
  while (now?.state === "running") {
    bar.value = now.done;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
    now = await ask(`${path}?job=${report.job}`);
  }
  return now;
}

function show(title, report, ...more) {
  const heading = h("h2", { tabindex: -1 }, title);
  const { added, duplicates, rejected_count: count, ignored_columns: ignored } = report;
  const facts = h(
    "ul",
    {},
    h("li", {}, t("import.added", { count: added })),
    h("li", {}, t("import.duplicates", { count: duplicates })),
    h("li", {}, t("import.rejected", { count })),
    ...(ignored.length ? [h("li", {}, t("import.ignored", { names: ignored.join(", ") }))] : []),
  );
  outcome.replaceChildren(heading, facts, ...table(report), ...more);
  heading.focus();
}

function table({ rejected, rejected_count: count }) {
  if (count === 0) return [];
  const row = ({ line, reason }) => h("tr", {}, h("th", { scope: "row" }, line), h("td", {}, reason));
  const head = h("tr", {}, h("th", { scope: "col" }, t("import.line")), h("th", { scope: "col" }, t("import.reason")));
  const caption = h("caption", {}, t("import.rejected_lines"));
  const rows = h("table", {}, caption, h("thead", {}, head), h("tbody", {}, ...rejected.map(row)));
  const around = { class: "scroll rows", tabindex: 0, role: "region", "aria-label": t("import.rejected_lines") };
  const left = count - rejected.length;
  const rest = left > 0 ? [h("p", { class: "quiet" }, t("import.more_rejected", { count: left }))] : [];
  return [h("div", around, rows), ...rest];
}

/** The answer, or null after having said what is wrong. Without a session the page goes to the log-in. */
async function ask(address, body) {
  const headers = { Accept: "application/json", "X-Form-Token": formToken };
  const options = body ? { method: "POST", body, headers: { ...headers, "Content-Type": "text/csv" } } : { headers };
  try {
    const answer = await persistently(address, options);
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

/** The answer; what broke off or got none is sent again. */
async function persistently(address, options) {
  for (const wait of WAITS) {
    const answer = await fetch(address, options).catch(() => null);
    if (answer && ![502, 503, 504].includes(answer.status)) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(wait, 1000 * Number(answer?.headers.get("Retry-After") ?? 0)));
    });
  }
  return fetch(address, options);
}

function say(text, kind = "") {
  outcome.replaceChildren(h("p", { class: kind }, text));
}
