/**
 * The service as a trustee uses it: a visit shows what there is to do, and each step sends one message.
 *
 * What the server shows is checked by the rules: it passes messages on, and is trusted with nothing else.
 *
 * @typedef {{index: number, name: string, joined: boolean, dealt: boolean, confirmed: boolean, agreed: boolean,
 *   released: boolean}} Person
 * @typedef {{election: string, title: string, index: number, stage: "joining" | "dealing" | "confirming" | "confirmed" | "over",
 *   deadline: string, waits_for: number[], blame: {trustee: number | null, reason: string} | null, trustees: Person[],
 *   setup: string, joins: string[], deals: string[], confirmations: string[], manifest: string | null, ended: boolean,
 *   agreements: string[]}} Shown  as the API says it (docs/api.md)
 */
import { address } from "../dom.js";
import { connect } from "../protocol/api.js";
import { hexEncode, utf8, utf8Decode } from "../protocol/encoding.js";
import { parseManifest } from "../protocol/manifest.js";
import { requireSame } from "../protocol/trustee_ceremony.js";
import { parseEnd } from "../protocol/trustee_end.js";
import { parseMessage, readSetup } from "../protocol/trustee_messages.js";
import { makeTranscript } from "../protocol/trustee_transcript.js";

const api = connect(address);

/** A trustee's link with what it opens. */
export class Service {
  #link;

  /** @param {string} link the fragment of its address */
  constructor(link) {
    this.#link = link;
  }

  /** @returns {Promise<Visit>} */
  async visit() {
    return read(await api.identified.post("/trustees/visits", { link: this.#link }));
  }

  /** @param {{bytes: Uint8Array} | undefined} message @returns {Promise<Visit>} */
  async send(message) {
    if (!message) throw new Error("there is no message");
    const sent = { link: this.#link, message: utf8Decode(message.bytes) };
    return read(await api.identified.post("/trustees/messages", sent));
  }

  /** The end of the election, as everybody may have it. @param {string} election */
  async end(election) {
    const { bytes } = await api.anonymous.get(`/elections/${encodeURIComponent(election)}/end`);
    return parseEnd(bytes);
  }
}

/** @param {import("../protocol/api.js").Answer} answer */
async function read({ bytes }) {
  /** @type {Shown} */
  const shown = JSON.parse(utf8Decode(bytes));
  const setup = await readSetup(JSON.parse(shown.setup));
  return new Visit(shown, setup);
}

export class Visit {
  /** @param {Shown} shown @param {import("../protocol/trustee_messages.js").Setup} setup */
  constructor(shown, setup) {
    this.shown = shown;
    this.setup = setup;
    this.hash = hexEncode(setup.hash);
    this.index = shown.index;
  }

  /** The trustee whose link it is. @returns {Person} */
  get me() {
    return this.shown.trustees[this.index - 1];
  }

  /** The names of those whose message of this round is missing. */
  get waitsFor() {
    return this.shown.waits_for.map((index) => this.setup.trustees[index - 1]);
  }

  joins() {
    return Promise.all(this.shown.joins.map((text) => parseMessage("join", utf8(text))));
  }

  agreements() {
    return Promise.all(this.shown.agreements.map((text) => parseMessage("agree", utf8(text))));
  }

  /** The confirmation that this trustee has sent, from whichever device; undefined before. */
  async ownConfirmation() {
    const all = await Promise.all(this.shown.confirmations.map((text) => parseMessage("confirm", utf8(text))));
    return all.find((one) => one.index === this.index);
  }

  async transcript() {
    const deals = await Promise.all(this.shown.deals.map((text) => parseMessage("deal", utf8(text))));
    return makeTranscript(this.setup, await this.joins(), deals);
  }

  /**
   * The manifest, which is of this ceremony; null before the organiser has fixed the election.
   *
   * @param {import("../protocol/trustee_transcript.js").Transcript} transcript
   */
  async manifest(transcript) {
    if (this.shown.manifest === null) return null;
    const manifest = await parseManifest(utf8(this.shown.manifest));
    requireSame(transcript, manifest);
    return manifest;
  }
}
