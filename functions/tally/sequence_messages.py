"""The messages of the queue `sequence`, as store/queues.py writes them."""

from dataclasses import dataclass
from typing import Any

from ballotcast.ballots.leaf import AmendmentLeaf
from ballotcast.batches import Unreadable, read_object, reading
from ballotcast.store.log import HASH


@dataclass(frozen=True)
class SequenceMessage:
    election: str
    leaf_hashes: tuple[bytes, ...]
    roll: AmendmentLeaf | None


def read_message(body: object) -> SequenceMessage:
    """Unreadable unless it is a message of ours: nothing else may reach the log."""
    content = read_object(body)
    with reading():
        election, leaves, amendment = content["election"], content.get("leaves"), content.get("amendment")
        if not isinstance(election, str) or not election:
            raise Unreadable("it names no election")
        if leaves is None and amendment is None:
            raise Unreadable("neither leaves nor an amendment")
        hashes = tuple(map(_leaf_hash, leaves or ()))
        return SequenceMessage(election, hashes, read_roll(amendment) if amendment is not None else None)


def read_roll(stated: dict[str, Any]) -> AmendmentLeaf:
    """`{roll_size, roll_root: hex}`"""
    return AmendmentLeaf(roll_size=stated["roll_size"], roll_root=bytes.fromhex(stated["roll_root"]))


def _leaf_hash(text: str) -> bytes:
    leaf_hash = bytes.fromhex(text)
    if len(leaf_hash) != HASH:
        raise Unreadable("not a leaf hash")
    return leaf_hash
