/** Why nothing is verified: it is too early, it could not be found out, or what was sent proves nothing. */
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { timeEncode } from "../protocol/encoding.js";
import { ApiError, Malformed, Unreachable, Untrusted } from "../protocol/errors.js";
import { parseManifest } from "../protocol/manifest.js";
import { t } from "../strings.js";
import { alarm } from "./pieces.js";

/**
 * @param {import("./panel.js").Panel} panel @param {ReturnType<typeof import("../protocol/api.js").connect>} api
 * @param {string} election @param {boolean} held whether it is counted, and an organiser has to release it
 */
export async function showNotCounted(panel, api, election, held) {
  const { bytes } = await api.anonymous.get(`/elections/${encodeURIComponent(election)}/manifest`);
  const { title, opens_at: opens, closes_at: closes } = await parseManifest(bytes);
  const now = Date.now();
  const when = now < opens.getTime() ? "check.not_open" : now < closes.getTime() ? "check.still_open" : "check.being_counted";
  const dates = { opens: moment(timeEncode(opens)), closes: moment(timeEncode(closes)) };
  if (held) panel.announce("warn", t("check.held", { title }), t("check.held_text"));
  else panel.announce("warn", t("check.not_counted", { title }), t(when, dates), t("check.not_counted_text"));
}

/**
 * Never anything like a success.
 *
 * @param {import("./panel.js").Panel} panel @param {unknown} error @param {() => void} again
 */
export function showTrouble(panel, error, again) {
  const retry = h("p", {}, h("button", { type: "button", onclick: again }, t("check.again")));
  const [kind, name, ...more] = sort(error);
  panel.skipRest();
  panel.announce(kind, t(`check.${name}`), t(`check.${name}_text`), ...more, retry);
}

/** @param {unknown} error @returns {["warn" | "bad", string, ...(Node | string)[]]} */
function sort(error) {
  if (error instanceof DOMException && error.name === "AbortError") return ["warn", "cancelled"];
  if (error instanceof Untrusted || error instanceof Malformed) {
    return ["bad", "export_bad", alarm(error.reason, t("check.try_once_more"))];
  }
  if (error instanceof ApiError && error.status === 404) return ["bad", "no_election"];
  if (error instanceof ApiError || error instanceof Unreachable) return ["warn", "no_answer"];
  return ["bad", "broke", t("check.reason", { reason: error instanceof Error ? error.message : String(error) })];
}
