"""What is published of a ceremony and of the opening, as two files.

ceremony.json  JCS{setup, joins, deals, confirmations}
opening.json   JCS{agreements, releases}
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.named_trustees import MOST
from ballotcast.crypto import canonical
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.confirmation import Confirmation
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.faults import WORDS, CeremonyError, Reason
from ballotcast.trustees.join import Join
from ballotcast.trustees.release import Release
from ballotcast.trustees.setup import Setup

MAX_LENGTH = 256 * 1024
"""Bytes of either file; a ceremony of 15 has less than half of it."""

_MANY = Field(max_length=MOST, strict=False)


class Record(BaseModel):
    """A file in its one spelling. Whether what it says is right is another question."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def encode(self) -> bytes:
        return canonical.dumps(self.model_dump(mode="json"))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """CeremonyError, naming whose message it is where there is one, unless `encode` gives `data` back."""
        if len(data) > MAX_LENGTH:
            raise _malformed(f"longer than {MAX_LENGTH} bytes")
        try:
            canonical.loads(data)
            record = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise _malformed(str(error)) from None
        except ValidationError as error:
            raise _malformed(" ".join(filter(None, first_fault(error)))) from None
        if record.encode() != data:
            raise _malformed("a member is not in its one spelling")
        return record


class CeremonyRecord(Record):
    """joins, deals, confirmations: one of each trustee, in the order of their indices."""

    setup: Setup
    joins: Annotated[tuple[Join, ...], _MANY]
    deals: Annotated[tuple[Deal, ...], _MANY]
    confirmations: Annotated[tuple[Confirmation, ...], _MANY]


class OpeningRecord(Record):
    """agreements, releases: of the threshold at least, in the order of their trustees' indices."""

    agreements: Annotated[tuple[Agreement, ...], _MANY]
    releases: Annotated[tuple[Release, ...], _MANY]


def _malformed(told: str) -> CeremonyError:
    return CeremonyError(Reason.MALFORMED, told=f"{WORDS[Reason.MALFORMED]}: {told}")
