"""What everybody sees of a ceremony's two rounds of making the key, and what follows from it.

    JCS{setup, joins, deals}

Its hash is the fingerprint that trustees compare outside the system, and that the manifest names.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from ballotcast.crypto import canonical, p256_points, secret_sharing
from ballotcast.trustees.deal import Deal, require_deal
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, require_joins
from ballotcast.trustees.setup import Setup

_LABEL = b"ballotcast/transcript/1\n"


@dataclass(frozen=True)
class Transcript:
    """joins, deals: one of each trustee, in the order of their indices.

    Whatever is wrong in it for everybody to see is a CeremonyError, which names who is to blame where that shows.
    """

    setup: Setup
    joins: tuple[Join, ...]
    deals: tuple[Deal, ...]

    def __post_init__(self) -> None:
        require_joins(self.setup, self.joins)
        if len(self.deals) != self.setup.n:
            raise CeremonyError(Reason.MISSING, min(len(self.deals), self.setup.n - 1) + 1)
        for index, deal in enumerate(self.deals, 1):
            require_deal(self.setup, self.joins, deal, index)
        try:
            _ = self.election_key, self.share_keys
        except ValueError:  # the identity, which no honest trustee's random part lets happen
            raise CeremonyError(Reason.NO_KEY) from None

    def signing_key(self, index: int) -> bytes:
        return self.joins[index - 1].signing_key

    @cached_property
    def election_key(self) -> bytes:
        """The public key that ballots are sealed to, 65 bytes: the sum of everybody's part."""
        return secret_sharing.add_points([deal.points[0] for deal in self.deals])

    @cached_property
    def share_keys(self) -> tuple[bytes, ...]:
        """The public key of each trustee's share, in the order of their indices."""
        columns = [[p256_points.decode(deal.points[k]) for deal in self.deals] for k in range(self.setup.t)]
        sums = [p256_points.total(column) for column in columns]
        return tuple(p256_points.encode(p256_points.evaluate(sums, index)) for index in range(1, self.setup.n + 1))

    @cached_property
    def hash(self) -> bytes:
        """The fingerprint, 32 bytes."""
        return sha256(_LABEL + canonical.dumps(self.as_json())).digest()

    def as_json(self) -> dict[str, object]:
        return {
            "setup": self.setup.model_dump(mode="json"),
            "joins": [join.model_dump(mode="json") for join in self.joins],
            "deals": [deal.model_dump(mode="json") for deal in self.deals],
        }
