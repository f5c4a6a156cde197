"""A voter's progress: each state holds what the next step needs and nothing more.

    to cast in one go:          Sealed → Signed → Cast
    to prepare a device first:  Blinded → Credentialed → Signed → Cast
    prepared, not finished:     Blinded → Sealed → Signed → Cast

    Blinded       the link, a credential's key and its blinding
    Sealed        the same, and the choices sealed to the election key: they are not kept in any other form
    Credentialed  the credential: the right to one ballot
    Signed        the ballot's exact bytes
    Cast          the receipt

A state is written down before anything is sent, so a voter who is interrupted continues from it. Looking at an election
needs no state and binds nothing. Anyone who reads the file of any state but the last two can vote in the voter's place;
of these two, can tell which ballot is the voter's.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from ballotcast.client.errors import BadState
from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode

VERSION = 3
HASH = 32
"""Bytes of a manifest's hash. One that was written in hex would be decoded to 48."""


@dataclass(frozen=True, repr=False)
class Step:
    """What all steps know. `checkpoint`: the newest signed note of the log that this voter has verified."""

    address: str
    """The API's, without a trailing slash."""
    election: str
    manifest_hash: bytes
    checkpoint: str
    blinded_sha256: bytes
    """The voter's own line in the issuance ledger will hold it."""


@dataclass(frozen=True, repr=False)
class Blinded(Step):
    """A credential's key, and what unblinds the signature that is asked for."""

    link: str
    key: bytes
    """32 bytes, the scalar."""
    rand: bytes
    blinded: bytes
    inverse: bytes


@dataclass(frozen=True, repr=False)
class Sealed(Step):
    """A ballot that lacks only its credential, which is requested with the same blinded value until it is there."""

    link: str
    key: bytes
    rand: bytes
    blinded: bytes
    inverse: bytes
    sealed_choices: bytes
    """HPKE, `ballots.ballot.seal_choices`."""


@dataclass(frozen=True, repr=False)
class Issued(Step):
    """What all steps know once the credential is issued."""

    issuance: str
    """The issuance receipt, a signed note. The ledger must show what it states."""


@dataclass(frozen=True, repr=False)
class Credentialed(Issued):
    """A credential signed by the issuer: an anonymous right to one ballot."""

    key: bytes
    rand: bytes
    signature: bytes


@dataclass(frozen=True, repr=False)
class Signed(Issued):
    """The one ballot that will ever be sent with this credential."""

    ballot: bytes


@dataclass(frozen=True, repr=False)
class Cast(Issued):
    """The board's promise."""

    receipt: str


State = Blinded | Sealed | Credentialed | Signed | Cast
STEPS: dict[str, type[State]] = {
    "blinded": Blinded,
    "sealed": Sealed,
    "credentialed": Credentialed,
    "signed": Signed,
    "cast": Cast,
}
"""In order: a later one is closer to the receipt."""


def to_json(state: State) -> str:
    """Return the recovery file. Bytes are unpadded base64url."""
    step = next(name for name, kind in STEPS.items() if isinstance(state, kind))
    values = {name: b64u_encode(value) if isinstance(value, bytes) else value for name, value in vars(state).items()}
    return json.dumps({"v": VERSION, "step": step, **values}, indent=1) + "\n"


def from_json(text: str) -> State:
    """Return the inverse of `to_json`. Raises BadState for anything else."""
    try:
        values: dict[str, Any] = dict(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise BadState("this is not a recovery file") from None
    step, version = values.pop("step", ""), values.pop("v", None)
    kind = STEPS.get(step) if isinstance(step, str) else None
    if version in (1, 2):
        raise BadState("this recovery file was made by an older version")
    if version != VERSION or kind is None:
        raise BadState("this is not a recovery file, or one of another version")
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    if values.keys() != fields.keys() or not all(isinstance(value, str) for value in values.values()):
        raise BadState("this recovery file is not complete")
    try:
        for name in fields:
            values[name] = b64u_decode(values[name]) if fields[name] is bytes else values[name]
    except EncodingError:
        raise BadState("this recovery file is damaged") from None
    if len(values["manifest_hash"]) != HASH:
        raise BadState("this recovery file is damaged: its manifest_hash is not a hash in base64url")
    return kind(**values)
