/** Files that the voter keeps: the recovery file and the receipt. */
import { h } from "../dom.js";
import { stateFromJson } from "../protocol/state.js";
import { save } from "../save.js";
import { t } from "../strings.js";
import { textOf } from "./chosen_file.js";

/** @param {string} json as `stateToJson` writes it */
export function saveRecovery(json) {
  const { election, step } = stateFromJson(json);
  save(`ballotcast-recovery-${election}-${step}.json`, "application/json", json);
}

/** @param {import("../protocol/state.js").Cast} state */
export function saveReceipt({ election, receipt }) {
  save(`ballotcast-receipt-${election}.txt`, "text/plain", receipt);
}

/**
 * How to go on another time or elsewhere, for the foot of a step: with the link while nothing is bound, then with a
 * recovery file. @param {import("./device.js").Kept} kept @param {() => void} forget
 */
export function later(kept, forget) {
  if (kept.state) return recoveryOffer(kept);
  return h(
    "details",
    { class: "recovery" },
    h("summary", {}, t("vote.recovery_title")),
    h("p", {}, t("vote.unbound_text")),
    h("p", {}, t("vote.unbound_kept")),
    h("button", { type: "button", onclick: forget }, t("vote.remove")),
  );
}

/** The offer of a recovery file, for the foot of a step. @param {import("./device.js").Kept} kept */
export function recoveryOffer(kept) {
  return h(
    "details",
    { class: "recovery" },
    h("summary", {}, t("vote.recovery_title")),
    h("p", {}, t("vote.recovery_text")),
    h("p", {}, t("vote.recovery_secret")),
    h("button", { type: "button", onclick: () => saveRecovery(kept.state) }, t("vote.save_recovery")),
  );
}

/** A field to load a recovery file with. @param {(text: string) => void} loaded */
export function recoveryField(loaded) {
  const field = h("input", { type: "file", id: "recovery-file", accept: ".json,application/json" });
  field.addEventListener("change", async () => {
    if (field.files?.length) loaded(await textOf(field.files[0]));
  });
  return h(
    "div",
    { class: "field" },
    h("label", { for: field.id }, t("vote.load_recovery")),
    h("span", { class: "hint" }, t("vote.load_recovery_hint")),
    field,
  );
}
