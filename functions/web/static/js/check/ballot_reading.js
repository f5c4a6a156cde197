/** How the public export reads the ballots that the receipts on this page name: shown only to who asks for it. */
import { chosen } from "../chosen.js";
import { h } from "../dom.js";
import { hexDecode, hexEncode } from "../protocol/encoding.js";
import { Malformed } from "../protocol/errors.js";
import { MAX_LENGTH, parseManifest } from "../protocol/manifest.js";
import { readReceipt } from "../protocol/receipt.js";
import { t } from "../strings.js";
import { ExportFile, MANIFEST } from "../verify/export_file.js";
import { readBallot } from "../verify/read_ballot.js";

/**
 * null if no receipt is of this election.
 *
 * @param {import("../verify/verification.js").Report} report of an export that verified @param {Blob} blob the export
 * @param {import("../verify/kept.js").Statement[]} receipts
 */
export function ballotReading(report, blob, receipts) {
  const { log } = report;
  /** @type {Map<string, string>} leaf hash in hex → name */
  const named = new Map();
  for (const { name, note } of receipts) {
    const leaf = leafOf(note, report);
    if (leaf) named.set(leaf, name);
  }
  if (!log || !named.size) return null;
  const outcome = h("div", { role: "status" });
  /** @param {Event} event */
  const look = async ({ target }) => {
    if (target instanceof HTMLButtonElement) target.disabled = true;
    const exported = await ExportFile.open(blob);
    const manifest = await parseManifest(await exported.read(MANIFEST, MAX_LENGTH));
    for (const [leaf, name] of named) {
      const read = await readBallot(exported, manifest, log, hexDecode(leaf));
      outcome.append(h("h4", {}, name), ...(read ? said(manifest, read) : [h("p", {}, t("check.read_missing"))]));
    }
    outcome.append(h("p", {}, t("check.read_compare")));
  };
  return h(
    "details",
    { class: "reading" },
    h("summary", {}, t("check.read_title")),
    h("p", {}, t("check.read_text")),
    h("p", {}, h("button", { type: "button", onclick: look }, t("check.read_show"))),
    outcome,
  );
}

/**
 * The leaf hash that a receipt of this election names, in hex; empty for any other.
 *
 * @param {string} note @param {import("../verify/verification.js").Report} report
 */
function leafOf(note, { election }) {
  try {
    const read = readReceipt(note);
    return read.election === election ? hexEncode(read.leafHash) : "";
  } catch (error) {
    if (error instanceof Malformed) return "";
    throw error;
  }
}

/**
 * @param {import("../protocol/manifest.js").Manifest} manifest
 * @param {NonNullable<Awaited<ReturnType<typeof readBallot>>>} read
 */
function said({ contests }, { index, choices, reason }) {
  const place = h("p", { class: "quiet" }, t("check.read_place", { index: index + 1 }));
  if (!choices) return [place, h("p", { class: "notice warn" }, t("check.read_spoilt", { reason }))];
  /** @param {import("../protocol/contest.js").Contest} contest @param {number} at */
  const part = (contest, at) => {
    const choice = choices[at];
    const words = choice.length ? chosen(contest, choice, t("check.read_tied")) : h("p", {}, t("check.read_blank"));
    return [h("h5", {}, contest.title), words];
  };
  return [place, ...contests.flatMap(part)];
}
