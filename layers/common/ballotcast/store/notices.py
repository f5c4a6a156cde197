"""What an organiser says in addition to the manifest while an election runs: notices, and changes of the description.

Board   MANIFEST#<election> / NOTICE#<number>    numbered from 1, written once and never changed
Board   MANIFEST#<election> / FACE               who asks for the votes, as the mails name them; the newest only

One is written in the transaction that counts it on `ELECTION#` (store/elections.py), so their numbers have no gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ballotcast.store.manifests import manifest_pk
from ballotcast.store.table import ABSENT, Item, Table, TransactItem

PREFIX, FACE = "NOTICE#", "FACE"
Kind = Literal["notice", "description"]


@dataclass(frozen=True)
class Notice:
    """`at`: RFC 3339. `text`: what is said from then on; empty: nothing any more.

    `replaces`: of a notice the number of the one that it corrects, or 0. `before`: the description that this one
    replaced.
    """

    number: int
    at: str
    kind: Kind
    text: str
    replaces: int = 0
    before: str = ""

    def says(self, other: "Notice") -> bool:
        """Whether both say the same, whenever it was."""
        return (self.kind, self.text, self.replaces) == (other.kind, other.text, other.replaces)


@dataclass(frozen=True)
class Face:
    """`logo`: the picture's name (mails/logo.py). Both may be empty."""

    organisation: str = ""
    logo: str = ""


def notice_sk(number: int) -> str:
    return f"{PREFIX}{number:06d}"


class Notices:
    def __init__(self, board: Table) -> None:
        self._board = board

    def adding(self, election: str, notice: Notice) -> TransactItem:
        """For the transaction that also counts it."""
        item: Item = {"pk": manifest_pk(election), "sk": notice_sk(notice.number), **vars(notice)}
        return self._board.putting(item, ABSENT)

    def find(self, election: str, number: int) -> Notice | None:
        item = self._board.get(manifest_pk(election), notice_sk(number))
        return _from_item(item) if item else None

    def showing(self, election: str, mail: Mapping[str, str]) -> list[TransactItem]:
        """For the transaction that freezes the election, or chooses what its mails say afterwards."""
        face = Face(mail.get("organisation", ""), mail.get("logo", ""))
        return [self._board.putting({"pk": manifest_pk(election), "sk": FACE, **vars(face)})]

    def face(self, election: str) -> Face:
        item = self._board.get(manifest_pk(election), FACE) or {}
        return Face(item.get("organisation", ""), item.get("logo", ""))

    def all(self, election: str) -> list[Notice]:
        """Oldest first; as few as organise.noticing lets there be."""
        return [_from_item(item) for item in self._board.query(manifest_pk(election), prefix=PREFIX)]


def _from_item(item: Item) -> Notice:
    return Notice(**{name: item[name] for name in Notice.__dataclass_fields__})
