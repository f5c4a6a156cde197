"""A contest: one question of an election, with its options, its method and what a valid choice is."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from ballotcast.ballots.fields import Text
from ballotcast.counting import RULES, require_countable
from ballotcast.counting.ballots import HIGHEST_SCORE
from ballotcast.faults import FaultError

Method = Literal[
    "plurality",
    "approval",
    "satisfaction-approval",
    "proportional-approval",
    "sequential-proportional-approval",
    "score",
    "star",
    "majority-judgment",
    "borda",
    "modified-borda",
    "condorcet",
    "schulze",
    "ranked-pairs",
    "minimax",
    "tideman-alternative",
    "contingent-vote",
    "irv",
    "scottish-stv",
    "wigm-stv",
    "meek-stv",
]
Tie = Literal["lot", "previous-stages"]
Count = Annotated[int, Field(ge=0, le=255)]
ContestId = Annotated[str, StringConstraints(pattern=r"^c[1-9][0-9]{0,4}$")]
MOST_OPTIONS = 255


class Contest(BaseModel):
    """A contest with every field checked, as it is in the manifest.

    min, max: how many options a choice marks, or a ranking ranks, unless it is blank: a blank choice is always valid.
    Where options are scored they are the lowest and the highest score instead, and any number of options may be scored.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: ContestId
    title: Text
    method: Method
    options: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_OPTIONS, strict=False)]
    seats: Annotated[int, Field(ge=1, le=255)]
    min: Count
    max: Annotated[int, Field(ge=1, le=255)]
    tie: Tie

    @property
    def fewest_options(self) -> int:
        """How many options must be left when others are withdrawn: one, and as many as a choice has to name."""
        return 1 if RULES[self.method].ballot == "scores" else max(self.min, 1)

    # Each rule hangs on the later of its fields, so that its error names one.

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: tuple[str, ...]) -> tuple[str, ...]:
        repeated = [name for name, times in Counter(options).items() if times > 1]
        if repeated:
            raise FaultError("twice", option=repeated[0])
        return options

    @field_validator("seats")
    @classmethod
    def _fillable(cls, seats: int, info: ValidationInfo) -> int:
        if seats > len(info.data.get("options", range(255))):
            raise FaultError("over-options")
        method = info.data.get("method")
        if seats != 1 and method and RULES[method].one_seat:
            raise FaultError("one-seat", method=method)
        if method:
            require_countable(method, seats=seats, tie="lot", options=len(info.data.get("options", ())))
        return seats

    @field_validator("max")
    @classmethod
    def _reachable(cls, highest: int, info: ValidationInfo) -> int:
        method = info.data.get("method")
        if method and RULES[method].ballot == "scores":
            if not info.data.get("min", 0) < highest <= HIGHEST_SCORE:
                raise FaultError("score-range", most=HIGHEST_SCORE)
            return highest
        if highest < info.data.get("min", 0):
            raise FaultError("under-min")
        if highest > len(info.data.get("options", range(255))):
            raise FaultError("over-options")
        if highest > info.data.get("seats", 255) and method == "plurality":
            raise FaultError("over-seats")
        return highest
