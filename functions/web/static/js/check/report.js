/** What a verification found, in words: each check, the outcome of the whole, and the result as counted here. */
import { h, prefix } from "../dom.js";
import { has, t } from "../strings.js";
import { CHECKS } from "../verify/findings.js";
import { keptChecks } from "../verify/kept.js";
import { save } from "../save.js";
import { ballotReading } from "./ballot_reading.js";
import { ledgerLine } from "./ledger_line.js";
import { alarm, checkpointBox, facts, fingerprint } from "./pieces.js";

const names = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });

/** For `Panel.list`: all checks, none done yet. @param {import("../verify/kept.js").Kept} kept */
export const listChecks = (kept) => [...CHECKS, ...keptChecks(kept)].map(step);

/** For `Panel.list`. @param {string} name */
export const step = (name) => ({ name, title: t(`check.audit_${name}`), meaning: t(`check.audit_${name}_means`) });

/** @param {import("./panel.js").Panel} panel @param {import("../verify/findings.js").Check} check */
export function markCheck(panel, { name, outcome, reason, values }) {
  if (!panel.has(name)) panel.list([step(name)]); // an election with trustees has more checks, as its manifest shows
  panel.mark(name, outcome, outcome === "failed" ? why(reason, values) : found(name, outcome, values));
}

/** @param {string} name @param {string} outcome @param {import("../verify/findings.js").Check["values"]} values */
function found(name, outcome, values) {
  return outcome === "passed" && has(`check.found_${name}`) ? t(`check.found_${name}`, values) : "";
}

/** @param {string} reason @param {import("../verify/findings.js").Check["values"]} values */
function why(reason, values) {
  // Leaves are counted from 1 by people.
  const shown = "index" in values ? { ...values, index: Number(values.index) + 1 } : values;
  return has(`check.fault_${reason}`) ? t(`check.fault_${reason}`, shown) : t("check.reason", { reason });
}

/**
 * @param {import("./panel.js").Panel} panel @param {import("../verify/verification.js").Report} report
 * @param {Blob} blob the export @param {string[]} contradictions what else failed: names of expectations
 * @param {import("./whole_check.js").Seen | null} seen @param {() => void} leaveOut the receipt
 * @param {import("../verify/kept.js").Statement[]} receipts whose ballots may be looked at
 */
export function showReport(panel, report, blob, contradictions, seen, leaveOut, receipts) {
  const { election, note } = report;
  const verified = report.ok && !contradictions.length && report.result !== null;
  if (verified && report.result) announceVerified(panel, report, report.result);
  else announceFailure(panel, report, contradictions, leaveOut);

  const keep = () => save(`ballotcast-export-${election}.zip`, "application/zip", blob);
  panel.append(
    !verified && identity(report),
    note && checkpointBox(note, election),
    h("p", { class: "actions" }, h("button", { type: "button", onclick: keep }, t("check.save_export"))),
    verified && ballotReading(report, blob, receipts),
    verified && ledgerLine(report, blob, seen),
  );
}

/**
 * @param {import("./panel.js").Panel} panel @param {import("../verify/verification.js").Report} report
 * @param {import("../verify/verification.js").Published} result
 */
function announceVerified(panel, report, result) {
  const { title, election } = report;
  panel.announce(
    "good",
    t("check.verified", { title }),
    t("check.verified_text", { count: result.counted }),
    ...result.contests.map(contestResult),
    h("p", {}, h("a", { href: `${prefix}/results/${encodeURIComponent(election)}` }, t("check.to_results"))),
    t("check.verified_compare"),
    identity(report),
  );
}

/**
 * Which election the export says it is of; nothing if it does not even say that.
 *
 * @param {import("../verify/verification.js").Report} report
 */
function identity({ title, election, manifestHash }) {
  if (!manifestHash) return null;
  return h(
    "section",
    {},
    h("h4", {}, t("check.fingerprint_title")),
    fingerprint(manifestHash),
    h("p", {}, t("check.fingerprint_text")),
    facts([t("check.election_title"), title], [t("check.election_field"), election]),
  );
}

/**
 * @param {import("./panel.js").Panel} panel @param {import("../verify/verification.js").Report} report
 * @param {string[]} contradictions @param {() => void} leaveOut
 */
function announceFailure(panel, { ok, checks }, contradictions, leaveOut) {
  const failed = checks.filter(({ outcome }) => outcome === "failed");
  const faults = [
    ...contradictions.map((name) => ({ name: String(name), text: t(`check.audit_${name}_failed`), told: name })),
    ...failed.map(({ name, reason, values }) => ({ name, text: why(reason, values), told: `${name}: ${reason}` })),
  ];
  /** @param {{name: string, text: string}} fault */
  const item = ({ name, text }) => h("li", {}, t("check.not_proved", { step: t(`check.audit_${name}`), why: text }));
  const list = h("ul", {}, ...faults.map(item));
  const reason = faults.map(({ told }) => told).join(", ");
  const only = ok && contradictions.every((name) => name === "receipt");
  const about = t(only ? "check.refuted_by_receipt" : "check.refuted_text");
  const leave = only && h("p", {}, h("button", { type: "button", onclick: leaveOut }, t("check.leave_out")));
  panel.announce("bad", t("check.refuted"), about, list, leave, alarm(reason, t("check.keep_export")));
}

/** @param {import("../verify/verification.js").Published["contests"][number]} contest */
function contestResult({ title, options, winners, seats, valid, blank, motion, outcome: told }) {
  const seated = told?.elected ?? winners;
  const elected = seated.map((option) => options[option - 1]);
  const [count, vacant] = [elected.length, seats - seated.length];
  const ballots = h("p", { class: "quiet" }, t("check.ballots", { count: valid, blank }));
  const undecided = told?.unmet.includes("quorum");
  if (undecided || motion) {
    const said = undecided ? "check.no_decision" : seated[0] === 1 ? "check.carried" : "check.not_carried";
    return h("section", { class: "contest-result" }, h("h4", {}, title), h("p", {}, t(said)), ballots);
  }
  return h(
    "section",
    { class: "contest-result" },
    h("h4", {}, title),
    h("p", {}, ...(count ? outcome(elected, seats) : [t("check.nobody")])),
    vacant > 0 && h("p", {}, t("check.vacant", { count: vacant })),
    ballots,
  );
}

/** In each name's own direction. @param {string[]} elected @param {number} seats */
function outcome(elected, seats) {
  const parts = names.formatToParts(elected).map(({ type, value }) => (type === "element" ? h("bdi", {}, value) : value));
  const [before, after] = t(seats === 1 ? "check.decided" : "check.elected", { names: "\0", count: elected.length }).split("\0");
  return [before, ...parts, after];
}
