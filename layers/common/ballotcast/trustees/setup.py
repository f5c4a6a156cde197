"""What a ceremony is for, before anybody has a key: the election, who the trustees are, how many of them open it.

    JCS{v, election, attempt, t, trustees}

Its hash is in every message, so that none of another election, another attempt or another list of trustees fits.
"""

from functools import cached_property
from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from ballotcast.ballots.fields import Text
from ballotcast.ballots.named_trustees import FEWEST, MOST
from ballotcast.crypto import canonical

LABEL: Final = "ballotcast/ceremony/1"
Index = Annotated[int, Field(ge=1, le=MOST)]
"""A trustee's place in the list, from 1."""


class Setup(BaseModel):
    """trustees: their names, in the order of their indices. t: how many of them open the ballots."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal["ballotcast/ceremony/1"] = LABEL
    election: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    attempt: Annotated[int, Field(ge=1, le=canonical.MAX_INTEGER)]
    t: Annotated[int, Field(ge=FEWEST, le=MOST)]
    trustees: Annotated[tuple[Text, ...], Field(min_length=FEWEST, max_length=MOST, strict=False)]

    @field_validator("trustees")
    @classmethod
    def _told_apart(cls, trustees: tuple[str, ...]) -> tuple[str, ...]:
        if len({*trustees}) < len(trustees):
            raise ValueError("must have different names")
        return trustees

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.t > self.n:
            raise ValueError("must have as many trustees as open the ballots")
        return self

    @property
    def n(self) -> int:
        return len(self.trustees)

    def encode(self) -> bytes:
        return canonical.dumps(self.model_dump(mode="json"))

    @cached_property
    def hash(self) -> bytes:
        """The ceremony's name in its messages, 32 bytes."""
        return sha256(LABEL.encode() + b"\n" + self.encode()).digest()
