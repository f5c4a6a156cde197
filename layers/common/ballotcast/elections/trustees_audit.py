"""The part of an export that elections with trustees have: who made the key, who agreed to open it, by which shares."""

from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.named_trustees import NamedTrustee
from ballotcast.crypto import p256
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.elections import export_files
from ballotcast.elections.export_files import ExportReader
from ballotcast.elections.findings import Findings
from ballotcast.trustees.agreement import require_agreements
from ballotcast.trustees.confirmation import require_confirmations
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.record import MAX_LENGTH, CeremonyRecord, OpeningRecord
from ballotcast.trustees.release import open_election
from ballotcast.trustees.transcript import Transcript

CHECKS = {
    "ceremony": "the trustees whom the manifest names made the key together, and all signed this manifest",
    "agreement": "enough trustees agreed to open the ballots of this log's end",
    "shares": "enough trustees released their shares, and these make the published key",
}


def audit_trustees(
    export: ExportReader,
    findings: Findings,
    manifest: Manifest,
    checkpoint: Checkpoint,
    election_key: p256.PrivateKey | None,
) -> None:
    """A detail names the trustee whose message is wrong. election_key: as published, None if that cannot be read."""
    transcript = _audit_ceremony(export, findings, manifest)
    if transcript is None:
        return
    try:
        opening = OpeningRecord.parse(export.read(export_files.OPENING, MAX_LENGTH))
    except CeremonyError as error:
        findings.fail("agreement", str(error))
        return
    try:
        require_agreements(transcript, manifest.hash, checkpoint, opening.agreements)
        findings.complete("agreement", _number(len(opening.agreements), transcript))
    except CeremonyError as error:
        findings.fail("agreement", str(error))
    try:
        key = open_election(transcript, manifest.hash, checkpoint, opening.releases)
    except CeremonyError as error:
        findings.fail("shares", str(error))
        return
    if election_key and p256.scalar(election_key) == key:
        findings.complete("shares", _number(len(opening.releases), transcript))
    elif election_key:
        findings.fail("shares", "the shares make another key than the published one")


def _audit_ceremony(export: ExportReader, findings: Findings, manifest: Manifest) -> Transcript | None:
    """The transcript, if it is the one that the manifest names and is right."""
    try:
        record = CeremonyRecord.parse(export.read(export_files.CEREMONY, MAX_LENGTH))
        transcript = Transcript(record.setup, record.joins, record.deals)
        fault = difference(transcript, manifest)
        if fault:
            findings.fail("ceremony", fault)
            return None
        require_confirmations(transcript, manifest.hash, record.confirmations)
    except CeremonyError as error:
        findings.fail("ceremony", str(error))
        return None
    findings.complete("ceremony", f"{manifest.n} trustees, fingerprint {transcript.hash.hex()}")
    return transcript


def difference(transcript: Transcript, manifest: Manifest) -> str:
    """In what the manifest is of another ceremony; empty if it is not."""
    setup, named = transcript.setup, manifest.trustees
    if named is None or setup.election != manifest.election:
        return "the ceremony was held for another election"
    if setup.t != manifest.t:
        return f"the ceremony was held for {setup.t} trustees who open the ballots, and the manifest names {manifest.t}"
    made_by = tuple(
        NamedTrustee(name=name, signing_key=join.signing_key)
        for name, join in zip(setup.trustees, transcript.joins, strict=True)
    )
    for index, (one, other) in enumerate(zip(made_by, named.people, strict=False), 1):
        if one != other:
            return f"trustee {index}: the manifest names another person or key"
    if len(made_by) != len(named.people) or transcript.hash != named.transcript:
        return "the manifest names another ceremony"
    if transcript.election_key != manifest.election_pk:
        return "the ceremony made another key than the one that ballots were sealed to"
    return ""


def _number(given: int, transcript: Transcript) -> str:
    return f"{given} of {transcript.setup.n} trustees, where {transcript.setup.t} are enough"
