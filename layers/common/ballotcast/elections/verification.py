"""Verification of an election from its export alone: each promise of docs/protocol.md is one named check.

It trusts nothing but the manifest's hash, which voters compare with the one in their mail. A doctored export is
refused by the name of a check and never by an exception.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ballotcast.ballots.door import Door, DoorError
from ballotcast.ballots.manifest import MAX_LENGTH, Manifest, ManifestError
from ballotcast.crypto import canonical, p256
from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.encoding import EncodingError, hex_decode
from ballotcast.crypto.signed_note import NoteError, Verifier
from ballotcast.elections import (
    export_files,
    kept_checkpoints,
    kept_issuances,
    kept_receipts,
    kept_turnouts,
    trustees_audit,
)
from ballotcast.elections.ballot_audit import Judges
from ballotcast.elections.export_files import ExportError, ExportReader
from ballotcast.elections.findings import Check, Findings, Outcome, Stopped
from ballotcast.elections.kept import Kept
from ballotcast.elections.kept_checkpoints import audit_kept
from ballotcast.elections.kept_issuances import audit_issuances
from ballotcast.elections.kept_receipts import Found, ReceiptAudit
from ballotcast.elections.kept_turnouts import audit_doors, audit_turnouts
from ballotcast.elections.ledger_audit import LedgerAudit
from ballotcast.elections.log_audit import LogAudit, Progress
from ballotcast.elections.result import count_election
from ballotcast.elections.trustees_audit import audit_trustees

__all__ = ["CHECKS", "Check", "Outcome", "Report", "verify_export"]

CHECKS = {
    "archive": "a zip that hides nothing, with exactly the files of an export",
    "manifest": "the manifest is canonical and whole",
    "checkpoint": "the checkpoint is signed by the log's key",
    "election-key": "the published key is the one that ballots were sealed to",
    "log": "the entries lead to every tile and to the signed root",
    "leaves": "the manifest is the first leaf, then amendments in time, then ballots, the closing leaf is the last",
    "order": "the ballots stand in ascending order of their leaf hashes, so that their places tell nothing",
    "ballots": "every ballot is of this election and signed by its own key",
    "credentials": "every ballot's key is signed by the issuer",
    "one-ballot-each": "no credential is used twice",
    "ledger": "the ledger is the one that the log names; its lines ascend, and none is there twice",
    "rolls": "the ledger has every roll that manifest and amendments state",
    "endings": "every right that ended or was replaced is one that was asked to, and nobody has two credentials",
    "turnout": "as many ballots and credentials as the log's end states, no more ballots than credentials or voters",
    "door": "the log has the numbers that its key stated when voting ended, before the log was built",
    "spoilt": "exactly the ballots that cannot be counted are listed as spoilt",
    "result": "counting again gives the published result",
}
NOTE, RESULT = 16 * 1024, 64 * 1024 * 1024
"""Bytes that a checkpoint's note and a result can have at most."""


@dataclass(frozen=True)
class Report:
    """manifest_hash: M in hex, to compare with the mail; empty if the manifest cannot be read.

    manifest: as read; None if it cannot be. found: the ballots of receipts that were kept, by the receipts' names.
    """

    checks: tuple[Check, ...]
    manifest_hash: str
    manifest: Manifest | None = field(default=None, repr=False)
    found: Mapping[str, Found] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        return all(check.outcome is Outcome.PASSED for check in self.checks)


def _silently(done: int, total: int) -> None: ...


def verify_export(
    path: Path,
    progress: Progress = _silently,
    processes: int = 1,
    kept: Kept | None = None,
) -> Report:
    """Check everything that an export can prove. `progress` is told of leaves done, and how many there are.

    processes: that check ballots; they begin by importing the program's main module, as multiprocessing does.
    kept: what people kept; each kind of it is a check of its own.
    """
    kept = kept or Kept()
    findings = Findings({**CHECKS, **_kept_checks(kept)})
    verification = _Verification(findings, progress, processes, kept)
    try:
        with ExportReader(path) as export:
            verification.run(export)
    except ExportError as error:
        findings.fail("archive", str(error))
    except Stopped:
        pass
    return Report(findings.checks, verification.manifest_hash, verification.manifest, verification.found)


def _kept_checks(kept: Kept) -> dict[str, str]:
    """The checks of what was kept, with what they mean: those that there is anything for."""
    checks = (
        (kept.checkpoints, kept_checkpoints.CHECK, kept_checkpoints.MEANING),
        (kept.doors, kept_turnouts.DOORS, kept_turnouts.DOORS_MEANING),
        (kept.turnouts, kept_turnouts.TURNOUTS, kept_turnouts.TURNOUTS_MEANING),
        (kept.receipts, kept_receipts.CHECK, kept_receipts.MEANING),
        (kept.issuances, kept_issuances.CHECK, kept_issuances.MEANING),
    )
    return {name: meaning for statements, name, meaning in checks if statements}


class _Verification:
    def __init__(self, findings: Findings, progress: Progress, processes: int, kept: Kept) -> None:
        self.manifest_hash = ""
        self.manifest: Manifest | None = None
        self.found: Mapping[str, Found] = {}
        self._findings = findings
        self._progress = progress
        self._processes = processes
        self._kept = kept

    def run(self, export: ExportReader) -> None:
        manifest = self._manifest(export)
        checkpoint = self._checkpoint(export.read(export_files.CHECKPOINT, NOTE), manifest)
        self._require_files(export, checkpoint.size, manifest.trustees is not None)
        election_key = self._election_key(export, manifest)
        if manifest.trustees:
            self._findings.include(trustees_audit.CHECKS)
            audit_trustees(export, self._findings, manifest, checkpoint, election_key)
        receipts = ReceiptAudit(self._findings, manifest, self._kept.receipts)
        log = LogAudit(export, self._findings, manifest, receipts)
        with Judges(manifest, election_key, self._processes) as judges:
            log.run(checkpoint, judges, self._progress)
        if not self._findings.failed("log"):
            audit_kept(export, self._findings, manifest, checkpoint, self._kept.checkpoints)
            self.found = receipts.run()
        voters = self._ledger(export, manifest, log)
        self._door(export, manifest, log)
        if log.closing:
            audit_doors(self._findings, manifest, log.closing, self._kept.doors)
            audit_turnouts(self._findings, manifest, log.closing, self._kept.turnouts)
        if election_key:
            self._result(export, manifest, p256.scalar(election_key), checkpoint, log, voters)

    def _manifest(self, export: ExportReader) -> Manifest:
        data = export.read(export_files.MANIFEST, MAX_LENGTH)
        try:
            manifest = Manifest.parse(data)
        except ManifestError as error:
            raise self._findings.stop("manifest", str(error)) from None
        self.manifest, self.manifest_hash = manifest, manifest.hash.hex()
        self._findings.complete("manifest", f"hash {self.manifest_hash}")
        return manifest

    def _checkpoint(self, note: bytes, manifest: Manifest) -> Checkpoint:
        try:
            checkpoint = Checkpoint.open(note.decode(), Verifier(manifest.origin, manifest.log_pk))
        except (NoteError, CheckpointError, UnicodeDecodeError) as error:
            raise self._findings.stop("checkpoint", str(error)) from None
        self._findings.complete("checkpoint", f"{checkpoint.size} leaves, signed by the log's key")
        return checkpoint

    def _require_files(self, export: ExportReader, size: int, trustees: bool) -> None:
        """A log cannot be larger than its export, so that a huge size makes nobody count to it."""
        if size > sum(export.sizes.values()) or list(export.sizes) != export_files.names(size, trustees):
            raise ExportError(f"its files are not those of an export of {size} leaves, in order")
        self._findings.complete("archive", f"{len(export.sizes)} files")

    def _election_key(self, export: ExportReader, manifest: Manifest) -> p256.PrivateKey | None:
        data = export.read(export_files.ELECTION_KEY, 2 * p256.SCALAR_LENGTH)
        try:
            key = p256.from_scalar(hex_decode(data.decode("ascii")))
        except (EncodingError, ValueError):
            self._findings.fail("election-key", "not a private key of the curve, in hex")
            return None
        if p256.point(key) != manifest.election_pk:
            self._findings.fail("election-key", "not the key that ballots were sealed to")
            return None
        self._findings.complete("election-key", "PK = sk·G")
        return key

    def _ledger(self, export: ExportReader, manifest: Manifest, log: LogAudit) -> int | None:
        """How many could vote; None if the ledger cannot be read."""
        ledger = LedgerAudit(export, self._findings, manifest.hash, log.amendments.rolls)
        ledger.run()
        if self._findings.failed("ledger"):
            return None
        counts = f"{log.ballots} ballots, {ledger.issued} credentials, {ledger.voters} voters"
        if not log.ballots <= ledger.issued <= ledger.voters:
            self._findings.fail("turnout", f"too many: {counts}")
        if closing := log.closing:
            if ledger.digest.digest() != closing.ledger_sha256:
                self._findings.fail("ledger", "not the ledger whose hash is in the closing leaf")
            self._findings.complete("ledger", f"{ledger.lines} lines, each tag once")
            if (closing.ballots, closing.issued) != (log.ballots, ledger.issued):
                told = f"the closing leaf tells of {closing.ballots} ballots and {closing.issued} credentials"
                self._findings.fail("turnout", f"{told}, and there are {counts}")
            self._findings.complete("turnout", counts)
        if self._kept.issuances:
            audit_issuances(export, self._findings, manifest, self._kept.issuances)
        return ledger.voters

    def _door(self, export: ExportReader, manifest: Manifest, log: LogAudit) -> None:
        try:
            door = Door.open(export.read(export_files.DOOR, NOTE).decode(), manifest)
        except (DoorError, UnicodeDecodeError) as error:
            self._findings.fail("door", str(error))
            return
        if closing := log.closing:
            told = f"{door.ballots} ballots and {door.issued} credentials"
            if door != Door(closing.closed_at, closing.ballots, closing.issued):
                self._findings.fail("door", f"it tells of {told}, and the closing leaf of others, or of another time")
            self._findings.complete("door", f"{told}, signed at the close")

    def _result(
        self,
        export: ExportReader,
        manifest: Manifest,
        election_key: bytes,
        checkpoint: Checkpoint,
        log: LogAudit,
        voters: int | None,
    ) -> None:
        recounted = count_election(
            manifest,
            election_key,
            checkpoint.root,
            log.plaintexts,
            log.spoilt,
            log.amendments.withdrawn,
            voters=voters or 0,
        )
        published = export.read(export_files.RESULT, RESULT)
        try:
            told = canonical.loads(published)
        except canonical.CanonicalError as error:
            raise self._findings.stop("result", str(error)) from None
        spoilt = [ballot.model_dump(mode="json") for ballot in recounted.spoilt]
        listed = told.get("spoilt", False) if isinstance(told, dict) else False
        if canonical.dumps(listed) != canonical.dumps(spoilt):  # as bytes: in Python, true equals 1
            self._findings.fail("spoilt", f"not the {len(spoilt)} ballots that cannot be counted")
        self._findings.complete("spoilt", f"{len(spoilt)} ballots, each listed with its reason")
        if voters is None and any(contest.needs_voters for contest in manifest.contests):
            return
        if recounted.encode() != published:
            self._findings.fail("result", "counting again gives another result")
        self._findings.complete("result", f"{recounted.counted} ballots, SHA-256 {sha256(published).hexdigest()}")
