"""What people kept of an election while it lasted, told apart by kind, to hold it against the export.

Every kind is a signed note (crypto/signed_note.py) whose first line names it; that of a checkpoint is the log's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

_KINDS = {
    "ballotcast/door/1": "doors",
    "ballotcast/turnout/1": "turnouts",
    "ballotcast/receipt/1": "receipts",
    "ballotcast/issuance/1": "issuances",
}


class NotKept(ValueError):
    """Something that is not a signed statement of any kind. The message has its name."""


class Statement(NamedTuple):
    """name: where it comes from, for people to find it by. note: a signed note, as it was kept."""

    name: str
    note: bytes


@dataclass(frozen=True)
class Kept:
    """All that was kept, by kind."""

    checkpoints: list[Statement] = field(default_factory=list)
    doors: list[Statement] = field(default_factory=list)
    turnouts: list[Statement] = field(default_factory=list)
    receipts: list[Statement] = field(default_factory=list)
    issuances: list[Statement] = field(default_factory=list)

    @classmethod
    def sort(cls, statements: Iterable[Statement]) -> Self:
        """Return each under its kind. Raises NotKept for one that says of no kind that it is it; whether it is true is
        seen later.
        """
        kept = cls()
        for statement in statements:
            getattr(kept, _kind(statement)).append(statement)
        return kept


def _kind(statement: Statement) -> str:
    first = statement.note.partition(b"\n")[0].decode(errors="replace")
    if kind := _KINDS.get(first):
        return kind
    if first.startswith("ballotcast/") or "\n\n— ".encode() not in statement.note:
        raise NotKept(
            f"{statement.name} is none of: checkpoint, door statement, turnout statement, receipt, issuance receipt"
        )
    return "checkpoints"
