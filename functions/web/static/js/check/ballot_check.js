/** "Check my ballot": is the ballot that a receipt promises in the log? Step by step, in plain words. */
import { h } from "../dom.js";
import { ApiError, Malformed, NotYet, PromiseBroken, Unreachable, Untrusted } from "../protocol/errors.js";
import { ReceiptError } from "../protocol/receipt.js";
import { CHECKS, checkReceipt } from "../protocol/receipts.js";
import { save } from "../save.js";
import { has, t } from "../strings.js";
import { Panel } from "./panel.js";
import { alarm, checkpointBox, facts, fingerprint } from "./pieces.js";

/** @typedef {import("../protocol/receipts.js").Recorded} Recorded */

/**
 * Check, and show how it went in `place`.
 *
 * @param {import("../protocol/api.js").Side} side @param {import("./source.js").Source} source @param {HTMLElement} place
 * @param {{again: () => void, verifyAll: () => void}} ways further on
 * @returns {Promise<{recorded: import("../protocol/receipts.js").Recorded | null, failed: boolean, unread: boolean}>}
 *   `failed`: something did not verify; without `recorded` and failure it is not known yet. `unread`: that is the receipt
 *   itself, which tells nothing then, neither for the election nor against it
 */
export async function checkBallot(side, { receipt, earlier, election }, place, { again, verifyAll }) {
  const panel = new Panel(place);
  panel.announce("", t("check.checking"));
  panel.list(CHECKS.map((name) => ({ name, title: t(`check.step_${name}`), meaning: t(`check.means_${name}`) })));
  if (!earlier) panel.mark("growth", "skipped", t("check.no_earlier"));
  try {
    const recorded = await checkReceipt(side, receipt, { earlier, passed: (check) => panel.mark(check, "passed") });
    showRecorded(panel, recorded, election, verifyAll);
    return { recorded, failed: false, unread: false };
  } catch (error) {
    const unread = error instanceof ReceiptError;
    return { recorded: null, failed: showFailure(panel, error, election, again), unread };
  }
}

/**
 * @param {Panel} panel @param {import("../protocol/receipts.js").Recorded} recorded @param {string} election
 * @param {() => void} verifyAll
 */
function showRecorded(panel, { manifest, index, size, checkpoint }, election, verifyAll) {
  const place = { index: index + 1, size };
  const onward = h("button", { type: "button", class: "primary", onclick: verifyAll }, t("check.verify_this"));
  panel.announce(
    "good",
    t("check.in_final_log"),
    t("check.in_final_log_text", place),
    h("p", {}, onward),
  );
  panel.append(
    facts(
      [t("check.election_title"), manifest.title],
      [t("check.place"), t("check.place_of", place)],
      [t("check.log_state"), t("check.log_final")],
    ),
    h("h3", {}, t("check.fingerprint_title")),
    h("p", {}, t("check.fingerprint_text")),
    fingerprint(manifest.hash),
    checkpointBox(checkpoint, election),
  );
}

/**
 * Whether it is a failure, and not just unknown.
 *
 * @param {Panel} panel @param {unknown} error @param {string} election @param {() => void} again
 */
function showFailure(panel, error, election, again) {
  const step = panel.current ?? CHECKS[CHECKS.length - 1];
  const retry = h("p", {}, h("button", { type: "button", onclick: again }, t("check.again")));
  const proved = error instanceof Untrusted || error instanceof Malformed;
  if (proved || (error instanceof ApiError && error.status === 404)) {
    const why = wordsFor(step, error.reason);
    const file = error instanceof PromiseBroken ? error.proof : "";
    const what = alarm(error.reason, t(file ? "check.keep_absence" : "check.keep_receipt"));
    const keep = () => save(`ballotcast-absence-${election}.json`, "application/json", file);
    const proof = file && h("p", {}, h("button", { type: "button", onclick: keep }, t("check.save_absence")));
    panel.mark(step, "failed", why);
    panel.skipRest();
    const text = t("check.not_proved", { step: t(`check.step_${step}`), why });
    panel.announce("bad", t("check.ballot_failed"), text, proof, what, retry);
    return true;
  }
  panel.skipRest();
  const [name, more] = notKnown(error);
  panel.announce("warn", t(`check.${name}`), t(`check.${name}_text`), more, retry);
  return false;
}

/** @param {unknown} error @returns {[string, string | null]} */
function notKnown(error) {
  if (error instanceof NotYet) return [error.reason, t("check.later_at_latest")];
  if (error instanceof Unreachable || error instanceof ApiError) return ["no_answer", null];
  return ["broke", t("check.reason", { reason: error instanceof Error ? error.name : String(error) })];
}

/** The most exact words there are for what failed. @param {string} step @param {string} reason */
function wordsFor(step, reason) {
  return t([`check.why_${step}_${reason}`, `check.why_${reason}`].find(has) ?? `check.why_${step}`);
}
