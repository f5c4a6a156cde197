"""Amendments: public like the manifest that they amend, numbered from 1, written once and never changed.

Board   MANIFEST#<election> / AMENDMENT#<number>    e = the leaf's exact bytes

One is written in the transaction that counts it on `ELECTION#` (store/elections.py), so their numbers have no gap. The
log takes them in order from here, however late or often it is told that there is one.
"""

from collections.abc import Iterator
from itertools import count

from ballotcast.store.manifests import manifest_pk
from ballotcast.store.table import ABSENT, Table, TransactItem


def amendment_sk(number: int) -> str:
    return f"AMENDMENT#{number:06d}"


class Amendments:
    def __init__(self, board: Table) -> None:
        self._board = board

    def adding(self, election: str, number: int, entry: bytes) -> TransactItem:
        """For the transaction that also counts it."""
        return self._board.putting({"pk": manifest_pk(election), "sk": amendment_sk(number), "e": entry}, ABSENT)

    def behind(self, election: str, number: int) -> Iterator[bytes]:
        """Yield the leaves of all later amendments, in order, strongly consistent; a read for each, and one more."""
        for following in count(number + 1):
            item = self._board.get(manifest_pk(election), amendment_sk(following))
            if item is None:
                return
            yield item["e"]
