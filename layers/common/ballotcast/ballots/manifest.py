"""The manifest: what an election is, frozen before the first voter acts. Its SHA-256, M, binds each ballot to it.

In Python its keys are bytes and its times aware datetimes; in canonical JSON they are base64url, hex (`roll_root`) and
RFC 3339 text. The member `trustees` is there if the election has any.
"""

from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo, field_validator

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.fields import Ed25519Key, Hash, IssuerSpki, Point, Text, UtcSecond
from ballotcast.ballots.named_trustees import MOST, NamedTrustees, require_number, require_threshold
from ballotcast.crypto import canonical
from ballotcast.crypto.blind_rsa import IssuerPublicKey

MAX_LENGTH = 100_000


class ManifestError(ValueError):
    """Bytes that are not a manifest. `field` is the path of the first bad field, like `contests.0.seats`, or empty."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field


class Manifest(BaseModel):
    """A manifest with every field checked. Build one with keyword arguments, or from bytes with `parse`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal[1]
    election: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    origin: Annotated[str, StringConstraints(pattern=r"^[!-*,-~]{1,200}$")]
    title: Text
    contests: Annotated[tuple[Contest, ...], Field(min_length=1, strict=False)]
    opens_at: UtcSecond
    closes_at: UtcSecond
    mode: Literal["managed", "trustees"]
    t: Annotated[int, Field(ge=0, le=MOST)]
    n: Annotated[int, Field(ge=0, le=MOST)]
    issuer_pk: IssuerSpki
    election_pk: Point
    issuance_pk: Ed25519Key
    receipt_pk: Ed25519Key
    log_pk: Ed25519Key
    roll_size: Annotated[int, Field(ge=0, le=canonical.MAX_INTEGER)]
    roll_root: Hash
    release: Literal["held"] | None = None
    """`held`: an organiser releases the result after the count; None: it is published as soon as it is counted."""
    rehearsal: Literal[True] | None = None
    """True: nobody is elected, mails go to the organiser alone, and everything that shows the election says so."""
    trustees: NamedTrustees | None = Field(default=None, validate_default=True)

    @field_validator("contests")
    @classmethod
    def _numbered(cls, contests: tuple[Contest, ...]) -> tuple[Contest, ...]:
        if any(contest.id != f"c{number}" for number, contest in enumerate(contests, 1)):
            raise ValueError("must have the ids c1, c2, … in order")
        return contests

    @field_validator("closes_at")
    @classmethod
    def _after_opening(cls, closes_at: datetime, info: ValidationInfo) -> datetime:
        if closes_at <= info.data.get("opens_at", datetime.min.replace(tzinfo=UTC)):
            raise ValueError("must be after opens_at")
        return closes_at

    @field_validator("t")
    @classmethod
    def _threshold_of_mode(cls, t: int, info: ValidationInfo) -> int:
        return require_threshold(t, info.data.get("mode"))

    @field_validator("n")
    @classmethod
    def _as_many_as_open(cls, n: int, info: ValidationInfo) -> int:
        return require_number(n, info.data.get("t", 0))

    @field_validator("trustees")
    @classmethod
    def _as_many_as_named(cls, trustees: NamedTrustees | None, info: ValidationInfo) -> NamedTrustees | None:
        if (len(trustees.people) if trustees else 0) != info.data.get("n", 0):
            raise ValueError("must name as many trustees as there are")
        return trustees

    @field_validator("receipt_pk", "log_pk")
    @classmethod
    def _key_of_its_own(cls, key: bytes, info: ValidationInfo) -> bytes:
        if key in (info.data.get("issuance_pk"), info.data.get("receipt_pk")):
            raise ValueError("must not be another key of the manifest as well")
        return key

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a manifest. Raises ManifestError, naming the field, unless `encode` of the result gives `data` back."""
        if len(data) > MAX_LENGTH:
            raise ManifestError("", f"longer than {MAX_LENGTH} bytes")
        try:
            canonical.loads(data)
            manifest = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise ManifestError("", str(error)) from None
        except ValidationError as error:
            raise ManifestError(*first_fault(error)) from None
        if manifest.encode() != data:
            raise ManifestError("", "a field is not in its one spelling")
        return manifest

    def encode(self) -> bytes:
        """The exact bytes that are served and hashed. Raises ManifestError if they are too many."""
        data = canonical.dumps(self.model_dump(mode="json", exclude_none=True))
        if len(data) > MAX_LENGTH:
            raise ManifestError("", f"longer than {MAX_LENGTH} bytes")
        return data

    @cached_property
    def hash(self) -> bytes:
        """M: SHA-256 of the encoding, 32 bytes."""
        return sha256(self.encode()).digest()

    @cached_property
    def issuer(self) -> IssuerPublicKey:
        """The issuer's key, ready to verify with."""
        return IssuerPublicKey.from_spki(self.issuer_pk)

    @cached_property
    def plaintext_length(self) -> int:
        """L: bytes of every plaintext, one for each option of each contest."""
        return sum(len(contest.options) for contest in self.contests)

    @cached_property
    def ballot_length(self) -> int:
        """Bytes of every ballot of this election: 275 + k + L."""
        return 275 + self.issuer.k + self.plaintext_length
