"""Rolls that were amended and the ledger do not fit each other, made by an operator who holds every key."""

from collections.abc import Callable, Iterator

from amended_rolls import (
    CORRECTED,
    NEW,
    TOO_LATE,
    Amendments,
    Lines,
    amendments,
    changed,
    dropped,
    files,
    hashed,
    moved,
    restated,
    used,
)
from ballotcast.ballots.ledger import LedgerLine
from forged_export import CLOSES, OPENS, Forger
from vector_maker.bases import amended
from vector_maker.doctored.case import Doctored

Doctor = Callable[[Forger, Lines, Amendments], tuple[Lines, Amendments]]
"""What becomes of the ledger's lines and of the amendments in the log."""

WAYS: dict[str, tuple[str, str, Doctor]] = {
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


def together(forger: Forger, lines: Lines) -> tuple[Lines, Amendments]:
    """An operator who means it from the start: the amendments state what the lines say."""
    return lines, amendments(forger, lines)


def cases() -> Iterator[Doctored]:
    base = amended()
    for what, (check, place, doctor) in WAYS.items():
        lines, stated = doctor(base.forger, base.lines, base.amendments)
        assert (lines, stated) != (base.lines, base.amendments), what
        yield Doctored(what, base.name, check, files(base.forger, lines, stated), place=place.strip())
