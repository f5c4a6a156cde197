"""A contest as an organiser sends it, with what may be left out."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ballotcast.elections.photo import MOST_SENT

OPTIONAL: Any = Field(default=None)
"""May be left out, but is not null when it is there."""
JPEG_URL = "data:image/jpeg;base64"
"""What the address begins with that a photo is sent as (RFC 2397)."""
MOST_PHOTO = len(JPEG_URL) + 1 + (MOST_SENT + 2) // 3 * 4


class AboutDraft(BaseModel):
    """What is said about an option; what is empty is as if left out. `photo`: a JPEG as
    `data:image/jpeg;base64,…`, or the hash of one that is stored, as it is shown."""

    model_config = ConfigDict(extra="forbid", strict=True)
    statement: str = ""
    link: str = ""
    photo: Annotated[str, Field(max_length=MOST_PHOTO)] = ""


class ContestDraft(BaseModel):
    """What may be left out: seats (1), min (0), max (all that is possible), tie (as the method's statute has it), and
    conditions, which there are none of then. Parts are 1/3, 40% or >1/2; false and "fixed" are as if left out."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str
    method: str
    options: list[str]
    seats: int = OPTIONAL
    min: int = OPTIONAL
    max: int = OPTIONAL
    tie: str = OPTIONAL
    quorum: str = OPTIONAL
    threshold: str = OPTIONAL
    threshold_of: str = OPTIONAL
    none_of_the_above: bool = OPTIONAL
    default_option: bool = OPTIONAL
    abstain: bool = OPTIONAL
    motion: bool = OPTIONAL
    order: str = OPTIONAL
    text: str = OPTIONAL
    about: list[AboutDraft] = OPTIONAL


Contests = Annotated[list[ContestDraft], Field(min_length=1, max_length=100)]
