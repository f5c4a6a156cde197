"""A trustee's messages after the close: the agreement to one final log, and then the share.

A share is taken once enough trustees have agreed, and only if it is the one that its trustee holds. With enough of them
the close machine is told to continue. Killed before that: the same message again tells it, or its own wait does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ballotcast.trustees.agreement import Agreement, require_agreement, require_agreements
from ballotcast.trustees.ceremony import CeremonyState, NotYet
from ballotcast.trustees.end import End
from ballotcast.trustees.release import Release, require_release
from ballotcast.wiring import Wiring


@dataclass(frozen=True)
class Opening:
    """What has been sent to open the ballots. end: the file that trustees check, None before the log is sealed."""

    end: bytes | None
    agreements: Mapping[int, Agreement]
    releases: Mapping[int, Release]

    @classmethod
    def read(cls, wiring: Wiring, election: str) -> "Opening":
        agreements = [Agreement.parse(one) for one in wiring.openings.messages(election, "agree")]
        releases = [Release.parse(one) for one in wiring.openings.messages(election, "release")]
        return cls(
            wiring.blobs.get(end_key(election)),
            {one.index: one for one in agreements},
            {one.index: one for one in releases},
        )


NOTHING = Opening(None, {}, {})


def end_key(election: str) -> str:
    """Where the close machine leaves the file in the bucket."""
    return f"elections/{election}/end.json"


def require_opening(wiring: Wiring, state: CeremonyState, opening: Opening, message: Agreement | Release) -> None:
    """Raise CeremonyError unless the message is right, NotYet before its turn."""
    if opening.end is None or state.manifest_hash is None:
        raise NotYet
    checkpoint = End.parse(opening.end).require(state.manifest_hash, wiring.clock())
    transcript, manifest_hash = state.transcript, state.manifest_hash
    if isinstance(message, Agreement):
        require_agreement(transcript, manifest_hash, checkpoint, message)
        return
    if len(opening.agreements) < state.setup.t:
        raise NotYet
    require_agreements(transcript, manifest_hash, checkpoint, [one for _, one in sorted(opening.agreements.items())])
    require_release(transcript, manifest_hash, checkpoint, message)


def keep_opening(wiring: Wiring, election: str, t: int, message: Agreement | Release) -> Opening:
    """Write it, and tell the close machine if it is enough. Raises TwoOpenings."""
    wiring.openings.keep(election, message.round, message.index, message.encode())
    opening = Opening.read(wiring, election)
    if len(opening.releases) >= t and (token := wiring.openings.token(election)):
        wiring.waiters.wake(token)
    return opening
