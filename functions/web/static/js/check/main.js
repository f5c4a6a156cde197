/** The page of checks: nothing of what is checked here is sent anywhere. */
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
const electionField = find("#election");
const receiptField = find("#receipt");
const earlierField = find("#earlier");
let [seen, turn] = [null, 0];
const keptFiles = new KeptFiles(() => whole.again());
const whole = new WholeCheck(find("#whole-outcome"), api, () => seen, leaveOut, () => keptFiles.statements);

/** Everything is judged without a receipt: who has a damaged one can verify the rest. */
function leaveOut() {
  [seen, turn] = [null, turn + 1];
  whole.reconsider();
}

/** @param {string} text receipt or recovery file @param {string} [id] of the record on this device */
async function check(text, field, id = "") {
  complain(field, "");
  let source;
  try {
    source = readSource(text);
  } catch (error) {
    if (![NoteError, ReceiptError, BadState].some((kind) => error instanceof kind)) throw error;
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

/** What was seen now, the log must still contain the next time. */
async function remember(id, checkpoint) {
  const device = await openDevice();
  const kept = await device.find(id);
  if (kept) await device.put({ ...kept, state: stateToJson(next("cast", stateFromJson(kept.state), { checkpoint })) });
}

async function listKept() {
  const place = find("#kept");
  const kept = (await (await openDevice()).all()).filter(({ state }) => state && stateFromJson(state).step === "cast");
  const item = ({ id, title }) => {
    const look = async () => check((await (await openDevice()).find(id)).state, receiptField, id);
    return h("li", {}, h("button", { type: "button", onclick: look }, t("check.check_kept", { title })));
  };
  find("ul", place).replaceChildren(...kept.map(item));
  place.hidden = !kept.length;
}

/** What is in a file is checked as soon as it is chosen; the same one may be chosen again. */
function onFile(field, act) {
  field.addEventListener("change", async () => {
    for (const file of [...field.files]) await act(file);
    field.value = "";
  });
}

/** An id, bare or as the last part of an address. */
function electionOf(text) {
  const id = text.trim().split(/[?#]/)[0].replace(/\/+$/, "").split("/").at(-1);
  return ID.test(id) ? id : "";
}

/** A link, or a QR code, led here with a receipt: it is taken out of the address and checked. */
async function takeReceipt() {
  const { hash, pathname, search } = location;
  if (!isReceiptLink(hash)) return;
  history.replaceState(null, "", pathname + search);
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
  const lacking = await missing();
  if (lacking) {
    find("#starting").textContent = t(`check.browser_${lacking}`);
    return;
  }
  find("#ballot-form").addEventListener("submit", (event) => {
    event.preventDefault();
    check(receiptField.value, receiptField);
  });
  const receiptFile = find("#receipt-file");
  onFile(receiptFile, async (file) => check(await file.slice(0, LONGEST).text(), receiptFile));
  find("#whole-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const election = electionOf(electionField.value);
    complain(electionField, election ? "" : t("check.not_an_election"));
    if (election) whole.byElection(election);
  });
  onFile(find("#kept-file"), async (file) => keptFiles.take(file.name, await file.slice(0, MAX_LENGTH).text()));
  onFile(find("#export-file"), (file) => whole.byFile(file));
  await listKept();
  find("#starting").hidden = true;
  find("#checks").hidden = false;
  arrive();
  await takeReceipt();
}

start();
