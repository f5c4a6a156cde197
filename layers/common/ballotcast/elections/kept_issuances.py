"""Issuance receipts that voters kept, held against the ledger that was published."""

from collections.abc import Sequence

from ballotcast.ballots import issuance
from ballotcast.ballots.issuance import IssuanceError
from ballotcast.ballots.ledger import LedgerLine
from ballotcast.ballots.manifest import Manifest
from ballotcast.elections.export_files import LEDGER, ExportReader
from ballotcast.elections.findings import Findings

CHECK = "kept-issuances"
MEANING = "the ledger shows what every issuance receipt that was kept states"


def audit_issuances(export: ExportReader, findings: Findings, manifest: Manifest, kept: Sequence[bytes]) -> None:
    """Fail `kept-issuances` by number (from 1) and reason. The ledger must have been read before."""
    stated: dict[int, issuance.Issuance] = {}
    for number, note in enumerate(kept, 1):
        try:
            stated[number] = issuance.verify(note.decode(), manifest)
        except (IssuanceError, UnicodeDecodeError) as error:
            findings.fail(CHECK, f"receipt {number}: not an issuance receipt of this election: {error}")
    wanted = {one.tag for one in stated.values()}
    rows = export.lines(LEDGER)
    next(rows)  # the header
    lines = {line.tag: (at, line) for at, line in enumerate(map(LedgerLine.parse, rows), 2) if line.tag in wanted}
    for number, (tag, blinded_sha256) in stated.items():
        at, line = lines.get(tag, (0, None))
        if line is None:
            findings.fail(CHECK, f"receipt {number}: the ledger has no line for this voter")
        elif line.blinded_sha256 != blinded_sha256:
            shows = "another credential" if line.blinded_sha256 else "no credential"
            findings.fail(CHECK, f"receipt {number}: line {at} of the ledger shows {shows}")
    findings.complete(CHECK, f"{len(kept)} kept, each as the ledger shows it")
