/** The part of an export that elections with trustees have: who made the key, who agreed to open it, by which shares. */
import { equal, hexEncode } from "../protocol/encoding.js";
import { Malformed } from "../protocol/errors.js";
import { members, messages, MOST_RECORD, readCeremony } from "../protocol/trustee_ceremony.js";
import { CeremonyError } from "../protocol/trustee_faults.js";
import { openElection, requireAgreements } from "../protocol/trustee_opening.js";
import { CEREMONY, ExportError, OPENING } from "./export_file.js";

/**
 * @typedef {import("../protocol/manifest.js").Manifest} Manifest
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
  const transcript = await attempt(findings, "ceremony", async () =>
    readCeremony(await exported.read(CEREMONY, MOST_RECORD), manifest),
  );
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

/** @param {ExportFile} exported */
async function readOpening(exported) {
  const value = members(await exported.read(OPENING, MOST_RECORD), ["agreements", "releases"]);
  return { agreements: await messages("agree", value.agreements), releases: await messages("release", value.releases) };
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
