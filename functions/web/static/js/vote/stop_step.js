/** Where it does not go on: why, what is known, and what to do now. */
import { h, prefix } from "../dom.js";
import { ApiError, BadState, NotYet, ProtocolError, Untrusted } from "../protocol/errors.js";
import { LinkError } from "../protocol/link.js";
import { moment } from "../moments.js";
import { has, t } from "../strings.js";
import { Over } from "./over.js";
import { recoveryField, recoveryOffer } from "./files.js";
import { stateOf } from "./records.js";
import { actions, once, paragraph, show } from "./screen.js";

/** Where there is nothing left to go on with. */
const ENDS = ["closed", "already-issued", "other-ballot", "right-ended"];
/** What happens to voters with nothing wrong. */
const MILD = ["closed", "already-issued", "replaced-link", "right-ended"];

/**
 * @param {unknown} error
 * @param {{kept: import("./device.js").Kept | null, again: () => void, loaded: (file: string) => void,
 *   forget: () => Promise<void>}} ways `kept`: what this device has, if anything
 */
export function showStop(error, { kept, again, loaded, forget }) {
  const name = nameOf(error);
  const step = kept ? "election" : "start";
  const state = kept && stateOf(kept);
  const reached = kept && (state?.step ?? "opened");
  const election = name === "closed" && (error instanceof Over ? error.election : state?.election);
  const forgotten = async () => {
    await forget();
    location.reload();
  };
  show(
    step,
    t(`vote.stop_${name}_title`),
    h("div", { class: `notice ${MILD.includes(name) ? "warn" : "bad"}`, role: "alert" }, paragraph(reasonOf(error, name))),
    ...[`vote.stop_${name}_then`, `vote.stop_${name}_${reached}`].filter(has).map((key) => paragraph(t(key))),
    name === "already-issued" && usedElsewhere(),
    ["untrusted", "other"].includes(name) && paragraph(t("vote.reason", { reason: shortReason(error) }), "quiet"),
    name === "already-issued" && recoveryField(loaded),
    actions(
      ["other", "no-log"].includes(name) && once(t("vote.again"), again),
      name === "already-issued" && h("a", { class: "button", href: `${prefix}/check#ballot` }, t("vote.to_check")),
      election && h("a", { class: "button", href: `${prefix}/results/${election}` }, t("vote.to_results")),
      h("a", { class: "button", href: `${prefix}/vote` }, t("vote.to_start")),
      kept && ENDS.includes(name) && once(t("vote.forget"), forgotten, "danger"),
    ),
    state && !ENDS.includes(name) && recoveryOffer(kept),
  );
}

/** Whether a ballot was cast with a used link, nobody can see from it: what to do in each case. */
function usedElsewhere() {
  const cases = ["cast", "unfinished", "stranger"];
  /** @param {string} one */
  const item = (one) => [h("dt", {}, t(`vote.used_${one}`)), h("dd", {}, t(`vote.used_${one}_then`))];
  return h("dl", { class: "promises" }, ...cases.flatMap(item));
}

/** What happened, and when it did where that is known. @param {unknown} error @param {string} name */
function reasonOf(error, name) {
  if (!(error instanceof Over)) return t(`vote.stop_${name}`);
  return t(error.early ? "vote.closed_early" : "vote.ended", { moment: moment(error.moment) });
}

/** For whoever is asked for help. @param {unknown} error */
function shortReason(error) {
  if (error instanceof ProtocolError && error.reason) return error.reason;
  return error instanceof Error ? error.name : String(error);
}

/** Which words are for an error. @param {unknown} error */
function nameOf(error) {
  if (error instanceof Untrusted) return "untrusted";
  if (error instanceof Over) return "closed";
  if (error instanceof LinkError || (error instanceof ApiError && error.slug === "damaged-link")) return "bad-link";
  if (error instanceof BadState) return "bad-file";
  if (error instanceof NotYet) return "no-log";
  return error instanceof ApiError && has(`vote.stop_${error.slug}`) ? error.slug : "other";
}
