"""The published result of an election.

Board    RESULT#<election> / RESULT     hashes and sizes of what lies in the bucket, and how many were issued
Bucket   elections/<election>/…         result.json, export.zip and what the count made on its way (store/blobs.py)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ballotcast.store.table import ABSENT, Refusal, Table

RESULT = "RESULT"


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

    def counted(self, elections: Iterable[str]) -> set[str]:
        """Those of the elections whose result is published."""
        keys = [(result_pk(election), RESULT) for election in elections]
        return {str(item["election"]) for item in self._board.get_many(keys).values()} if keys else set()

    def find(self, election: str) -> Published | None:
        item = self._board.get(result_pk(election), RESULT)
        return _from_item(item) if item else None


def _from_item(item: dict[str, object]) -> Published:
    return Published(**{name: item[name] for name in Published.__dataclass_fields__})  # type: ignore[arg-type]
