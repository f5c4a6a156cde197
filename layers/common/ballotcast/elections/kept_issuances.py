"""Issuance receipts that voters kept, held against the ledger that was published."""

from collections.abc import Sequence

from ballotcast.ballots import issuance
from ballotcast.ballots.issuance import IssuanceError
from ballotcast.ballots.ledger import LedgerLine
from ballotcast.ballots.manifest import Manifest
from ballotcast.elections.export_files import LEDGER, ExportReader
from ballotcast.elections.findings import Findings
from ballotcast.elections.kept import Statement

CHECK = "kept-issuances"
MEANING = "the ledger shows what every issuance receipt that was kept states"


def audit_issuances(export: ExportReader, findings: Findings, manifest: Manifest, kept: Sequence[Statement]) -> None:
    """Fail `kept-issuances` by name and reason. The ledger must have been read before."""
    stated: list[tuple[str, issuance.Issuance]] = []
    for name, note in kept:
        try:
            stated.append((name, issuance.verify(note.decode(), manifest)))
        except (IssuanceError, UnicodeDecodeError) as error:
            findings.fail(CHECK, f"{name}: not an issuance receipt of this election: {error}")
    wanted = {one.tag for _, one in stated}
    rows = export.lines(LEDGER)
    next(rows)  # the header
    lines = {line.tag: (at, line) for at, line in enumerate(map(LedgerLine.parse, rows), 2) if line.tag in wanted}
    for name, (tag, blinded_sha256) in stated:
        at, line = lines.get(tag, (0, None))
        if line is None:
            findings.fail(CHECK, f"{name}: the ledger has no line for this voter")
        elif line.blinded_sha256 != blinded_sha256:
            shows = "another credential" if line.blinded_sha256 else "no credential"
            findings.fail(CHECK, f"{name}: line {at} of the ledger shows {shows}")
    findings.complete(CHECK, f"{len(kept)} kept, each as the ledger shows it")
