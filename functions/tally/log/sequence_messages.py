"""The messages of the queue `sequence`, as store/queues.py writes them."""

from dataclasses import dataclass

from ballotcast.batches import Unreadable, read_object, reading


@dataclass(frozen=True)
class SequenceMessage:
    """`amendments`: how many there are at least."""

    election: str
    amendments: int


def read_message(body: object) -> SequenceMessage:
    """Raise Unreadable unless it is a message of ours: nothing else may reach the log."""
    content = read_object(body)
    with reading():
        election, amendments = content["election"], content["amendments"]
        if not isinstance(election, str) or not election:
            raise Unreadable("it names no election")
        if type(amendments) is not int or amendments < 0:
            raise Unreadable("not a number of amendments")
        return SequenceMessage(election, amendments)
