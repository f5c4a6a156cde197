/**
 * Verification of an election from its export alone, in the browser: each promise of docs/protocol.md is one named
 * check. It is written apart from the server's program and shares nothing with it but that page.
 *
 * It trusts nothing but the manifest's hash, which voters compare with the one in their mail. A doctored export is
 * refused by the name of a check and never by an error.
 */
import { count } from "../counting/count.js";
import { needsVoters } from "../counting/outcome.js";
import { openCheckpoint } from "../protocol/checkpoint.js";
import { openDoor } from "../protocol/door.js";
import { equal, hexDecode, hexEncode, sha256, utf8Decode } from "../protocol/encoding.js";
import { Malformed } from "../protocol/errors.js";
import { openingKey } from "../protocol/hpke.js";
import { jcsDecode, jcsEncode } from "../protocol/jcs.js";
import { lotsSeed } from "../protocol/lots.js";
import { MAX_LENGTH, parseManifest } from "../protocol/manifest.js";
import { decodePlaintext } from "../protocol/plaintext.js";
import { CHECKPOINT, DOOR, ELECTION_KEY, ExportError, ExportFile, LEDGER, MANIFEST, names, RESULT } from "./export_file.js";
import { CHECKS, Findings, Stopped, TRUSTEE_CHECKS } from "./findings.js";
import { keptChecks, sortKept } from "./kept.js";
import { KeptAudit } from "./kept_audit.js";
import { LedgerAudit } from "./ledger_audit.js";
import { LogAudit } from "./log_audit.js";
import { auditTrustees } from "./trustees_audit.js";

/** Bytes that files can have at most (docs/protocol.md, section 10). */
const [MOST_NOTE, MOST_LEDGER, MOST_RESULT] = [16 * 1024, 2 ** 31 - 1, 64 * 1024 * 1024];

/**
 * @typedef {import("../protocol/checkpoint.js").Checkpoint} Checkpoint
 * @typedef {import("../protocol/hpke.js").OpeningKey} OpeningKey
 * @typedef {import("../protocol/manifest.js").Manifest} Manifest
 * @typedef {Awaited<ReturnType<typeof countElection>>} Result
 * @typedef {Omit<Result, "contests"> &
 *   {contests: (import("../protocol/contest.js").Contest & Result["contests"][number])[]}} Published
 * @typedef {Pick<Report, "manifestHash" | "election" | "title" | "note" | "result" | "log">} Found
 * @typedef {{ok: boolean, checks: import("./findings.js").Check[], manifestHash: string, election: string,
 *   title: string, note: string, result: Published | null, log: {size: number, ballots: number} | null}} Report
 *   `manifestHash`: in hex, to compare with the mail; empty if the manifest cannot be read. `result`: as published,
 *   with the manifest's contests, if it proved right; `log`: how many leaves it has, and how many of them are ballots
 */

/**
 * Check everything that an export can prove.
 *
 * @param {Blob} blob @param {{progress?: (done: number, total: number) => void,
 *   told?: (check: import("./findings.js").Check) => void, kept?: import("./kept.js").Kept}} [options]
 *   `told` of each check as it is done; `kept`: what people kept, each kind of which is a check of its own
 * @returns {Promise<Report>}
 */
export async function verifyExport(blob, { progress = () => {}, told, kept = sortKept([]) } = {}) {
  const findings = new Findings(told, [...CHECKS, ...keptChecks(kept)]);
  /** @type {Found} */
  const found = { manifestHash: "", election: "", title: "", note: "", result: null, log: null };
  try {
    await verify(await ExportFile.open(blob), findings, progress, found, kept);
  } catch (error) {
    if (error instanceof ExportError) findings.fail("archive", error.reason, { file: error.file });
    else if (!(error instanceof Stopped)) throw error;
  }
  const { checks } = findings;
  return { ...found, ok: checks.every(({ outcome }) => outcome === "passed"), checks };
}

/**
 * @param {ExportFile} exported @param {Findings} findings @param {(done: number, total: number) => void} progress
 * @param {Found} found @param {import("./kept.js").Kept} kept
 */
async function verify(exported, findings, progress, found, kept) {
  const manifest = await readManifest(exported, findings);
  Object.assign(found, { manifestHash: hexEncode(manifest.hash), election: manifest.election, title: manifest.title });
  findings.complete("manifest", { hash: found.manifestHash });

  const note = await exported.read(CHECKPOINT, MOST_NOTE);
  const checkpoint = await readCheckpoint(note, manifest, findings);
  found.note = utf8Decode(note);
  findings.complete("checkpoint", { count: checkpoint.size });

  const hasTrustees = manifest.trustees !== null;
  // A log cannot be larger than its export, so that a huge size makes nobody count to it.
  const fits = checkpoint.size <= exported.size && exported.names.join("\n") === names(checkpoint.size, hasTrustees).join("\n");
  if (!fits) throw new ExportError("other-files");
  findings.complete("archive", { count: exported.names.length });

  const electionKey = await readElectionKey(exported, manifest, findings);
  if (hasTrustees) {
    findings.include(TRUSTEE_CHECKS);
    await auditTrustees(exported, findings, manifest, checkpoint, electionKey);
  }
  const audit = new KeptAudit(findings, manifest, kept);
  const log = new LogAudit(exported, findings, manifest, electionKey, await audit.promised());
  await log.run(checkpoint, progress);
  found.log = { size: checkpoint.size, ballots: log.ballots };
  if (!findings.failed("log")) {
    await audit.checkpoints(exported, checkpoint);
    audit.receipts(log.found);
  }
  const ledger = await auditLedger(exported, manifest, log, findings);
  if (ledger) await audit.issuances(ledger.lines);
  await auditDoor(exported, manifest, log, findings);
  if (log.closing) await audit.statements(log.closing);
  if (!electionKey) return;
  found.result = await recount(exported, manifest, electionKey, checkpoint, log, ledger?.voters ?? null, findings);
}

/** @param {ExportFile} exported @param {Findings} findings */
async function readManifest(exported, findings) {
  try {
    return await parseManifest(await exported.read(MANIFEST, MAX_LENGTH));
  } catch (error) {
    throw refusedAs(error) ? findings.stop("manifest", "not-canonical") : error;
  }
}

/** @param {Uint8Array} note @param {Manifest} manifest @param {Findings} findings */
async function readCheckpoint(note, manifest, findings) {
  try {
    return await openCheckpoint(utf8Decode(note), manifest.origin, manifest.log_pk);
  } catch (error) {
    if (!refusedAs(error)) throw error;
    const { reason } = error;
    throw findings.stop("checkpoint", reason === "more-than-one-signature" ? reason : "not-signed");
  }
}

/** @param {ExportFile} exported @param {Manifest} manifest @param {Findings} findings */
async function readElectionKey(exported, manifest, findings) {
  const hex = await exported.read(ELECTION_KEY, 64);
  try {
    const key = await openingKey(hexDecode(utf8Decode(hex)));
    if (!equal(key.point, manifest.election_pk)) findings.fail("election-key", "another-key");
    else findings.complete("election-key");
    return equal(key.point, manifest.election_pk) ? key : null;
  } catch (error) {
    if (!refusedAs(error)) throw error;
    findings.fail("election-key", "not-a-key");
    return null;
  }
}

/** @param {ExportFile} exported @param {Manifest} manifest @param {LogAudit} log @param {Findings} findings */
async function auditLedger(exported, manifest, log, findings) {
  const ledger = new LedgerAudit(findings, manifest.hash, log.amendments.rolls);
  const data = await exported.read(LEDGER, MOST_LEDGER);
  if (!(await ledger.run(data))) return null;
  const { issued, voters } = ledger;
  const counts = { ballots: log.ballots, issued, voters };
  if (log.ballots > issued || issued > voters) findings.fail("turnout", "too-many", counts);
  if (log.closing) {
    const { closing } = log;
    if (!equal(await sha256(data), closing.ledger_sha256)) findings.fail("ledger", "another-ledger");
    findings.complete("ledger", { count: ledger.lines.size });
    const asClosed = closing.ballots === log.ballots && closing.issued === issued;
    if (!asClosed) findings.fail("turnout", "not-as-closed", counts);
    findings.complete("turnout", counts);
  }
  return ledger;
}

/** @param {ExportFile} exported @param {Manifest} manifest @param {LogAudit} log @param {Findings} findings */
async function auditDoor(exported, manifest, { closing }, findings) {
  const note = await exported.read(DOOR, MOST_NOTE);
  let door;
  try {
    door = await openDoor(utf8Decode(note), manifest);
  } catch (error) {
    if (!refusedAs(error)) throw error;
    findings.fail("door", "not-a-door");
    return;
  }
  if (!closing) return;
  const { ballots, issued } = door;
  const same = Number(closing.closed_at) === Number(door.closedAt);
  const asClosed = same && closing.ballots === ballots && closing.issued === issued;
  if (!asClosed) findings.fail("door", "another-door", { ballots, issued });
  findings.complete("door", { ballots, issued });
}

/**
 * @param {ExportFile} exported @param {Manifest} manifest @param {OpeningKey} electionKey
 * @param {Checkpoint} checkpoint @param {LogAudit} log
 * @param {number | null} voters  null without a ledger that can be read
 * @param {Findings} findings
 */
async function recount(exported, manifest, electionKey, checkpoint, log, voters, findings) {
  const published = await exported.read(RESULT, MOST_RESULT);
  let told;
  try {
    told = jcsDecode(published);
  } catch (error) {
    throw refusedAs(error) ? findings.stop("result", "not-canonical") : error;
  }
  const recounted = await countElection(manifest, electionKey, checkpoint, log, voters ?? 0);
  const listed = jcsEncode(/** @type {{spoilt?: unknown}} */ (told).spoilt ?? false);
  if (!equal(listed, jcsEncode(recounted.spoilt))) findings.fail("spoilt", "other-ballots");
  findings.complete("spoilt", { count: recounted.spoilt.length });
  if (voters === null && manifest.contests.some(needsVoters)) return null;
  const same = equal(jcsEncode(recounted), published);
  if (!same) findings.fail("result", "another-result");
  findings.complete("result", { count: recounted.counted });
  return same ? { ...recounted, contests: recounted.contests.map((one, at) => ({ ...manifest.contests[at], ...one })) } : null;
}

/**
 * The one result that these ballots have.
 *
 * @param {Manifest} manifest @param {OpeningKey} electionKey @param {Checkpoint} checkpoint @param {LogAudit} log
 * @param {number} voters  who could have voted
 */
async function countElection(manifest, electionKey, checkpoint, { plaintexts, spoilt, amendments }, voters) {
  const seed = await lotsSeed(electionKey.scalar, checkpoint.root);
  const said = [...plaintexts.values()].map(({ plaintext, number }) => {
    return { choices: decodePlaintext(manifest, plaintext), number };
  });
  const counted = said.reduce((all, { number }) => all + number, 0);
  const turnout = { cast: counted + spoilt.length, voters };
  /** @type {Awaited<ReturnType<typeof count>>[]} */
  const contests = [];
  for (const [at, contest] of manifest.contests.entries()) {
    /** @type {import("../counting/papers.js").Paper[]} */
    const ballots = said.map(({ choices, number }) => [choices[at], number]);
    contests.push(await count(contest, ballots, seed, amendments.withdrawn[at], turnout));
  }
  return {
    v: 1,
    manifest: hexEncode(manifest.hash),
    log_root: hexEncode(checkpoint.root),
    lots_seed: hexEncode(seed),
    counted,
    spoilt: [...spoilt].sort((one, other) => one.index - other.index),
    contests,
  };
}

/**
 * Whether the bytes were refused; an ExportError is about the zip and goes on.
 *
 * @param {unknown} error @returns {error is Malformed}
 */
const refusedAs = (error) => error instanceof Malformed && !(error instanceof ExportError);
