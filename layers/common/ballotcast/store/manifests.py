"""What an election's public side starts from: the frozen manifest, and the wrapped keys its functions need.

Board   MANIFEST#<election> / MANIFEST    b = the exact bytes; the wrapped keys that vote, sequencer and count use
Board   MANIFEST#<election> / CEREMONY    b = ceremony.json, the trustees' confirmations with it; only if it has any
Board   STATE#<election> / STATE          closed_at: the marker of an early close; closes_at: a later end than the
                                          manifest's, by an amendment; absent without either
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table, TransactItem

MANIFEST = "MANIFEST"
CEREMONY = "CEREMONY"
STATE = "STATE"


def manifest_pk(election: str) -> str:
    return f"MANIFEST#{election}"


def state_pk(election: str) -> str:
    return f"STATE#{election}"


class State(NamedTuple):
    """What the manifest does not say of an election's end, RFC 3339. closes_at: the later end that is in force.

    closed_at: when an early close was ordered.
    """

    closes_at: str | None = None
    closed_at: str | None = None


@dataclass(frozen=True)
class FrozenManifest:
    election: str
    manifest: bytes
    receipt_key: bytes = field(repr=False)
    log_key: bytes = field(repr=False)
    election_key: bytes | None = field(default=None, repr=False)
    """None: its trustees make it together."""


def to_item(frozen: FrozenManifest) -> Item:
    item: Item = {
        "pk": manifest_pk(frozen.election),
        "sk": MANIFEST,
        "b": frozen.manifest,
        "receipt_key": frozen.receipt_key,
        "log_key": frozen.log_key,
    }
    return item | ({"election_key": frozen.election_key} if frozen.election_key else {})


def from_item(item: Item) -> FrozenManifest:
    return FrozenManifest(
        election=item["pk"].partition("#")[2],
        manifest=item["b"],
        receipt_key=item["receipt_key"],
        log_key=item["log_key"],
        election_key=item.get("election_key"),
    )


class Manifests:
    def __init__(self, board: Table) -> None:
        self._board = board

    def publish(self, frozen: FrozenManifest) -> None:
        """Once; publishing the same again is harmless. Raises ValueError if another manifest stands there."""
        self._publish(to_item(frozen))

    def publish_ceremony(self, election: str, ceremony: bytes) -> None:
        """What trustees have made and confirmed, before the manifest that names them. Once, as `publish`."""
        self._publish({"pk": manifest_pk(election), "sk": CEREMONY, "b": ceremony})

    def _publish(self, item: Item) -> None:
        try:
            self._board.put(item, ABSENT)
        except Refusal as refused:
            if refused.item["b"] != item["b"]:
                raise ValueError(f"{item['pk']} has another {item['sk'].lower()}") from None

    def ceremony(self, election: str) -> bytes | None:
        """Return ceremony.json; None if the election has no trustees."""
        item = self._board.get(manifest_pk(election), CEREMONY)
        return item["b"] if item else None

    def find(self, election: str) -> FrozenManifest | None:
        item = self._board.get(manifest_pk(election), MANIFEST)
        return from_item(item) if item else None

    def state(self, election: str) -> State:
        return state_of(self._board.get(state_pk(election), STATE))

    def closing(self, election: str, closed_at: str, closes_at: str | None = None) -> TransactItem:
        """Return the public side of an early close, for the transaction that also marks the roll's side.

        closes_at: the end in force, where it is not the manifest's.
        """
        return self._stating(election, State(closes_at, closed_at))

    def extending(self, election: str, closes_at: str) -> TransactItem:
        """Return the public side of a later end, for the transaction that also states it.

        Raises Refused after an early close.
        """
        return self._stating(election, State(closes_at))

    def _stating(self, election: str, state: State) -> TransactItem:
        item: Item = {"pk": state_pk(election), "sk": STATE}
        item |= {name: value for name, value in state._asdict().items() if value}
        return self._board.putting(item, Condition("attribute_not_exists(closed_at)", {}))


def state_of(item: Item | None) -> State:
    """Return the row `STATE` as it was read; None: there is none."""
    return State(**{name: item[name] for name in State._fields if name in item}) if item else State()
