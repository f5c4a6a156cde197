"""Amendments: what an election's organiser changes after the manifest is frozen, as the log states it.

    0x02‖JCS{at, reason, roll: {revision, roll_root, roll_size, ended}}
    0x02‖JCS{at, reason, schedule: {closes_at}}
    0x02‖JCS{at, reason, withdrawn: {contest, option}}

A roll that grew has a new revision, numbered from 1; the manifest's own is revision 0. `ended` commits to every right
that somebody asked to end, or to replace by that of another address, before anyone can tell whether it was used. The
ledger opens each commitment after the close (`ledger.py`).
"""

from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ballotcast.ballots.contest import MOST_OPTIONS, ContestId
from ballotcast.ballots.fields import Hash, Text, UtcSecond
from ballotcast.crypto import canonical

KIND = b"\x02"
MOST_ENDED = 500
"""Commitments in one amendment, so that its leaf fits an entry."""

LATEST = timedelta(days=30)
"""How much later than the manifest's `closes_at` voting may end at most."""

_ENDED = b"ballotcast/ended/1\n"
_STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")


class RollRevision(BaseModel):
    """The whole roll as of an amendment. `ended`: `commitment` of each right that was asked to end, ascending."""

    model_config = _STRICT

    revision: Annotated[int, Field(ge=1, le=canonical.MAX_INTEGER)]
    roll_root: Hash
    roll_size: Annotated[int, Field(ge=0, le=canonical.MAX_INTEGER)]
    ended: Annotated[tuple[Hash, ...], Field(max_length=MOST_ENDED, strict=False)] = ()

    @field_validator("ended")
    @classmethod
    def _ascending(cls, ended: tuple[bytes, ...]) -> tuple[bytes, ...]:
        if any(one >= following for one, following in pairwise(ended)):
            raise ValueError("must ascend, each once")
        return ended


class Schedule(BaseModel):
    """When voting ends from now on: later than before, by `LATEST` at most in all."""

    model_config = _STRICT

    closes_at: UtcSecond


class Withdrawal(BaseModel):
    """An option that nobody can elect from now on; ballots that name it are counted without it.

    contest: its id. option: its number, from 1, in the manifest's order.
    """

    model_config = _STRICT

    contest: ContestId
    option: Annotated[int, Field(ge=1, le=MOST_OPTIONS)]


class AmendmentLeaf(BaseModel):
    """`at`: when it was made. `reason`: why, in the organiser's words, or the service's for voters who were added.

    One of the others is there: what was amended.
    """

    model_config = _STRICT

    at: UtcSecond
    reason: Text
    roll: RollRevision | None = None
    schedule: Schedule | None = None
    withdrawn: Withdrawal | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if [self.roll, self.schedule, self.withdrawn].count(None) != 2:
            raise ValueError("must amend one thing")
        return self

    def encode(self) -> bytes:
        """0x02‖JCS{at, reason, and one of roll, schedule and withdrawn}"""
        return KIND + canonical.dumps(self.model_dump(mode="json", exclude_none=True))


def commitment(manifest_hash: bytes, revision: int, tag: bytes, successor: bytes = b"") -> bytes:
    """What an amendment says of a right that is to end, 32 bytes; only those who know the tag can recognise it.

    Args:
        manifest_hash: M, 32 bytes.
        revision: Of the roll that the amendment states.
        tag: Of the right that is to end, 32 bytes.
        successor: The tag of the line that replaces it, 32 bytes; empty if nothing does.
    """
    return sha256(_ENDED + manifest_hash + revision.to_bytes(8) + tag + successor).digest()
