/**
 * The voter's way through the protocol, from a link, a record on this device or a recovery file to the receipt.
 *
 * Nothing is bound until the voter presses “Cast my vote” or prepares the device.
 */
import { address, find as element } from "../dom.js";
import { connect } from "../protocol/api.js";
import { ApiError, orUntrusted } from "../protocol/errors.js";
import { mendLink } from "../protocol/mended_link.js";
import { readReceipt, verifyReceipt } from "../protocol/receipt.js";
import { stateToJson } from "../protocol/state.js";
import { Voter } from "../protocol/voter.js";
import { t } from "../strings.js";
import { fillIn } from "./ballot_steps.js";
import { CastingStep } from "./cast_step.js";
import { enterCode } from "./code_step.js";
import { askToContinue } from "./continue_step.js";
import { openDevice } from "./device.js";
import { showElection } from "./election_step.js";
import { noticesOf } from "./notices.js";
import { later, saveRecovery } from "./files.js";
import { stillVoting } from "./over.js";
import { persistently, sleep } from "./patience.js";
import { insistOnRecovery } from "./recovery_step.js";
import { showReceipt } from "./receipt_step.js";
import { findStart, newId, stateOf } from "./records.js";
import { expectCode, notice, paragraph, returnTo, show } from "./screen.js";
import { showStop } from "./stop_step.js";
import { alone } from "./tabs.js";

const api = connect(address, { sleep });
const opened = openDevice();

/** From wherever the voter is to the receipt. @param {import("./records.js").Start} start */
export async function vote(start) {
  const device = await opened;
  let journey = /** @type {Journey | null} */ (null);
  try {
    const link = start.link ? mendLink(start.link) : "";
    const { election, find } = await findStart(device, link ? { ...start, link } : start);
    returnTo(start.was ?? null);
    const done = await alone(`ballotcast/vote/${election}`, showOtherTab, async () => {
      journey = new Journey(device, await find(), link, start.was?.step);
      await journey.go();
      return journey;
    });
    showReceipt(device, done.kept, done.at("cast"));
  } catch (error) {
    const kept = journey?.kept.id ? journey.kept : null;
    showStop(error, {
      kept,
      again: () => vote(kept ? { id: kept.id, link: start.link } : start),
      loaded: (file) => vote({ file, instead: kept }),
      forget: async () => {
        if (kept) await device.forget(kept.id);
      },
    });
  }
}

/** @typedef {import("../protocol/state.js").State} State */

class Journey {
  #device;
  #link;
  #was;
  #paper = /** @type {import("../protocol/voter.js").Paper | null} */ (null);
  #voter = new Voter(api, (state) => this.#persist(state));
  #casting = new CastingStep(() => this.#later());

  /**
   * @param {import("./records.js").Device} device @param {import("./device.js").Kept} kept
   * @param {string} link that was opened now, if any @param {string} [was] the step that the page was left at for another language
   */
  constructor(device, kept, link, was = "") {
    this.#device = device;
    this.#link = link;
    this.#was = was;
    this.kept = kept;
    this.state = stateOf(kept);
    expectCode(kept.secondFactor !== "" && kept.secondFactor !== "none");
  }

  /**
   * The state, which is at one of these steps.
   *
   * @template {State["step"]} S
   * @param {...S} steps @returns {Extract<State, {step: S}>}
   */
  at(...steps) {
    const { state } = this;
    if (!state || !steps.some((step) => step === state.step)) throw new Error(`not ${steps.join(" or ")}`);
    return /** @type {Extract<State, {step: S}>} */ (state);
  }

  /** What is voted on: known from the first step on. */
  get #shown() {
    if (!this.#paper) throw new Error("nothing is opened");
    return this.#paper;
  }

  /** Step after step, to the receipt. A vote that was interrupted while it was cast goes on once the voter agrees. */
  async go() {
    /** @type {Record<string, () => Promise<State | null>>} */
    const steps = {
      opened: () => this.#choose(),
      blinded: () => this.#choose(),
      credentialed: () => this.#choose(),
      sealed: () => this.#complete(),
      signed: () => this.#casting.send(this.#voter, this.at("signed")),
    };
    if (this.#link && ["sealed", "signed"].includes(this.state?.step ?? "")) await askToContinue(this.kept.title, this.#later());
    for (let step; (step = this.state?.step ?? "opened") !== "cast"; ) this.state = await steps[step]();
    if (!this.kept.title) await this.#recognise();
  }

  /** A file has no title, and a receipt that nobody has verified yet. */
  async #recognise() {
    const state = this.at("cast");
    const manifest = await this.#voter.manifest(state);
    const { receipt } = state;
    await orUntrusted("bad-receipt", () => verifyReceipt(receipt, manifest, readReceipt(receipt).leafHash));
    await this.#keep({ title: manifest.title });
  }

  /** The election and its ballot paper, until the voter casts. @returns {Promise<State>} sealed or signed */
  async #choose() {
    this.#paper ??= await this.#open();
    const marking = ["ballot", "review"].includes(this.#was) || this.kept.choices || this.state?.step === "credentialed";
    if (this.#was === "election" || !marking) await this.#look();
    const reviewed = this.#was === "review";
    this.#was = "";
    return fillIn(api, this.#shown, this.kept, {
      keep: (choices) => this.#keep({ choices }),
      before: () => this.#look(),
      cast: (choices) => this.#cast(choices),
      later: () => this.#later(),
      asks: () => this.#asks(),
      renew: () => this.#renew(),
      reviewed,
    });
  }

  /** The options that are withdrawn by now; null without an answer. */
  async #renew() {
    const published = await this.#voter.renewed(this.#shown.manifest);
    if (published) this.#paper = { ...this.#shown, ...published };
    return published && published.withdrawn;
  }

  /** Returns when the voter goes on to the ballot; until then they may prepare this device. */
  async #look() {
    const { step } = this.state ?? {};
    const notices = noticesOf(api.anonymous, this.#shown.manifest.election);
    const known = { step, durable: this.#device.durable, notices, later: this.#later() };
    if (await showElection(this.#shown, known)) return;
    show("election", t("vote.preparing"), paragraph(t("vote.preparing_text")));
    this.state ??= await this.#voter.prepare(this.#shown);
    this.state = (await this.#getCredential(1)) ?? this.state;
    await this.#look();
  }

  /** `prepared` where the credential is there, else which code the cast asks for: `none`, `email` or `sms`. */
  #asks() {
    return this.state?.step === "credentialed" ? "prepared" : this.#shown.secondFactor;
  }

  /**
   * @param {import("../protocol/plaintext.js").Choice[]} choices
   * @returns {Promise<State | null>} sealed or signed; null if the voter went back before anything was sealed
   */
  async #cast(choices) {
    const way = this.#asks();
    if (way === "none" || way === "prepared") this.#casting.reach("seal");
    if (way === "prepared") return this.#voter.mark(this.at("credentialed"), choices, this.#shown.withdrawn);
    const begun = this.state ? this.at("blinded") : this.#shown;
    const { withdrawn } = this.#shown;
    if (way === "none") return this.#voter.seal(begun, choices, withdrawn);
    let sealed = /** @type {import("../protocol/state.js").Sealed | null} */ (null);
    return enterCode(way, {
      order: () => persistently(t("vote.known_issue"), () => this.#voter.requestCode(sealed ?? begun)),
      enter: async (code) => {
        const bound = (sealed ??= await this.#voter.seal(begun, choices, withdrawn));
        return persistently(t("vote.known_issue"), () => this.#voter.getCredential(bound, code));
      },
      later: () => this.#later(),
      depth: 3,
    });
  }

  async #complete() {
    await this.#takeLink();
    this.#casting.reach("credential");
    return this.#getCredential();
  }

  /** Credentialed or signed, with a code if it takes one; null if the voter went back. @param {number} [depth] of a code's step */
  async #getCredential(depth = 0) {
    const state = this.at("blinded", "sealed");
    /** @param {string} [code] */
    const ask = (code) => persistently(t("vote.known_issue"), () => this.#voter.getCredential(state, code));
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || error.slug !== "code-required") throw error;
    }
    const { secondFactor } = this.kept.secondFactor ? this.kept : await this.#voter.openLink(state.link);
    const order = () => persistently(t("vote.known_issue"), () => this.#voter.requestCode(state));
    const casts = state.step === "sealed";
    return enterCode(secondFactor, { order, enter: ask, later: () => this.#later(), depth, casts });
  }

  /** What the link opens; of a prepared device, which has no link any more, what the manifest says. */
  async #open() {
    const { state } = this;
    if (state?.step === "credentialed") {
      const manifest = await persistently(t("vote.known_open"), () => this.#voter.manifest(state));
      await this.#keep({ title: manifest.title });
      const published = await persistently(t("vote.known_open"), () => this.#voter.published(manifest));
      const unsaid = { organisation: "", logo: null, contact: "", description: "", link: "", closedAt: null, now: NaN };
      return { manifest, ...published, secondFactor: "none", ...unsaid };
    }
    await this.#takeLink();
    show("election", t("vote.opening"), paragraph(t("vote.opening_text")));
    const link = this.state ? this.at("blinded", "sealed").link : this.#link || this.kept.link;
    const paper = stillVoting(await persistently(t("vote.known_open"), () => this.#voter.openLink(link)));
    const { manifest, secondFactor } = paper;
    await this.#keep({ title: manifest.title, secondFactor, link: this.state ? "" : paper.link });
    expectCode(secondFactor !== "none");
    return paper;
  }

  /** A newer link takes the place of the one that a state was begun with. */
  async #takeLink() {
    const { state } = this;
    if (!state || !("link" in state) || !this.#link || this.#link === state.link) return;
    this.state = await this.#voter.takeLink(state, this.#link);
  }

  /** @param {import("../protocol/state.js").State} state */
  async #persist(state) {
    // Without it some browsers clear what a page keeps after days; what they answer changes nothing here.
    void navigator.storage?.persist?.();
    const choices = ["blinded", "credentialed"].includes(state.step) ? this.kept.choices : null;
    await this.#keep({ state: stateToJson(state), link: "", choices });
    if (this.#device.durable) return;
    // Nothing else would outlive this page: what the credential is requested for, and the exact bytes to be sent again.
    if (["blinded", "sealed"].includes(state.step)) await insistOnRecovery(this.kept.state);
    if (state.step === "signed") saveRecovery(this.kept.state);
  }

  /** @param {Partial<import("./device.js").Kept>} changes */
  async #keep(changes) {
    this.kept = Object.assign(this.kept, { id: this.kept.id || newId() }, changes);
    await this.#device.put({ ...this.kept });
    // By this the page continues here after it was loaded in another language (main.js).
    if (this.#device.durable) element("#voting").dataset.record = this.kept.id;
  }

  /** How to go on another time, for the foot of a step. */
  #later() {
    return later(this.kept, async () => {
      if (this.kept.state) return; // bound meanwhile: it must not be lost
      await this.#device.forget(this.kept.id);
      location.reload();
    });
  }
}

function showOtherTab() {
  show("election", t("vote.other_tab_title"), notice(t("vote.other_tab"), "warn"));
}
