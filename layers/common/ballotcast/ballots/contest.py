"""A contest: one question of an election, with its options, its method and what a valid choice is."""

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ballotcast.ballots.fields import Text

Method = Literal["plurality", "approval", "irv", "scottish-stv"]
Tie = Literal["lot", "previous-stages"]
Count = Annotated[int, Field(ge=0, le=255)]


class Contest(BaseModel):
    """A contest with every field checked, as it stands in the manifest.

    min, max: how many options a choice marks, or a ranking ranks, unless it is blank: a blank choice is always valid.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^c[1-9][0-9]{0,4}$")]
    title: Text
    method: Method
    options: Annotated[tuple[Text, ...], Field(min_length=1, max_length=255, strict=False)]
    seats: Annotated[int, Field(ge=1, le=255)]
    min: Count
    max: Annotated[int, Field(ge=1, le=255)]
    tie: Tie

    @model_validator(mode="after")
    def _check(self) -> Self:
        repeated = [name for name, times in Counter(self.options).items() if times > 1]
        if repeated:
            raise ValueError(f"options holds “{repeated[0]}” twice")
        if self.seats > len(self.options):
            raise ValueError("seats must not be more than the options")
        if not self.min <= self.max <= len(self.options):
            raise ValueError("min must not be above max, nor max above the number of options")
        if self.method == "plurality" and self.max > self.seats:
            raise ValueError("max must not be more than the seats in a plurality contest")
        if self.method == "irv" and self.seats != 1:
            raise ValueError("seats must be 1 in an irv contest")
        return self
