"""The first message: a trustee's keys, and a commitment to its part of the election's key.

    JCS{…, round: "join", signing_key, encryption_key, commitment}

The commitment hides the points until everybody has committed: else the last one could choose its part by those of the
others. It is over proof and points, so both are fixed by then.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from ballotcast.ballots.fields import Hash, Point
from ballotcast.crypto import canonical
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.message import Message
from ballotcast.trustees.setup import Setup

_PROOF = b"ballotcast/proof/1\n"
_COMMITMENT = b"ballotcast/commitment/1\n"
_JOINS = b"ballotcast/joins/1\n"


class Join(Message):
    """signing_key: of all messages of this ceremony, this one too. encryption_key: shares are sealed to it."""

    round: Literal["join"] = "join"
    signing_key: Point
    encryption_key: Point
    commitment: Hash


def proof_context(ceremony: bytes, index: int) -> bytes:
    """Return what a proof of the constant term is about, besides the point."""
    return _PROOF + ceremony + bytes([index])


def commitment(ceremony: bytes, index: int, proof: bytes, points: Sequence[bytes]) -> bytes:
    """Return what a trustee commits to, 32 bytes; proof and points have fixed lengths."""
    return sha256(_COMMITMENT + ceremony + bytes([index]) + proof + b"".join(points)).digest()


def joins_hash(joins: Sequence[Join]) -> bytes:
    """Names all joins, in the order of their indices: who deals says which ones it was shown."""
    return sha256(_JOINS + canonical.dumps([join.model_dump(mode="json") for join in joins])).digest()


def require_joins(setup: Setup, joins: Sequence[Join]) -> None:
    """Raise CeremonyError unless every trustee has joined, by keys and a commitment that nobody shares."""
    if len(joins) != setup.n:
        raise CeremonyError(Reason.MISSING, min(len(joins), setup.n - 1) + 1)
    for index, join in enumerate(joins, 1):
        join.require(setup, index, join.signing_key)
    used = [one for join in joins for one in (join.signing_key, join.encryption_key, join.commitment)]
    if len({*used}) < len(used):  # which of two came second, no message shows
        raise CeremonyError(Reason.SHARED_KEY)
