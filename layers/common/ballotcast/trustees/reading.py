"""Reading a message of any round: by what it says that it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ballotcast.crypto import canonical
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.complaint import Complaint
from ballotcast.trustees.confirmation import Confirmation
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join
from ballotcast.trustees.message import MAX_LENGTH, Message
from ballotcast.trustees.release import Release

KINDS: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        "join": Join,
        "deal": Deal,
        "complaint": Complaint,
        "confirm": Confirmation,
        "agree": Agreement,
        "release": Release,
    }
)


def read_message(data: bytes) -> Message:
    """Return the message. Raises CeremonyError if it is of no round, or not in its one spelling."""
    if len(data) > MAX_LENGTH:
        raise CeremonyError(Reason.MALFORMED)
    try:
        value = canonical.loads(data)
    except canonical.CanonicalError:
        raise CeremonyError(Reason.MALFORMED) from None
    kind = KINDS.get(str(value.get("round"))) if isinstance(value, dict) else None
    if kind is None:
        raise CeremonyError(Reason.MALFORMED)
    return kind.parse(data)
