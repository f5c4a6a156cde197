"""The published result of an election.

Board    RESULT#<election> / RESULT     hashes and sizes of what lies in the bucket, and how many were issued; held:
                                        nobody sees it before the next row is there
Board    STATE#<election> / RELEASE     when a held result was released, and what its announcement needs
Bucket   elections/<election>/…         result.json, export.zip and what the count made on its way (store/blobs.py)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ballotcast.store.manifests import state_pk
from ballotcast.store.table import ABSENT, Refusal, Table, TransactItem

RESULT = "RESULT"
RELEASE = "RELEASE"


def result_pk(election: str) -> str:
    return f"RESULT#{election}"


@dataclass(frozen=True)
class Published:
    election: str
    result_sha256: str
    export_sha256: str
    export_size: int
    roll: int
    issued: int
    cast: int
    counted_at: str | None = None
    """RFC 3339; None: it was counted by a release that did not keep the time."""
    held: bool = False


class Results:
    def __init__(self, board: Table) -> None:
        self._board = board

    def publish(self, published: Published) -> Published:
        """Once. Counting again publishes nothing new: what stands there is answered."""
        item = {"pk": result_pk(published.election), "sk": RESULT, **vars(published)}
        try:
            self._board.put(item, ABSENT)
        except Refusal as refused:
            return _from_item(refused.item)
        return published

    def counted(self, elections: Iterable[str]) -> dict[str, str | None]:
        """Of the elections that are counted: since when the result is held (RFC 3339); None once it is published."""
        keys = [(result_pk(election), RESULT) for election in elections]
        rows = [_from_item(item) for item in self._board.get_many(keys).values()]
        held = [(state_pk(row.election), RELEASE) for row in rows if row.held]
        released = {str(item["election"]) for item in self._board.get_many(held).values()}
        return {row.election: row.counted_at if row.held and row.election not in released else None for row in rows}

    def released_at(self, election: str) -> str | None:
        """When a held result was released; None: it was not, or never held."""
        item = self._board.get(state_pk(election), RELEASE)
        return str(item["released_at"]) if item else None

    def releasing(self, published: Published, released_at: str) -> TransactItem:
        """For the transaction that also adds its event; refused if it is released."""
        told = {name: getattr(published, name) for name in ("election", "result_sha256", "issued", "cast")}
        item = {"pk": state_pk(published.election), "sk": RELEASE, "released_at": released_at, **told}
        return self._board.putting(item, ABSENT)

    def find(self, election: str) -> Published | None:
        item = self._board.get(result_pk(election), RESULT)
        return _from_item(item) if item else None


def _from_item(item: dict[str, object]) -> Published:
    return Published(**{name: item[name] for name in Published.__dataclass_fields__ if name in item})  # type: ignore[arg-type]
