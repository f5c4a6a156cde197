/**
 * The voter's side of the protocol, in steps that may be interrupted anywhere and resumed from the last state written.
 *
 * Opening a link binds nothing. To cast, the choices are sealed, the credential is requested and the ballot is sent, in
 * one go; `prepare` and then `getCredential` request the credential earlier. Nothing is sent before the state that
 * continues from it is written down: the same blinded value is requested, the same ballot is sent, until there is a
 * response. However often a voter starts again, there is one credential and one ballot.
 *
 * What carries the link, and what is looked at for it, goes on the API's identified side; the ballot goes on the
 * anonymous one, which carries nothing before it.
 */
import { member, optional } from "./api.js";
import { sealChoices, signBallot } from "./ballot.js";
import { blind, finalize, RAND_LENGTH } from "./blind_rsa.js";
import { prepareCredential } from "./credential.js";
import { b64uDecode, b64uEncode, equal, randomBytes, sha256 } from "./encoding.js";
import { ApiError, BadState, NotYet, orUntrusted, Unreachable, Untrusted } from "./errors.js";
import { verifyIssuance } from "./issuance.js";
import { ballotLeaf } from "./leaf.js";
import { LinkError, parseLink } from "./link.js";
import { askAhead, fetchManifest, verifyPublished } from "./manifests.js";
import { leafHash } from "./merkle.js";
import * as p256 from "./p256.js";
import { encodePlaintext } from "./plaintext.js";
import { verifyReceipt } from "./receipt.js";
import { next } from "./state.js";

/**
 * What a link opens: an election that proved to be the one the mail names. `secondFactor`: `none`, `email` or `sms`.
 * `checkpoint`: the log's newest, a signed note; `closesAt`, `amendments` and `withdrawn`: what was amended under it, and so
 * the end in force, and the options of each contest that nobody can elect any more. Nothing proves the rest: `organisation`,
 * `logo` (its picture), `contact` (an address of mail) and `description` are what the organisers say, or empty, `closedAt` (RFC 3339) what the
 * service says of an early close, else null, `now` (Unix milliseconds) its clock, or NaN.
 *
 * @typedef {{link: string, manifest: import("./manifest.js").Manifest, secondFactor: string, checkpoint: string,
 *   closesAt: Date, amendments: import("./amendment.js").Amendment[], withdrawn: Set<number>[],
 *   organisation: string, logo: Logo | null, contact: string,
 *   description: string, closedAt: string | null, now: number}} Paper
 * @typedef {{src: string, width: number, height: number}} Logo
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Blinded | import("./state.js").Sealed} Uncredentialed
 */

export class Voter {
  #api;
  #persist;
  #patience;
  /** @type {Map<string, import("./manifest.js").Manifest>} */
  #manifests = new Map();

  /**
   * @param {ReturnType<typeof import("./api.js").connect>} api
   * @param {(state: State) => Promise<void>} persist writes a state where it outlives this page, before the next thing
   *   is sent
   * @param {{patience?: number}} [options] seconds to wait for a log
   */
  constructor(api, persist, { patience = 60 } = {}) {
    this.#api = api;
    this.#persist = persist;
    this.#patience = patience;
  }

  /**
   * Look at the election behind a link, and verify it. LinkError, ApiError, Untrusted, NotYet.
   *
   * @param {string} url the link, bare or as the fragment of a URL @returns {Promise<Paper>}
   */
  async openLink(url) {
    const { text: link, manifestHash } = parseLink(url);
    const opened = await this.#api.identified.post("/links", { link });
    const election = member(opened, "election", "string");
    const coming = this.manifest({ election, manifest_hash: manifestHash });
    const asked = askAhead(this.#api.identified, election);
    const manifest = await coming;
    return {
      link,
      manifest,
      ...(await this.published(manifest, asked)),
      secondFactor: member(opened, "second_factor", "string"),
      organisation: optional(opened, "organisation", "string") ?? "",
      logo: logoAt(this.#api.address, optional(opened, "logo", "string") ?? ""),
      contact: optional(opened, "contact", "string") ?? "",
      description: optional(opened, "description", "string") ?? "",
      closedAt: optional(opened, "closed_at", "string"),
      now: Date.parse(opened.headers.get("Date") ?? ""),
    };
  }

  /**
   * Make a credential's key and blind it, without choices.
   *
   * @param {Paper} paper @returns {Promise<import("./state.js").Blinded>}
   */
  async prepare(paper) {
    return this.#written(await this.#blind(paper));
  }

  /**
   * Seal the choices to the election key. Spoilt for choices that would not be counted, or that name a withdrawn option.
   *
   * @param {Paper | import("./state.js").Blinded} begun
   * @param {import("./plaintext.js").Choice[]} choices one for each contest
   * @param {Set<number>[]} withdrawn as in what was published
   * @returns {Promise<import("./state.js").Sealed>}
   */
  async seal(begun, choices, withdrawn) {
    const manifest = "step" in begun ? await this.manifest(begun) : begun.manifest;
    const marks = encodePlaintext(manifest, choices, withdrawn);
    const blinded = "step" in begun ? begun : await this.#blind(begun);
    const sealed_choices = await sealChoices(manifest, await privateKey(blinded), marks);
    return this.#written(next("sealed", blinded, { sealed_choices }));
  }

  /**
   * Continue with a newer link to the same election (ApiError 410 `replaced-link` calls for one).
   *
   * @param {Uncredentialed} state @param {string} url @returns {Promise<Uncredentialed>} the same step
   */
  async takeLink(state, url) {
    const { text: link, manifestHash } = parseLink(url);
    if (!equal(manifestHash, state.manifest_hash)) throw new LinkError("another-election");
    return this.#written(next(state.step, state, { link }));
  }

  /** Have a code of the second factor sent. @param {Paper | Uncredentialed} begun */
  async requestCode({ link }) {
    await this.#api.identified.post("/links/otp", { link });
  }

  /**
   * Get the blinded value signed, unblind it, and sign the ballot with it if its choices are sealed. Untrusted if the
   * signature is not the issuer's, or the receipt for it does not verify. The same request again gets the same response.
   *
   * @param {Uncredentialed} state @param {string} [code] of the second factor
   * @returns {Promise<import("./state.js").Credentialed | import("./state.js").Signed>}
   */
  async getCredential(state, code = "") {
    const [manifest, key] = [await this.manifest(state), await privateKey(state)];
    const { link, blinded, rand, inverse } = state;
    const wanted = { link, blinded: b64uEncode(blinded), ...(code && { otp: code }) };
    const answer = await this.#api.identified.post(`/elections/${state.election}/credentials`, wanted);
    const blindSignature = member(answer, "blind_signature", "string");
    const prepared = prepareCredential(manifest.hash, key.point, rand);
    const signature = await orUntrusted("bad-credential", () =>
      finalize(manifest.issuer_pk, prepared, b64uDecode(blindSignature), inverse),
    );
    const issuance = member(answer, "issuance_receipt", "string");
    const stated = await orUntrusted("bad-issuance", () => verifyIssuance(issuance, manifest));
    if (!equal(stated.blindedSha256, state.blinded_sha256)) throw new Untrusted("bad-issuance");
    if (state.step === "blinded") return this.#written(next("credentialed", state, { issuance, signature }));
    const ballot = await signBallot(manifest, key, rand, signature, state.sealed_choices);
    return this.#written(next("signed", state, { issuance, ballot }));
  }

  /**
   * Seal the choices and sign the ballot. Spoilt as for `seal`.
   *
   * @param {import("./state.js").Credentialed} state
   * @param {import("./plaintext.js").Choice[]} choices one for each contest
   * @param {Set<number>[]} withdrawn as in what was published
   * @returns {Promise<import("./state.js").Signed>}
   */
  async mark(state, choices, withdrawn) {
    const [manifest, key] = [await this.manifest(state), await privateKey(state)];
    const sealed = await sealChoices(manifest, key, encodePlaintext(manifest, choices, withdrawn));
    const ballot = await signBallot(manifest, key, state.rand, state.signature, sealed);
    return this.#written(next("signed", state, { ballot }));
  }

  /**
   * Send the ballot until it is acknowledged. Untrusted if the acknowledgement is not a receipt for it.
   *
   * @param {import("./state.js").Signed} state @returns {Promise<import("./state.js").Cast>}
   */
  async cast(state) {
    const manifest = await this.manifest(state);
    const sent = { ballot: b64uEncode(state.ballot) };
    const answer = await this.#api.anonymous.post(`/elections/${state.election}/ballots`, sent);
    const receipt = member(answer, "receipt", "string");
    const leaf = await leafHash(ballotLeaf(state.ballot));
    await orUntrusted("bad-receipt", () => verifyReceipt(receipt, manifest, leaf));
    return this.#written(next("cast", state, { receipt }));
  }

  /**
   * The manifest that a state names, verified; fetched once.
   *
   * @param {{election: string, manifest_hash: Uint8Array}} named @returns {Promise<import("./manifest.js").Manifest>}
   */
  async manifest({ election, manifest_hash: hash }) {
    const name = `${election}.${b64uEncode(hash)}`;
    const manifest = this.#manifests.get(name) ?? (await fetchManifest(this.#api.identified, election, hash));
    this.#manifests.set(name, manifest);
    return manifest;
  }

  /**
   * What the log shows of an election before its ballots, verified. Untrusted, NotYet.
   *
   * @param {import("./manifest.js").Manifest} manifest @param {ReturnType<typeof askAhead>} [asked]
   * @returns {Promise<import("./manifests.js").Published>}
   */
  published(manifest, asked) {
    return verifyPublished(this.#api.identified, manifest, this.#patience, asked);
  }

  /**
   * The same by now, asked for once; null if there is no answer.
   *
   * @param {import("./manifest.js").Manifest} manifest @returns {Promise<import("./manifests.js").Published | null>}
   */
  async renewed(manifest) {
    try {
      const asked = await askAhead(this.#api.identified, manifest.election);
      return asked && (await verifyPublished(this.#api.identified, manifest, 0, Promise.resolve(asked)));
    } catch (error) {
      if (error instanceof Unreachable || error instanceof ApiError || error instanceof NotYet) return null;
      throw error;
    }
  }

  /** @param {Paper} paper @returns {Promise<import("./state.js").Blinded>} */
  async #blind({ link, manifest, checkpoint }) {
    const [key, rand] = [await p256.generate(), randomBytes(RAND_LENGTH)];
    const prepared = prepareCredential(manifest.hash, key.point, rand);
    const { blinded, inverse } = await blind(manifest.issuer_pk, prepared);
    const { election, hash: manifest_hash } = manifest;
    const blinded_sha256 = await sha256(blinded);
    const common = { address: this.#api.address, election, manifest_hash, checkpoint, blinded_sha256 };
    return next("blinded", common, { link, key: key.scalar, rand, blinded, inverse });
  }

  /** @template {State} S @param {S} state @returns {Promise<S>} */
  async #written(state) {
    await this.#persist(state);
    return state;
  }
}

/** @param {{key: Uint8Array}} state */
async function privateKey(state) {
  try {
    return await p256.fromScalar(state.key);
  } catch (error) {
    throw error instanceof p256.KeyError ? new BadState("bad-key") : error;
  }
}

/** A picture by what the service calls it, shown at half its size. @param {string} address @param {string} name @returns {Logo | null} */
function logoAt(address, name) {
  const found = /^([0-9a-f]{64})-(\d{1,3})x(\d{1,3})$/.exec(name);
  if (!found) return null;
  const [, hash, width, height] = found;
  return { src: `${address}/pictures/${hash}`, width: Math.ceil(Number(width) / 2), height: Math.ceil(Number(height) / 2) };
}
