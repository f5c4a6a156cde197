"""A contest: one question of an election, with its options, its method and what a valid choice is."""

import re
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from ballotcast.ballots.fields import Lines, Link, PhotoHash, Text
from ballotcast.counting import RULES, require_countable
from ballotcast.counting.ballots import HIGHEST_SCORE, PAIRED
from ballotcast.faults import FaultError

Method = Literal[
    "plurality",
    "approval",
    "satisfaction-approval",
    "proportional-approval",
    "sequential-proportional-approval",
    "cumulative",
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
    "ers97",
    "meek-stv",
]
Tie = Literal["lot", "previous-stages"]
Count = Annotated[int, Field(ge=0, le=255)]
ContestId = Annotated[str, StringConstraints(pattern=r"^c[1-9][0-9]{0,4}$")]
MOST_OPTIONS = 255

_PART = re.compile(r"(>?)([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


def _attainable(text: str) -> str:
    found = _PART.fullmatch(text)
    if not found:
        raise FaultError("bad-part")
    part, whole = int(found[2]), int(found[3])
    if part > whole or (found[1] and part == whole):
        raise FaultError("over-whole")
    return text


def _true(value: bool) -> bool:
    if not value:
        raise FaultError("true-or-absent")
    return value


Part = Annotated[str, AfterValidator(_attainable)]
"""`1/3`: at least a third; `>1/2`: more than a half."""
ThresholdOf = Literal["valid", "ballots", "voters"]
Yes = Annotated[bool, AfterValidator(_true)]
OPTIONAL: Any = Field(default=None)
"""Not there where there is no such thing; never null in JSON."""


class About(BaseModel):
    """What an organiser publishes about an option: a statement, which is text and nothing else, a link, and a photo, as
    the SHA-256 of its bytes."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    statement: Lines = OPTIONAL
    link: Link = OPTIONAL
    photo: PhotoHash = OPTIONAL

    @model_serializer(mode="wrap")
    def _without_absent(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}


class Contest(BaseModel):
    """A contest with every field checked, as it is in the manifest.

    min, max: how many options a choice marks, or a ranking ranks, unless it is blank: a blank choice is always valid.
    Where options are scored they are the lowest and the highest score instead, and any number of options may be scored;
    where points are divided among options, how many points a ballot gives in all.

    quorum, threshold, none_of_the_above (the last option is it), motion: `ballotcast.counting.conditions`.
    default_option: the last option has to be beaten (`ballotcast.counting.default_option`). abstain: a
    blank choice is an abstention, and the ballot paper offers it. order: of the options on the ballot paper; else as
    here. text: about the contest. about: for each option, in their order.
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
    quorum: Part = OPTIONAL
    threshold: Part = OPTIONAL
    threshold_of: ThresholdOf = OPTIONAL
    none_of_the_above: Yes = OPTIONAL
    default_option: Yes = OPTIONAL
    abstain: Yes = OPTIONAL
    motion: Yes = OPTIONAL
    order: Literal["shuffled"] = OPTIONAL
    text: Lines = OPTIONAL
    about: Annotated[tuple[About, ...], Field(strict=False)] = OPTIONAL

    @property
    def fewest_options(self) -> int:
        """How many options must be left when others are withdrawn: one, and as many as a choice has to name.

        Of a motion both: without one of them the question would be answered by anyone who withdrew it.
        """
        if self.motion:
            return len(self.options)
        return 1 if RULES[self.method].ballot in PAIRED else max(self.min, 1)

    def stays(self, option: int) -> bool:
        """Whether an option can never be withdrawn.

        None of the above has the votes against all others; a default option is what others have to beat.
        """
        return bool(self.none_of_the_above or self.default_option) and option == len(self.options)

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
        if method and RULES[method].ballot == "points":
            return highest
        if highest > len(info.data.get("options", range(255))):
            raise FaultError("over-options")
        if highest > info.data.get("seats", 255) and method == "plurality":
            raise FaultError("over-seats")
        return highest

    @field_validator("threshold")
    @classmethod
    def _of_ballots(cls, threshold: str, info: ValidationInfo) -> str:
        method = info.data.get("method")
        if method and not RULES[method].shares:
            raise FaultError("no-shares")
        return threshold

    @field_validator("none_of_the_above")
    @classmethod
    def _beside_others(cls, none: bool, info: ValidationInfo) -> bool:
        if info.data.get("seats", 0) >= len(info.data.get("options", range(255))):
            raise FaultError("none-alone")
        return none

    @field_validator("default_option")
    @classmethod
    def _comparable(cls, default: bool, info: ValidationInfo) -> bool:
        method = info.data.get("method")
        if method and not RULES[method].compares:
            raise FaultError("no-comparisons")
        if info.data.get("seats", 0) >= len(info.data.get("options", range(255))):
            raise FaultError("default-alone")
        return default

    @field_validator("motion")
    @classmethod
    def _for_and_against(cls, motion: bool, info: ValidationInfo) -> bool:
        known = info.data
        counted = (known.get("method", "plurality"), known.get("seats", 1), len(known.get("options", "12")))
        if counted != ("plurality", 1, 2) or known.get("none_of_the_above"):
            raise FaultError("bad-motion")
        return motion

    @field_validator("order")
    @classmethod
    def _of_candidates(cls, order: Literal["shuffled"], info: ValidationInfo) -> Literal["shuffled"]:
        if info.data.get("motion"):
            raise FaultError("order-of-motion")
        return order

    @field_validator("about")
    @classmethod
    def _one_each(cls, about: tuple[About, ...], info: ValidationInfo) -> tuple[About, ...]:
        if len(about) != len(info.data.get("options", about)):
            raise FaultError("about-each")
        if not any(one.statement or one.link or one.photo for one in about):
            raise FaultError("about-nothing")
        return about

    @model_validator(mode="after")
    def _threshold_of_something(self) -> "Contest":
        if bool(self.threshold) != bool(self.threshold_of):
            raise FaultError("threshold-alone")
        return self

    @model_serializer(mode="wrap")
    def _without_absent(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}

    @property
    def conditions(self) -> dict[str, str | bool]:
        """The optional members that say what a result means; those that there are."""
        names = ("quorum", "threshold", "threshold_of", "none_of_the_above", "default_option", "abstain", "motion")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def needs_voters(self) -> bool:
        """Whether its outcome depends on how many could have voted."""
        return bool(self.quorum) or self.threshold_of == "voters"
