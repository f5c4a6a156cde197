/** Where it does not go on: why, what is known, and what to do now. */
import { h, prefix } from "../dom.js";
import { ApiError, BadState, NotYet, Untrusted } from "../protocol/errors.js";
import { LinkError } from "../protocol/link.js";
import { has, t } from "../strings.js";
import { recoveryField, recoveryOffer } from "./files.js";
import { actions, notice, once, paragraph, show } from "./screen.js";

/**
 * @param {Error} error
 * @param {{kept: import("./device.js").Kept | null, again: () => void, loaded: (file: string) => void,
 *   forget: () => Promise<void>}} ways `kept`: what this device has, if anything
 */
export function showStop(error, { kept, again, loaded, forget }) {
  const name = nameOf(error);
  const step = kept ? "election" : "start";
  const forgotten = async () => {
    await forget();
    location.reload();
  };
  show(
    step,
    t(`vote.stop_${name}_title`),
    h("div", { class: `notice ${name === "closed" ? "warn" : "bad"}`, role: "alert" }, paragraph(t(`vote.stop_${name}`))),
    ...[`vote.stop_${name}_then`, `vote.stop_${name}_${kept && stateOf(kept).step}`].filter(has).map((key) => paragraph(t(key))),
    name === "untrusted" && paragraph(t("vote.reason", { reason: error.reason }), "quiet"),
    name === "other" && paragraph(t("vote.reason", { reason: error.reason || error.name }), "quiet"),
    name === "already-issued" && recoveryField(loaded),
    actions(
      ["other", "no-log"].includes(name) && once(t("vote.again"), again),
      name === "closed" && kept && h("a", { class: "button", href: `${prefix}/results/${stateOf(kept).election}` }, t("vote.to_results")),
      h("a", { class: "button", href: `${prefix}/vote` }, t("vote.to_start")),
      kept && ["closed", "already-issued", "other-ballot"].includes(name) && once(t("vote.forget"), forgotten, "danger"),
    ),
    kept && recoveryOffer(kept),
  );
}

const stateOf = ({ state }) => JSON.parse(state);

/** Which words are for an error. */
function nameOf(error) {
  if (error instanceof Untrusted) return "untrusted";
  if (error instanceof LinkError) return "bad-link";
  if (error instanceof BadState) return "bad-file";
  if (error instanceof NotYet) return "no-log";
  return error instanceof ApiError && has(`vote.stop_${error.slug}`) ? error.slug : "other";
}
