"""The second message: a trustee opens its commitment, and deals a sealed share to each trustee.

    JCS{…, round: "deal", joins, proof, points, shares}

Everybody sees whether points and proof are right. Whether a share is right sees only the one whom it is sealed to.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from ballotcast.ballots.fields import Blob, Hash, Point
from ballotcast.ballots.named_trustees import MOST
from ballotcast.crypto import hpke, p256, schnorr, secret_sharing
from ballotcast.crypto.hpke import HpkeError
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, commitment, joins_hash, proof_context
from ballotcast.trustees.message import Message
from ballotcast.trustees.setup import Setup

_SHARE = b"ballotcast/share/1\n"
_SEALED = p256.SCALAR_LENGTH + hpke.OVERHEAD

Proof = Annotated[Blob, Field(min_length=schnorr.LENGTH, max_length=schnorr.LENGTH)]
Sealed = Annotated[Blob, Field(min_length=_SEALED, max_length=_SEALED)]


class Deal(Message):
    """joins: `joins_hash`. points: the polynomial's t coefficients times the generator.

    shares: for each trustee in the order of indices, the dealer too, so that the encryption key alone opens all that a
    trustee needs for its share.
    """

    round: Literal["deal"] = "deal"
    joins: Hash
    proof: Proof
    points: Annotated[tuple[Point, ...], Field(max_length=MOST, strict=False)]
    shares: Annotated[tuple[Sealed, ...], Field(max_length=MOST, strict=False)]


def share_context(ceremony: bytes, dealer: int, recipient: int) -> bytes:
    """What a sealed share is bound to."""
    return _SHARE + ceremony + bytes([dealer, recipient])


def require_deal(setup: Setup, joins: Sequence[Join], deal: Deal, index: int) -> None:
    """CeremonyError unless this is the trustee's deal, as far as everybody can see it. `joins` are checked before."""
    join = joins[index - 1]
    deal.require(setup, index, join.signing_key)
    if deal.joins != joins_hash(joins):
        raise CeremonyError(Reason.OTHER_JOINS, index)
    if (len(deal.points), len(deal.shares)) != (setup.t, setup.n):
        raise CeremonyError(Reason.MALFORMED, index)
    if commitment(setup.hash, index, deal.proof, deal.points) != join.commitment:
        raise CeremonyError(Reason.NOT_COMMITTED, index)
    if not schnorr.verify(deal.points[0], proof_context(setup.hash, index), deal.proof):
        raise CeremonyError(Reason.BAD_PROOF, index)


def open_share(setup: Setup, deal: Deal, recipient: int, encryption_key: p256.PrivateKey) -> bytes:
    """The recipient's share of a deal, 32 bytes. CeremonyError, naming the dealer, if it is wrong."""
    context = share_context(setup.hash, deal.index, recipient)
    try:
        share = hpke.open_(encryption_key, context, deal.shares[recipient - 1])
    except HpkeError:
        raise CeremonyError(Reason.DOES_NOT_OPEN, deal.index) from None
    if not _fits(deal.points, recipient, share):
        raise CeremonyError(Reason.DOES_NOT_FIT, deal.index)
    return share


def _fits(points: Sequence[bytes], recipient: int, share: bytes) -> bool:
    try:
        return secret_sharing.fits(share, secret_sharing.share_key(points, recipient))
    except ValueError:  # the identity: no share is 0
        return False
