/** The part of an export that elections with trustees have: who made the key, who agreed to open it, by which shares. */
import { equal, hexEncode } from "../protocol/encoding.js";
import { jcsDecode } from "../protocol/jcs.js";
import { Malformed } from "../protocol/errors.js";
import { CeremonyError } from "../protocol/trustee_faults.js";
import { readMessage, readSetup } from "../protocol/trustee_messages.js";
import { openElection, requireAgreements, requireConfirmations } from "../protocol/trustee_opening.js";
import { makeTranscript } from "../protocol/trustee_transcript.js";
import { CEREMONY, ExportError, OPENING } from "./export_file.js";

const MOST_RECORD = 256 * 1024;
const MOST_MESSAGES = 15;

/**
 * @typedef {import("../protocol/manifest.js").Manifest} Manifest
 * @typedef {import("../protocol/trustee_transcript.js").Transcript} Transcript
 * @typedef {import("./findings.js").Findings} Findings
 * @typedef {import("./findings.js").CheckName} CheckName
 * @typedef {import("./export_file.js").ExportFile} ExportFile
 */

/**
 * @param {ExportFile} exported @param {Findings} findings @param {Manifest} manifest
 * @param {import("../protocol/checkpoint.js").Checkpoint} checkpoint
 * @param {import("../protocol/hpke.js").OpeningKey | null} electionKey as published, null if it is not the right one
 */
export async function auditTrustees(exported, findings, manifest, checkpoint, electionKey) {
  const transcript = await attempt(findings, "ceremony", () => readCeremony(exported, manifest));
  if (!transcript) return;
  findings.complete("ceremony", { count: manifest.n, fingerprint: hexEncode(transcript.hash) });
  const opening = await attempt(findings, "agreement", () => readOpening(exported));
  if (!opening) return;
  const { agreements, releases } = opening;
  const agreed = await attempt(findings, "agreement", async () => {
    await requireAgreements(transcript, manifest.hash, checkpoint, agreements);
    return true;
  });
  if (agreed) findings.complete("agreement", { count: agreements.length, total: manifest.n });
  const key = await attempt(findings, "shares", () => openElection(transcript, manifest.hash, checkpoint, releases));
  if (!key || !electionKey) return;
  if (!equal(key, electionKey.scalar)) findings.fail("shares", "trustees-other-shares");
  else findings.complete("shares", { count: releases.length, total: manifest.n });
}

/** @param {ExportFile} exported @param {Manifest} manifest */
async function readCeremony(exported, manifest) {
  const value = members(await exported.read(CEREMONY, MOST_RECORD), ["setup", "joins", "deals", "confirmations"]);
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

/** @param {ExportFile} exported */
async function readOpening(exported) {
  const value = members(await exported.read(OPENING, MOST_RECORD), ["agreements", "releases"]);
  return { agreements: await messages("agree", value.agreements), releases: await messages("release", value.releases) };
}

/** Throws CeremonyError if the manifest is of another ceremony. @param {Transcript} transcript @param {Manifest} manifest */
function requireSame({ setup, joins, hash, electionKey }, manifest) {
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
function members(data, names) {
  const value = jcsDecode(data);
  const isOne = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isOne || Object.keys(value).sort().join() !== [...names].sort().join()) throw new CeremonyError("malformed");
  return /** @type {Record<string, unknown>} */ (value);
}

/**
 * @template {keyof import("../protocol/trustee_messages.js").Rounds} R
 * @param {R} round @param {unknown} values
 */
async function messages(round, values) {
  if (!Array.isArray(values) || values.length > MOST_MESSAGES) throw new CeremonyError("malformed");
  return Promise.all(values.map((value) => readMessage(round, value)));
}

/**
 * What is made; null if the check fails.
 *
 * @template T
 * @param {Findings} findings @param {CheckName} name @param {() => Promise<T>} make @returns {Promise<T | null>}
 */
async function attempt(findings, name, make) {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Malformed) || error instanceof ExportError) throw error;
    const trustee = error instanceof CeremonyError ? error.index : null;
    const reason = error instanceof CeremonyError ? error.reason : "malformed";
    if (trustee) findings.fail(name, `trustee-${reason}`, { trustee });
    else findings.fail(name, `trustees-${reason}`);
    return null;
  }
}
