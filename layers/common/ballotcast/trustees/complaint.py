"""A complaint: a trustee shows that a share that it was dealt is wrong, or that it lies.

    JCS{…, round: "complaint", joins, accused, encryption_key}

It publishes the private key that shares were sealed to, so that anyone opens the share and sees who is to blame. Either
way the attempt is over: the next one has fresh keys throughout.
"""

from collections.abc import Sequence
from typing import Literal

from ballotcast.ballots.fields import Hash
from ballotcast.crypto import p256, secret_sharing
from ballotcast.trustees.deal import Deal, open_share
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, joins_hash
from ballotcast.trustees.message import Message, Scalar
from ballotcast.trustees.setup import Index, Setup


class Complaint(Message):
    """accused: the index of the dealer. encryption_key: the private one, of this attempt."""

    round: Literal["complaint"] = "complaint"
    joins: Hash
    accused: Index
    encryption_key: Scalar


def judge(setup: Setup, joins: Sequence[Join], deals: Sequence[Deal], complaint: Complaint) -> CeremonyError:
    """Who is to blame for what was complained about; joins and deals are checked before.

    Raises CeremonyError if it is no complaint of this ceremony at all, which ends nothing.
    """
    accuser = joins[complaint.index - 1] if complaint.index <= setup.n else None
    if accuser is None or complaint.accused > setup.n:
        raise CeremonyError(Reason.ANOTHER_INDEX)
    complaint.require(setup, complaint.index, accuser.signing_key)
    if complaint.joins != joins_hash(joins):
        raise CeremonyError(Reason.OTHER_JOINS, complaint.index)
    if not secret_sharing.fits(complaint.encryption_key, accuser.encryption_key):
        return CeremonyError(Reason.FALSE_COMPLAINT, complaint.index)
    key = p256.from_scalar(complaint.encryption_key)
    try:
        open_share(setup, deals[complaint.accused - 1], complaint.index, key)
    except CeremonyError as fault:
        return fault
    return CeremonyError(Reason.FALSE_COMPLAINT, complaint.index)
