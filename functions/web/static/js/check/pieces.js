/** What both checks show: a fingerprint, a checkpoint to compare with others, what to do when something is wrong. */
import { h } from "../dom.js";
import { hexEncode } from "../protocol/encoding.js";
import { t } from "../strings.js";
import { save } from "../save.js";

/** A hash in groups, as people compare it. @param {Uint8Array | string} hash bytes or hex */
export function fingerprint(hash) {
  const groups = (typeof hash === "string" ? hash : hexEncode(hash)).match(/.{4}/g) ?? [];
  return h("p", { class: "code fingerprint" }, ...groups.map((group) => h("span", {}, group, " ")));
}

/** @param {[string, ...(Node | string)[]][]} rows name and value */
export function facts(...rows) {
  return h("dl", { class: "facts" }, ...rows.flatMap(([name, ...value]) => [h("dt", {}, name), h("dd", {}, ...value)]));
}

/** A checkpoint, to be compared with those of others. @param {string} note @param {string} election */
export function checkpointBox(note, election) {
  const said = h("span", { role: "status", class: "quiet" });
  const text = h("pre", { tabindex: 0 }, note);
  const copy = async () => {
    said.textContent = (await copied(note)) ? t("check.copied") : t("check.not_copied");
  };
  const download = () => save(`ballotcast-checkpoint-${election}.txt`, "text/plain", note);
  return h(
    "section",
    {},
    h("h3", {}, t("check.checkpoint_title")),
    h("p", {}, t("check.checkpoint_text")),
    text,
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: copy }, t("check.copy")),
      h("button", { type: "button", onclick: download }, t("check.download")),
      said,
    ),
  );
}

/** @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return false; // not allowed, or not there
    throw error;
  }
}

/** What to do when something did not verify. @param {string} reason its technical name @param {string} first advice */
export function alarm(reason, first) {
  return h(
    "div",
    {},
    h("p", {}, h("strong", {}, t("check.what_to_do"))),
    h("ol", {}, h("li", {}, first), h("li", {}, t("check.tell_observers")), h("li", {}, t("check.not_this_page"))),
    h("p", { class: "quiet" }, t("check.reason", { reason })),
  );
}
