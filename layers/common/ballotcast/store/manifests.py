"""What an election's public side starts from: the frozen manifest, and the wrapped keys its functions need.

Board   MANIFEST#<election> / MANIFEST    b = the exact bytes; the wrapped keys that vote, sequencer and count use
Board   STATE#<election> / STATE          closed_at: the marker of an early close; absent otherwise
"""

from dataclasses import dataclass, field
from typing import Any

from ballotcast.store.table import ABSENT, Item, Refusal, Table

MANIFEST = "MANIFEST"
STATE = "STATE"


def manifest_pk(election: str) -> str:
    return f"MANIFEST#{election}"


def state_pk(election: str) -> str:
    return f"STATE#{election}"


@dataclass(frozen=True)
class FrozenManifest:
    election: str
    manifest: bytes
    receipt_key: bytes = field(repr=False)
    log_key: bytes = field(repr=False)
    election_key: bytes = field(repr=False)


def to_item(frozen: FrozenManifest) -> Item:
    return {
        "pk": manifest_pk(frozen.election),
        "sk": MANIFEST,
        "b": frozen.manifest,
        "receipt_key": frozen.receipt_key,
        "log_key": frozen.log_key,
        "election_key": frozen.election_key,
    }


def from_item(item: Item) -> FrozenManifest:
    return FrozenManifest(
        election=item["pk"].partition("#")[2],
        manifest=item["b"],
        receipt_key=item["receipt_key"],
        log_key=item["log_key"],
        election_key=item["election_key"],
    )


class Manifests:
    def __init__(self, board: Table) -> None:
        self._board = board

    def publish(self, frozen: FrozenManifest) -> None:
        """Once; publishing the same again is harmless. ValueError if another manifest stands there."""
        try:
            self._board.put(to_item(frozen), ABSENT)
        except Refusal as refused:
            if refused.item["b"] != frozen.manifest:
                raise ValueError(f"election {frozen.election} has another manifest") from None

    def find(self, election: str) -> FrozenManifest | None:
        item = self._board.get(manifest_pk(election), MANIFEST)
        return from_item(item) if item else None

    def closed_at(self, election: str) -> str | None:
        """When an early close was ordered (RFC 3339); None if none was."""
        item = self._board.get(state_pk(election), STATE)
        return item["closed_at"] if item else None

    def closing(self, election: str, closed_at: str) -> dict[str, Any]:
        """The public side of an early close, for the transaction that also marks the roll's side."""
        return self._board.putting({"pk": state_pk(election), "sk": STATE, "closed_at": closed_at}, ABSENT)
