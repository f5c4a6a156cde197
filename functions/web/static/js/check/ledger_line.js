/** "Was a credential issued in my name?" The voter's own line of the issuance ledger, in an export that verified. */
import { h } from "../dom.js";
import { hexEncode } from "../protocol/encoding.js";
import { parseLedger, rollTag } from "../protocol/ledger.js";
import { LinkError, parseLink } from "../protocol/link.js";
import { mendLink } from "../protocol/mended_link.js";
import { t } from "../strings.js";
import { ExportFile, LEDGER } from "../verify/export_file.js";
import { complain } from "./complaint.js";

/**
 * @param {import("../verify/verification.js").Report} report @param {Blob} blob its export
 * @param {import("./whole_check.js").Seen | null} seen
 */
export function ledgerLine(report, blob, seen) {
  const outcome = h("div", { role: "status" });
  const link = input("ledger-link", { type: "text", spellcheck: "false" });
  const email = input("ledger-email", { type: "email" });
  /** @param {Event} event */
  const look = async (event) => {
    event.preventDefault();
    outcome.replaceChildren();
    complain(email, email.value.trim() ? "" : t("check.ledger-email_missing"));
    const opened = read(link.value, report.manifestHash);
    complain(link, opened.complaint);
    if (opened.salt === null || opened.complaint || !email.value.trim()) return;
    const blinded = seen?.election === report.election ? seen.blindedSha256 : null;
    const [kind, name] = judge(await lineOf(blob, opened.salt, email.value), blinded);
    outcome.replaceChildren(h("p", { class: `notice ${kind}` }, t(`check.line_${name}`)));
  };
  return h(
    "details",
    {},
    h("summary", {}, t("check.ledger_title")),
    h("p", {}, t("check.ledger_text")),
    h("form", { onsubmit: look, novalidate: true }, field(link), field(email), h("button", {}, t("check.ledger_look"))),
    outcome,
  );
}

/**
 * What stands in the line of a voter: hex, empty, or undefined if there is no such line.
 *
 * @param {Blob} blob @param {Uint8Array} salt @param {string} email
 */
async function lineOf(blob, salt, email) {
  const exported = await ExportFile.open(blob);
  const lines = parseLedger(await exported.read(LEDGER, exported.size));
  return lines.get(hexEncode(await rollTag(salt, email)))?.blinded;
}

/** @param {string | undefined} line @param {Uint8Array | null} blinded @returns {[string, string]} */
function judge(line, blinded) {
  if (line === undefined) return ["bad", "missing"];
  if (blinded === null) return line ? ["warn", "issued"] : ["good", "not_issued"];
  if (line === hexEncode(blinded)) return ["good", "own"];
  return ["bad", line ? "foreign" : "unknown"];
}

/**
 * The salt of a link, or what is wrong with it.
 *
 * @param {string} link @param {string} wanted @returns {{salt: Uint8Array | null, complaint: string}}
 */
function read(link, wanted) {
  try {
    const { salt, manifestHash } = parseLink(mendLink(link));
    return { salt, complaint: hexEncode(manifestHash) === wanted ? "" : t("check.link_other") };
  } catch (error) {
    if (error instanceof LinkError) return { salt: null, complaint: t("check.link_bad") };
    throw error;
  }
}

/** @param {string} id @param {Record<string, string>} attributes */
const input = (id, attributes) =>
  h("input", { id, autocomplete: "off", "aria-describedby": `${id}-hint ${id}-error`, ...attributes });

/** @param {HTMLInputElement} control */
const field = (control) =>
  h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, t(`check.${control.id}`)),
    h("span", { class: "hint", id: `${control.id}-hint` }, t(`check.${control.id}_hint`)),
    control,
    h("span", { class: "error", id: `${control.id}-error` }),
  );
