"""What an operator, or anyone who serves an export, might do to it, by subject: each is refused by the check named."""

from collections.abc import Iterator

from vector_maker.doctored import (
    amendments,
    archives,
    closing,
    keys,
    ledgers,
    log,
    manifests,
    notes,
    results,
    rolls,
    schedules,
    trustees,
    withdrawals,
)
from vector_maker.doctored.case import Doctored

SUBJECTS = {
    "archives": archives.cases,
    "manifests": manifests.cases,
    "notes": notes.cases,
    "keys": keys.cases,
    "log": log.cases,
    "closing": closing.cases,
    "amendments": amendments.cases,
    "ledgers": ledgers.cases,
    "rolls": rolls.cases,
    "results": results.cases,
    "schedules": schedules.cases,
    "trustees": trustees.cases,
    "withdrawals": withdrawals.cases,
}


def all_cases() -> Iterator[tuple[str, list[Doctored]]]:
    """By subject."""
    for subject, cases in SUBJECTS.items():
        yield subject, list(cases())
