/** The end: the board's promise, and what to do with it. */
import { address, h, prefix } from "../dom.js";
import { receiptLink } from "../protocol/receipt_link.js";
import { qrImage } from "../qr_image.js";
import { t } from "../strings.js";
import { saveReceipt, saveRecovery } from "./files.js";
import { actions, notice, once, paragraph, show } from "./screen.js";

/**
 * @param {Awaited<ReturnType<typeof import("./device.js").openDevice>>} device
 * @param {import("./device.js").Kept} kept @param {import("../protocol/state.js").Cast} state
 */
export function showReceipt(device, kept, state) {
  show(
    "receipt",
    t("vote.receipt_title"),
    notice(t("vote.receipt_done", { title: kept.title }), "good"),
    h("h2", {}, t("vote.keep_title")),
    paragraph(t("vote.keep_text")),
    actions(
      h("button", { type: "button", class: "primary", onclick: () => saveReceipt(state) }, t("vote.save_receipt")),
      h("button", { type: "button", onclick: () => saveRecovery(kept.state) }, t("vote.save_recovery")),
    ),
    h("details", {}, h("summary", {}, t("vote.show_receipt")), receiptText(state)),
    elsewhere(state),
    h("h2", {}, t("vote.later_title")),
    paragraph(t("vote.later_text")),
    h("p", {}, h("a", { class: "button", href: `${prefix}/check#ballot` }, t("vote.to_check"))),
    paragraph(t("vote.result_text")),
    h("p", {}, h("a", { class: "button", href: `${prefix}/results/${state.election}` }, t("vote.to_results"))),
    h("h2", {}, t("vote.forget_title")),
    paragraph(t(device.durable ? "vote.forget_text" : "vote.forget_gone")),
    device.durable && actions(once(t("vote.forget"), () => confirmForgetting(device, kept), "danger")),
  );
}

/**
 * The receipt for another device, which shows after the count how the export reads this ballot.
 *
 * @param {import("../protocol/state.js").Cast} state
 */
function elsewhere({ receipt }) {
  const link = receiptLink(address, receipt);
  return h(
    "details",
    {},
    h("summary", {}, t("vote.elsewhere_title")),
    paragraph(t("vote.elsewhere_text")),
    qrImage(link, t("vote.elsewhere_code")),
    h("p", {}, h("a", { href: link }, t("vote.elsewhere_link"))),
  );
}

/** @param {import("../protocol/state.js").Cast} state */
function receiptText({ receipt }) {
  const label = t("vote.show_receipt");
  return h("pre", { id: "receipt", tabindex: 0, role: "region", "aria-label": label }, receipt);
}

/** @param {import("./records.js").Device} device @param {import("./device.js").Kept} kept */
function confirmForgetting(device, kept) {
  const forget = async () => {
    await device.forget(kept.id);
    show("receipt", t("vote.forgotten_title"), paragraph(t("vote.forgotten_text")));
  };
  show(
    "receipt",
    t("vote.forget_title"),
    notice(t("vote.forget_sure"), "warn"),
    actions(
      once(t("vote.forget_yes"), forget, "danger"),
      h("button", { type: "button", onclick: () => saveRecovery(kept.state) }, t("vote.save_recovery")),
      once(t("vote.forget_no"), () => location.reload(), ""),
    ),
  );
}
