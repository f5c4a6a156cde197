/** How an election's trustees made its key, as everybody may read it: `ceremony.json`, held against the manifest. */
import { equal } from "./encoding.js";
import { jcsDecode } from "./jcs.js";
import { CeremonyError } from "./trustee_faults.js";
import { readMessage, readSetup } from "./trustee_messages.js";
import { requireConfirmations } from "./trustee_opening.js";
import { makeTranscript } from "./trustee_transcript.js";

/** Bytes of the file at most. */
export const MOST_RECORD = 256 * 1024;
const MOST_MESSAGES = 15;

/**
 * @typedef {import("./manifest.js").Manifest} Manifest
 * @typedef {import("./trustee_transcript.js").Transcript} Transcript
 */

/**
 * The ceremony. Throws CeremonyError or another Malformed unless it made the manifest's key, and all of the trustees that
 * the manifest names have confirmed it.
 *
 * @param {Uint8Array} data @param {Manifest} manifest @returns {Promise<Transcript>}
 */
export async function readCeremony(data, manifest) {
  if (data.length > MOST_RECORD) throw new CeremonyError("malformed");
  const value = members(data, ["setup", "joins", "deals", "confirmations"]);
  const setup = await readSetup(value.setup);
  const [joins, deals, confirmations] = [
    await messages("join", value.joins),
    await messages("deal", value.deals),
    await messages("confirm", value.confirmations),
  ];
  const transcript = await makeTranscript(setup, joins, deals);
  requireSame(transcript, manifest);
  await requireConfirmations(transcript, manifest.hash, confirmations);
  return transcript;
}

/** Throws CeremonyError if the manifest is of another ceremony. @param {Transcript} transcript @param {Manifest} manifest */
export function requireSame({ setup, joins, hash, electionKey }, manifest) {
  const named = manifest.trustees;
  if (!named || setup.election !== manifest.election) throw new CeremonyError("other-ceremony");
  if (setup.t !== manifest.t) throw new CeremonyError("other-threshold");
  for (const [at, { name, signing_key: key }] of named.people.entries()) {
    if (at >= setup.n) break;
    if (name !== setup.trustees[at] || !equal(key, joins[at].signing_key)) {
      throw new CeremonyError("other-person", at + 1);
    }
  }
  if (named.people.length !== setup.n || !equal(hash, named.transcript)) throw new CeremonyError("other-ceremony");
  if (!equal(electionKey, manifest.election_pk)) throw new CeremonyError("other-key");
}

/** Canonical JSON of an object with exactly these members. @param {Uint8Array} data @param {string[]} names */
export function members(data, names) {
  const value = jcsDecode(data);
  const isOne = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isOne || Object.keys(value).sort().join() !== [...names].sort().join()) throw new CeremonyError("malformed");
  return /** @type {Record<string, unknown>} */ (value);
}

/**
 * @template {keyof import("./trustee_messages.js").Rounds} R
 * @param {R} round @param {unknown} values
 */
export async function messages(round, values) {
  if (!Array.isArray(values) || values.length > MOST_MESSAGES) throw new CeremonyError("malformed");
  return Promise.all(values.map((value) => readMessage(round, value)));
}
