"""A roll that was amended while voting ran, its ledger, and what an operator may do to both."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from weakref import WeakKeyDictionary

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision, commitment
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


def amendments(forger: Forger, lines: Sequence[LedgerLine], newest: int = 4) -> Amendments:
    return [stated(forger, lines, number, OPENS + timedelta(minutes=number)) for number in range(1, newest + 1)]


def changed(lines: Lines, tag: bytes, **changes: object) -> Lines:
    return [line._replace(**changes) if line.tag == tag else line for line in lines]


def restated(stated: Amendments, number: int, **changes: object) -> Amendments:
    """With another roll in the amendment of this number, from 1."""
    roll = stated[number - 1].roll.model_copy(update=changes)
    return [*stated[: number - 1], stated[number - 1].model_copy(update={"roll": roll}), *stated[number:]]


def moved(stated: Amendments, number: int, at: datetime) -> Amendments:
    return [*stated[: number - 1], stated[number - 1].model_copy(update={"at": at}), *stated[number:]]


Doctor = Callable[[Forger, Lines, Amendments], tuple[Lines, Amendments]]
"""What becomes of the ledger's lines and of the amendments in the log."""

LEDGERS: dict[str, tuple[str, str, Doctor]] = {
    "a former voter was dropped for another": (
        *("rolls", "revision 1"),
        lambda f, lines, told: (
            lines,
            amendments(f, [line._replace(tag=hashed(7_000)) if line.tag == f.tags[6] else line for line in lines]),
        ),
    ),
    "former voters were dropped, and the ledger follows the last roll": (
        *("rolls", "revision 0"),
        lambda f, lines, told: dropped(f, lines),
    ),
    "a voter came earlier than was stated": (
        *("rolls", "revision 0"),
        lambda f, lines, told: (changed(lines, NEW, added=0), told),
    ),
    "a voter came later than was stated": (
        *("rolls", "revision 1"),
        lambda f, lines, told: (changed(lines, NEW, added=2), told),
    ),
    "a line was added that no roll has": (
        *("rolls", "revision 4"),
        lambda f, lines, told: ([*lines, LedgerLine(hashed(7_000), 4)], told),
    ),
    "a line is of a revision that there is not": (
        *("ledger", "line "),
        lambda f, lines, told: (changed(lines, NEW, added=5), told),
    ),
    "a line ended in a revision that there is not": (
        *("ledger", "line "),
        lambda f, lines, told: (changed(lines, f.tags[0], ended=5), told),
    ),
    "a right ended that was never asked to": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, f.tags[7], ended=2), told),
    ),
    "a right with a credential ended that was never asked to": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, f.tags[4], ended=2), told),
    ),
    "a right ended in another revision than was asked for": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, f.tags[0], ended=1), told),
    ),
    "another right ended than was asked for": (
        *("endings", "line "),
        lambda f, lines, told: (changed(changed(lines, f.tags[0], ended=0), f.tags[6], ended=2), told),
    ),
    "a right that was asked to end is not named": (
        *("endings", "revision 2"),
        lambda f, lines, told: (changed(lines, f.tags[0], ended=0), told),
    ),
    "a right ended before it was there": (
        *("endings", "line "),
        lambda f, lines, told: together(f, changed(changed(lines, NEW, ended=1), NEW, added=1)),
    ),
    "both lines of a corrected address are filled": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, TOO_LATE, blinded_sha256=used(9)), told),
    ),
    "the first and the last line of a chain are filled": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, f.tags[2], blinded_sha256=used(9)), told),
    ),
    "a corrected line no longer says whose it was": (
        *("endings", "line "),
        lambda f, lines, told: (
            changed(changed(lines, TOO_LATE, blinded_sha256=used(9)), TOO_LATE, replaces=b""),
            told,
        ),
    ),
    "a corrected line replaces another one": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, TOO_LATE, replaces=f.tags[0]), told),
    ),
    "a line replaces one that is not there": (
        *("endings", "line "),
        lambda f, lines, told: (changed(lines, TOO_LATE, replaces=hashed(7_000)), told),
    ),
    "two lines replace the same one": (
        *("endings", "line "),
        lambda f, lines, told: together(f, changed(changed(lines, TOO_LATE, replaces=f.tags[2]), f.tags[3], ended=0)),
    ),
    "two lines replace each other": (
        *("endings", "line "),
        lambda f, lines, told: together(
            f,
            changed(changed(lines, CORRECTED, ended=3, replaces=TOO_LATE), TOO_LATE, ended=3, replaces=CORRECTED),
        ),
    ),
    "an amendment commits to a right that there is not": (
        *("endings", "revision 2"),
        lambda f, lines, told: (lines, restated(told, 2, ended=tuple(sorted([*told[1].roll.ended, bytes(32)])))),
    ),
    "a size is not that of the root": (
        *("rolls", "revision 3"),
        lambda f, lines, told: (lines, restated(told, 3, roll_size=12)),
    ),
    "a root is not that of the size": (
        *("rolls", "revision 2"),
        lambda f, lines, told: (lines, restated(told, 2, roll_root=bytes(32))),
    ),
    "an amendment is missing": ("leaves", "leaf 2", lambda f, lines, told: (lines, [told[0], *told[2:]])),
    "an amendment is there twice": ("leaves", "leaf 2", lambda f, lines, told: (lines, [told[0], *told])),
    "two amendments are exchanged": (
        *("leaves", "leaf 1"),
        lambda f, lines, told: (lines, [told[1], told[0], *told[2:]]),
    ),
    "a roll shrank": ("leaves", "leaf 2", lambda f, lines, told: (lines, restated(told, 2, roll_size=8))),
    "an amendment changes nothing": ("leaves", "leaf 2", lambda f, lines, told: (lines, restated(told, 2, ended=()))),
    "an amendment was made at the end": ("leaves", "leaf 4", lambda f, lines, told: (lines, moved(told, 4, CLOSES))),
    "an amendment is older than the one before": (
        *("leaves", "leaf 4"),
        lambda f, lines, told: (lines, moved(told, 4, OPENS)),
    ),
}
"""By what was done: the check that finds it, and the place that its detail names."""


def dropped(forger: Forger, lines: Lines) -> tuple[Lines, Amendments]:
    """Attack 5 of protocol 1: voters of the manifest's roll are gone, and others make up the number."""
    others = [line._replace(tag=hashed(7_000 + number)) for number, line in enumerate(lines) if line.tag in forger.tags]
    kept = [line for line in lines if line.tag not in forger.tags]
    plain = [LedgerLine(line.tag, line.added, blinded_sha256=line.blinded_sha256) for line in [*others, *kept]]
    grown = [line._replace(added=min(line.added, 1)) for line in plain]
    return grown, amendments(forger, grown, newest=1)


def together(forger: Forger, lines: Lines) -> tuple[Lines, Amendments]:
    """An operator who means it from the start: the amendments state what the lines say."""
    return lines, amendments(forger, lines)


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
            roll_revision=len(leaves),
        )
    )
    return {**made, "issuance.csv": ledger.encode()}


def cast(forger: Forger) -> list[bytes]:
    """Four ballots, made once: signing takes most of the time."""
    if forger not in _CAST:
        _CAST[forger] = in_order(BallotLeaf(forger.ballot().encode()).encode() for _ in range(4))
    return _CAST[forger]


_CAST: WeakKeyDictionary[Forger, list[bytes]] = WeakKeyDictionary()
