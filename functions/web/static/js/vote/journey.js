/** The voter's way through the protocol, from a link, a record on this device or a recovery file to the receipt. */
import { address } from "../dom.js";
import { connect } from "../protocol/api.js";
import { b64uEncode, concat, equal, sha256, utf8 } from "../protocol/encoding.js";
import { ApiError, orUntrusted } from "../protocol/errors.js";
import { parseLink } from "../protocol/link.js";
import { readReceipt, verifyReceipt } from "../protocol/receipt.js";
import { stateFromJson, stateToJson } from "../protocol/state.js";
import { Voter } from "../protocol/voter.js";
import { t } from "../strings.js";
import { fillIn } from "./ballot_steps.js";
import { enterCode } from "./code_step.js";
import { openDevice } from "./device.js";
import { showElection } from "./election_step.js";
import { saveRecovery } from "./files.js";
import { stillVoting } from "./over.js";
import { persistently, sleep } from "./patience.js";
import { showReceipt } from "./receipt_step.js";
import { expectCode, notice, paragraph, show } from "./screen.js";
import { send } from "./send_step.js";
import { showStop } from "./stop_step.js";
import { alone } from "./tabs.js";

const ORDER = ["blinded", "credentialed", "sealed", "cast"];
const api = connect(address, { sleep });
const opened = openDevice();

/** From wherever the voter is to the receipt. @param {{link?: string, id?: string, file?: string}} start */
export async function vote(start) {
  const device = await opened;
  let journey = null;
  try {
    const { election, find } = await beginning(device, start);
    await alone(`ballotcast/vote/${election}`, showOtherTab, async () => {
      journey = new Journey(device, await find(), start.link ? parseLink(start.link).text : "");
      await journey.go();
    });
    showReceipt(device, journey.kept, journey.state);
  } catch (error) {
    const kept = journey?.kept.id ? journey.kept : null;
    showStop(error, {
      kept,
      again: () => vote(kept ? { id: kept.id, link: start.link } : start),
      loaded: (file) => vote({ file, instead: kept }),
      forget: () => device.forget(kept.id),
    });
  }
}

/** Which election it is, and how its record is found once no other tab is at it. */
async function beginning(device, { link, id, file, instead = null }) {
  const furthest = (found) => found.sort((one, other) => stepOf(other) - stepOf(one))[0];
  if (id) {
    const { manifest_hash: hash } = stateFromJson((await device.find(id)).state);
    return { election: b64uEncode(hash), find: () => device.find(id) };
  }
  if (file) {
    const state = stateFromJson(file);
    const read = { ...(await blank(state.link)), id: b64uEncode(state.blinded_sha256), state: stateToJson(state) };
    // A file of another election has nothing to do with the vote that it was chosen for.
    const same = instead && equal(stateFromJson(instead.state).manifest_hash, state.manifest_hash) ? instead : null;
    const find = async () => {
      const known = await device.find(read.id);
      const voter = read.voter || known?.voter || same?.voter || "";
      const kept = furthest([known, { ...read, voter }].filter(Boolean));
      await device.put(kept);
      if (same && same.id !== kept.id) await device.forget(same.id);
      return kept;
    };
    return { election: b64uEncode(state.manifest_hash), find };
  }
  const fresh = await blank(link);
  const find = async () => furthest((await device.all()).filter((kept) => kept.voter === fresh.voter)) ?? fresh;
  return { election: b64uEncode(parseLink(link).manifestHash), find };
}

const stepOf = ({ state }) => ORDER.indexOf(stateFromJson(state).step);

/** A record with nothing in it yet. The salt is the voter's own, in whichever of their links. */
async function blank(link) {
  const record = { id: "", voter: "", title: "", secondFactor: "", state: "", choices: null };
  if (!link) return record;
  const { manifestHash, salt } = parseLink(link);
  return { ...record, voter: b64uEncode(await sha256(concat(utf8("ballotcast/device/1\n"), manifestHash, salt))) };
}

class Journey {
  #device;
  #link;
  #paper = null;
  #voter = new Voter(api, (state) => this.#persist(state));

  constructor(device, kept, link) {
    this.#device = device;
    this.#link = link;
    this.kept = kept;
    this.state = kept.state ? stateFromJson(kept.state) : null;
    expectCode(kept.secondFactor !== "" && kept.secondFactor !== "none");
  }

  /** Step after step, to the receipt. */
  async go() {
    const steps = {
      new: () => this.#begin(),
      blinded: () => this.#getCredential(),
      credentialed: () => this.#fillIn(),
      sealed: () => send(this.#voter, this.state, this.kept),
    };
    for (let step; (step = this.state?.step ?? "new") !== "cast"; ) this.state = await steps[step]();
    if (!this.kept.title) await this.#recognise();
  }

  /** What a file tells has no title, and a receipt that nobody has verified yet. */
  async #recognise() {
    const manifest = await this.#voter.manifest(this.state);
    const { receipt } = this.state;
    await orUntrusted("bad-receipt", () => verifyReceipt(receipt, manifest, readReceipt(receipt).leafHash));
    await this.#keep({ title: manifest.title });
  }

  async #begin() {
    this.#paper = await this.#open(this.#link);
    return this.#voter.prepare(this.#paper);
  }

  async #getCredential() {
    let { state } = this;
    if (this.#link && this.#link !== state.link) state = await this.#voter.takeLink(state, this.#link);
    this.#paper ??= await this.#open(state.link);
    await showElection(this.#paper, this.kept, this.#device.durable);
    const ask = (code) => persistently(t("vote.known_issue"), () => this.#voter.getCredential(state, code));
    show("election", t("vote.issuing"), paragraph(t("vote.issuing_text")));
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || error.slug !== "code-required") throw error;
    }
    return enterCode(this.#paper.secondFactor, this.kept, {
      order: () => persistently(t("vote.known_issue"), () => this.#voter.requestCode(state)),
      enter: ask,
    });
  }

  async #fillIn() {
    const manifest = await persistently(t("vote.known_open"), () => this.#voter.manifest(this.state));
    await this.#keep({ title: manifest.title });
    // What was opened on the way here; on the way from a record or a file, what the state says of it.
    const paper = this.#paper ?? { manifest, secondFactor: "none", checkpoint: this.state.checkpoint, description: "" };
    const choices = await fillIn(api, manifest, this.kept, {
      keep: (made) => this.#keep({ choices: made }),
      before: () => showElection(paper, this.kept, this.#device.durable),
    });
    return this.#voter.mark(this.state, choices);
  }

  async #open(link) {
    show("election", t("vote.opening"), paragraph(t("vote.opening_text")));
    const paper = stillVoting(await persistently(t("vote.known_open"), () => this.#voter.openLink(link)));
    this.kept = { ...this.kept, title: paper.manifest.title, secondFactor: paper.secondFactor };
    expectCode(paper.secondFactor !== "none");
    return paper;
  }

  async #persist(state) {
    // Without it some browsers clear what a page keeps after days; what they answer changes nothing here.
    navigator.storage?.persist?.();
    const over = state.step === "sealed" || state.step === "cast";
    const id = b64uEncode(state.blinded_sha256);
    await this.#keep({ id, state: stateToJson(state), ...(over ? { choices: null } : {}) });
    // Nothing else would outlive this page, and these exact bytes are what must be sent again.
    if (state.step === "sealed" && !this.#device.durable) saveRecovery(this.kept.state);
  }

  async #keep(changes) {
    this.kept = Object.assign(this.kept, changes);
    await this.#device.put({ ...this.kept });
  }
}

function showOtherTab() {
  show("election", t("vote.other_tab_title"), notice(t("vote.other_tab"), "warn"));
}
