"""The trustees that a manifest names: who they are, by which keys they sign, and how the election's key was made."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ballotcast.ballots.fields import Hash, Point, Text

FEWEST, MOST = 2, 15
"""Trustees of an election; the threshold is at least `FEWEST`, too."""

_STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")


class NamedTrustee(BaseModel):
    """signing_key: of the ceremony's messages, 65 bytes."""

    model_config = _STRICT

    name: Text
    signing_key: Point


class NamedTrustees(BaseModel):
    """transcript: the ceremony's fingerprint. people: in the order of their indices."""

    model_config = _STRICT

    transcript: Hash
    people: Annotated[tuple[NamedTrustee, ...], Field(min_length=FEWEST, max_length=MOST, strict=False)]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for values in ([one.name for one in self.people], [one.signing_key for one in self.people]):
            if len({*values}) < len(values):
                raise ValueError("must have different names and keys")
        return self


def require_threshold(t: int, mode: Any) -> int:
    """`t` itself. ValueError unless it is one that an election of this mode can have."""
    if (t < FEWEST) if mode == "trustees" else t:
        raise ValueError(f"must be at least {FEWEST} with trustees, and 0 without")
    return t


def require_number(n: int, t: int) -> int:
    """`n` itself. ValueError unless t trustees are among so many."""
    if n < t or (n and not t):
        raise ValueError("must be the number of trustees, not fewer than t")
    return n
