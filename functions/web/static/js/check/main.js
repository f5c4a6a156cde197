/** The page of checks: nothing of what is checked here is sent anywhere. */
import "../page.js";
import { address, find, h } from "../dom.js";
import { connect } from "../protocol/api.js";
import { MAX_LENGTH } from "../protocol/absence.js";
import { BadState } from "../protocol/errors.js";
import { ReceiptError } from "../protocol/receipt.js";
import { isReceiptLink, readReceiptLink } from "../protocol/receipt_link.js";
import { NoteError } from "../protocol/signed_note.js";
import { next, stateFromJson, stateToJson } from "../protocol/state.js";
import { t } from "../strings.js";
import { openDevice } from "../vote/device.js";
import { missing } from "../vote/support.js";
import { checkBallot } from "./ballot_check.js";
import { complain } from "./complaint.js";
import { KeptFiles } from "./kept_files.js";
import { LONGEST, noteOf, readSource } from "./source.js";
import { WholeCheck } from "./whole_check.js";

const ID = /^[0-9a-f]{16}$/;
const api = connect(address);
/** @type {HTMLInputElement} */
const electionField = find("#election");
/** @type {HTMLTextAreaElement} */
const receiptField = find("#receipt");
/** @type {HTMLTextAreaElement} */
const earlierField = find("#earlier");
let seen = /** @type {import("./whole_check.js").Seen | null} */ (null);
let turn = 0;
const keptFiles = new KeptFiles(() => whole.again());
const whole = new WholeCheck(find("#whole-outcome"), api, () => seen, leaveOut, () => keptFiles.statements);

/** Everything is judged without a receipt: who has a damaged one can verify the rest. */
function leaveOut() {
  [seen, turn] = [null, turn + 1];
  whole.reconsider();
}

/**
 * @param {string} text receipt or recovery file @param {HTMLInputElement | HTMLTextAreaElement} field it came from
 * @param {string} [id] of the record on this device
 */
async function check(text, field, id = "") {
  complain(field, "");
  let source;
  try {
    source = readSource(text);
  } catch (error) {
    if (!(error instanceof NoteError || error instanceof ReceiptError || error instanceof BadState)) throw error;
    complain(field, t(error.reason === "not-cast" ? "check.not_cast" : "check.not_a_receipt"));
    return;
  }
  const earlier = noteOf(earlierField.value) || source.earlier;
  electionField.value ||= source.election;
  const [mine, { election, blindedSha256 }] = [(turn += 1), source];
  const found = await checkBallot(api.anonymous, { ...source, earlier }, find("#ballot-outcome"), {
    again: () => check(text, field, id),
    verifyAll: () => whole.byElection(election),
  });
  if (mine !== turn) return;
  seen = found.unread ? null : { election, blindedSha256, receipt: source.receipt, ...found };
  whole.reconsider();
  if (id && found.recorded) await remember(id, found.recorded.checkpoint);
}

/** What was seen now, the log must still contain the next time. @param {string} id @param {string} checkpoint */
async function remember(id, checkpoint) {
  const device = await openDevice();
  const kept = await device.find(id);
  const state = kept && stateFromJson(kept.state);
  if (state) await device.put({ ...kept, state: stateToJson(next("cast", state, { checkpoint })) });
}

async function listKept() {
  const place = find("#kept");
  const offered = (await (await openDevice()).all()).filter(({ state }) => state && stateFromJson(state).step === "cast");
  /** @param {import("../vote/device.js").Kept} kept */
  const item = ({ id, title }) => {
    const look = async () => {
      const kept = await (await openDevice()).find(id);
      // Another tab may have removed it: then it is no longer offered.
      await (kept ? check(kept.state, receiptField, id) : listKept());
    };
    return h("li", {}, h("button", { type: "button", onclick: look }, t("check.check_kept", { title })));
  };
  find("ul", place).replaceChildren(...offered.map(item));
  place.hidden = !offered.length;
}

/**
 * What is in a file is checked as soon as it is chosen; the same one may be chosen again.
 *
 * @param {HTMLInputElement} field @param {(file: File) => Promise<void>} act
 */
function onFile(field, act) {
  field.addEventListener("change", async () => {
    for (const file of [...(field.files ?? [])]) await act(file);
    field.value = "";
  });
}

/** An id, bare or as the last part of an address. @param {string} text */
function electionOf(text) {
  const id = text.trim().split(/[?#]/)[0].replace(/\/+$/, "").split("/").at(-1) ?? "";
  return ID.test(id) ? id : "";
}

/** A link, or a QR code, led here with a receipt: it is taken out of the address. Empty if none did. */
function takeReceipt() {
  const { hash, pathname, search } = location;
  if (!isReceiptLink(hash)) return "";
  history.replaceState(null, "", pathname + search);
  return hash;
}

/** @param {string} hash of a receipt's link, or empty */
async function checkLinked(hash) {
  if (!hash) return;
  try {
    receiptField.value = readReceiptLink(hash);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    complain(receiptField, t("check.not_a_receipt"));
    return;
  }
  await check(receiptField.value, receiptField);
}

/** A link led to one of the checks: its button is next, in view and with the focus. */
function arrive() {
  const section = document.getElementById(location.hash.slice(1));
  section?.scrollIntoView();
  section?.querySelector("button")?.focus();
}

async function start() {
  const brought = takeReceipt();
  const lacking = await missing();
  if (lacking) {
    find("#starting").textContent = t(`check.browser_${lacking}`);
    return;
  }
  find("#ballot-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void check(receiptField.value, receiptField);
  });
  /** @type {HTMLInputElement} */
  const receiptFile = find("#receipt-file");
  onFile(receiptFile, async (file) => check(await file.slice(0, LONGEST).text(), receiptFile));
  find("#whole-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const election = electionOf(electionField.value);
    complain(electionField, election ? "" : t("check.not_an_election"));
    if (election) void whole.byElection(election);
  });
  /** @type {HTMLInputElement} */
  const keptFile = find("#kept-file");
  onFile(keptFile, async (file) => keptFiles.take(file.name, await file.slice(0, MAX_LENGTH).text()));
  /** @type {HTMLInputElement} */
  const exportFile = find("#export-file");
  onFile(exportFile, (file) => whole.byFile(file));
  await listKept();
  find("#starting").hidden = true;
  find("#checks").hidden = false;
  arrive();
  addEventListener("hashchange", () => void checkLinked(takeReceipt()));
  await checkLinked(brought);
}

void start();
