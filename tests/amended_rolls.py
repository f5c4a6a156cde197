"""A roll that was amended while voting ran, its ledger, and what an operator may do to both."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from weakref import WeakKeyDictionary

from ballotcast.ballots.amendment import LATEST, AmendmentLeaf, RollRevision, Schedule, commitment
from ballotcast.ballots.leaf import BallotLeaf, ManifestLeaf
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.roll import roll_root
from forged_export import CLOSES, OPENS, Forger, in_order

Lines = list[LedgerLine]
Amendments = list[AmendmentLeaf]


def hashed(number: int) -> bytes:
    return sha256(number.to_bytes(4)).digest()


def used(number: int) -> bytes:
    return sha256(number.to_bytes(4, "little")).digest()


NEW, CORRECTED, TOO_LATE, AGAIN, ONCE_MORE = map(hashed, range(100, 105))


def history(forger: Forger) -> Lines:
    """Of eight voters three have voted, two of them before they were to be taken off or to get another address."""
    zero, one, two, three, four, *others = forger.tags
    return [
        LedgerLine(zero, ended=2),
        LedgerLine(one, ended=2, blinded_sha256=used(1)),
        LedgerLine(two, ended=3),
        LedgerLine(CORRECTED, 3, ended=4, replaces=two),
        LedgerLine(AGAIN, 4, replaces=CORRECTED, blinded_sha256=used(2)),
        LedgerLine(three, ended=3, blinded_sha256=used(3)),
        LedgerLine(TOO_LATE, 3, ended=4, replaces=three),
        LedgerLine(ONCE_MORE, 4, replaces=TOO_LATE),
        LedgerLine(four, blinded_sha256=used(4)),
        LedgerLine(NEW, 1),
        *map(LedgerLine, others),
    ]


def stated(forger: Forger, lines: Sequence[LedgerLine], revision: int, at: datetime) -> AmendmentLeaf:
    """What an honest operator states of these lines."""
    tags = [line.tag for line in lines if line.added <= revision]
    after = {line.replaces: line.tag for line in lines}
    ended = [
        commitment(forger.manifest.hash, revision, line.tag, after.get(line.tag, b""))
        for line in lines
        if line.ended == revision
    ]
    roll = RollRevision(revision=revision, roll_root=roll_root(tags), roll_size=len(tags), ended=tuple(sorted(ended)))
    return AmendmentLeaf(at=at, reason="As was asked for", roll=roll)


LATER = CLOSES + timedelta(hours=1)


def extended(stated: Amendments, closes_at: datetime, at: datetime | None = None) -> AmendmentLeaf:
    """A later end, made at the time of the last amendment."""
    return AmendmentLeaf(at=at or stated[-1].at, reason="The hall is locked", schedule=Schedule(closes_at=closes_at))


def amendments(forger: Forger, lines: Sequence[LedgerLine], newest: int = 4) -> Amendments:
    return [stated(forger, lines, number, OPENS + timedelta(minutes=number)) for number in range(1, newest + 1)]


def changed(lines: Lines, tag: bytes, **changes: object) -> Lines:
    return [line._replace(**changes) if line.tag == tag else line for line in lines]


def ended_in(amendment: AmendmentLeaf) -> tuple[bytes, ...]:
    return amendment.roll.ended if amendment.roll else ()


def restated(stated: Amendments, number: int, **changes: object) -> Amendments:
    """With another roll in the amendment of this number, from 1."""
    before = stated[number - 1].roll
    assert before
    roll = before.model_copy(update=changes)
    return [*stated[: number - 1], stated[number - 1].model_copy(update={"roll": roll}), *stated[number:]]


def moved(stated: Amendments, number: int, at: datetime) -> Amendments:
    return [*stated[: number - 1], stated[number - 1].model_copy(update={"at": at}), *stated[number:]]


EXTENSIONS: dict[str, tuple[str, Callable[[Amendments], Amendments]]] = {
    "to an earlier time": ("leaf 5", lambda told: [*told, extended(told, CLOSES - timedelta(minutes=1))]),
    "to where it is": ("leaf 5", lambda told: [*told, extended(told, CLOSES)]),
    "too far": ("leaf 5", lambda told: [*told, extended(told, CLOSES + LATEST + timedelta(seconds=1))]),
    "back again": ("leaf 6", lambda told: [*told, extended(told, LATER), extended(told, LATER - timedelta(minutes=1))]),
    "when it had passed": ("leaf 5", lambda told: [*told, extended(told, LATER, at=CLOSES)]),
    "when the later one had passed": (
        *("leaf 6",),
        lambda told: [*told, extended(told, LATER), extended(told, LATER + timedelta(hours=1), at=LATER)],
    ),
}
"""Where an end was moved: the leaf that verifiers name, and the amendments in the log."""


def dropped(forger: Forger, lines: Lines) -> tuple[Lines, Amendments]:
    """Attack 5 of protocol 1: voters of the manifest's roll are gone, and others make up the number."""
    others = [line._replace(tag=hashed(7_000 + number)) for number, line in enumerate(lines) if line.tag in forger.tags]
    kept = [line for line in lines if line.tag not in forger.tags]
    plain = [LedgerLine(line.tag, line.added, blinded_sha256=line.blinded_sha256) for line in [*others, *kept]]
    grown = [line._replace(added=min(line.added, 1)) for line in plain]
    return grown, amendments(forger, grown, newest=1)


def files(
    forger: Forger, lines: Sequence[LedgerLine], stated: Sequence[AmendmentLeaf], closed_at: datetime = CLOSES
) -> dict[str, bytes]:
    """An export with as many ballots as credentials, that fits together but for what the lines and leaves say."""
    ledger = Ledger(lines)
    leaves = [amendment.encode() for amendment in stated]
    entries = [ManifestLeaf(forger.manifest.hash).encode(), *leaves, *cast(forger)]
    made = forger.files(
        forger.closed(
            entries,
            closed_at=closed_at,
            issued=ledger.issued,
            ledger_sha256=sha256(ledger.encode()).digest(),
            roll_revision=sum(1 for amendment in stated if amendment.roll),
        )
    )
    return {**made, "issuance.csv": ledger.encode()}


def grown(size: int) -> bytes:
    """The leaf of an amendment by which the roll has so many voters, who are nobody in particular."""
    tags = [bytes([number]) * 32 for number in range(size)]
    roll = RollRevision(revision=1, roll_size=size, roll_root=roll_root(tags))
    return AmendmentLeaf(at=OPENS, reason="Voters were added", roll=roll).encode()


def cast(forger: Forger) -> list[bytes]:
    """Four ballots, made once: signing takes most of the time."""
    if forger not in _CAST:
        _CAST[forger] = in_order(BallotLeaf(forger.ballot().encode()).encode() for _ in range(4))
    return _CAST[forger]


_CAST: WeakKeyDictionary[Forger, list[bytes]] = WeakKeyDictionary()
