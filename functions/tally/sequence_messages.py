"""The messages of the queue `sequence`, as store/queues.py writes them."""

from dataclasses import dataclass

from ballotcast.batches import Unreadable, read_object, reading
from ballotcast.store.log import HASH


@dataclass(frozen=True)
class SequenceMessage:
    """`amendments`: how many there are at least."""

    election: str
    leaf_hashes: tuple[bytes, ...]
    amendments: int


def read_message(body: object) -> SequenceMessage:
    """Unreadable unless it is a message of ours: nothing else may reach the log."""
    content = read_object(body)
    with reading():
        election, leaves, amendments = content["election"], content.get("leaves"), content.get("amendments")
        if not isinstance(election, str) or not election:
            raise Unreadable("it names no election")
        if leaves is None and amendments is None:
            raise Unreadable("neither leaves nor amendments")
        if amendments is not None and (type(amendments) is not int or amendments < 0):
            raise Unreadable("not a number of amendments")
        return SequenceMessage(election, tuple(map(_leaf_hash, leaves or ())), amendments or 0)


def _leaf_hash(text: str) -> bytes:
    leaf_hash = bytes.fromhex(text)
    if len(leaf_hash) != HASH:
        raise Unreadable("not a leaf hash")
    return leaf_hash
