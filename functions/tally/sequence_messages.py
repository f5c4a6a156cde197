"""The messages of the queue `sequence`, as store/queues.py writes them."""

from dataclasses import dataclass
from typing import Any

from ballotcast.ballots.leaf import AmendmentLeaf
from ballotcast.batches import Unreadable, read_object, reading


@dataclass(frozen=True)
class SequenceMessage:
    election: str
    roll: AmendmentLeaf


def read_message(body: object) -> SequenceMessage:
    """Unreadable unless it is a message of ours: nothing else may reach the log."""
    content = read_object(body)
    with reading():
        election = content["election"]
        if not isinstance(election, str) or not election:
            raise Unreadable("it names no election")
        return SequenceMessage(election, read_roll(content["amendment"]))


def read_roll(stated: dict[str, Any]) -> AmendmentLeaf:
    """`{roll_size, roll_root: hex}`"""
    return AmendmentLeaf(roll_size=stated["roll_size"], roll_root=bytes.fromhex(stated["roll_root"]))
