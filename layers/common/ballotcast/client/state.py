"""How far a voter has come: four steps, each with all that the next one needs and nothing more.

    Blinded  →  Credentialed  →  Sealed  →  Cast
    the link and the blinding    the credential    the ballot's exact bytes    the receipt

Written down before anything is sent, so that a voter who is interrupted goes on where they were. Whoever reads the file
of one of the first three steps can vote in the voter's place; of the last, can tell which ballot in the log is theirs.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from ballotcast.client.errors import BadState
from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode

VERSION = 1


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
class Credentialed(Step):
    """A credential signed by the issuer: an anonymous right to one ballot."""

    key: bytes
    rand: bytes
    signature: bytes


@dataclass(frozen=True, repr=False)
class Sealed(Step):
    """The one ballot that will ever be sent with this credential."""

    ballot: bytes


@dataclass(frozen=True, repr=False)
class Cast(Step):
    """The board's promise."""

    receipt: str


State = Blinded | Credentialed | Sealed | Cast
STEPS: dict[str, type[State]] = {"blinded": Blinded, "credentialed": Credentialed, "sealed": Sealed, "cast": Cast}


def to_json(state: State) -> str:
    """The recovery file. Bytes are unpadded base64url."""
    step = next(name for name, kind in STEPS.items() if isinstance(state, kind))
    values = {name: b64u_encode(value) if isinstance(value, bytes) else value for name, value in vars(state).items()}
    return json.dumps({"v": VERSION, "step": step, **values}, indent=1) + "\n"


def from_json(text: str) -> State:
    """The inverse of `to_json`. BadState for anything else."""
    try:
        values: dict[str, Any] = dict(json.loads(text))
    except (ValueError, TypeError):
        raise BadState("this is no recovery file") from None
    kind = STEPS.get(str(values.pop("step", "")))
    if values.pop("v", None) != VERSION or kind is None:
        raise BadState("this is no recovery file, or one of another version")
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    if values.keys() != fields.keys() or not all(isinstance(value, str) for value in values.values()):
        raise BadState("this recovery file is not complete")
    try:
        for name in fields:
            values[name] = b64u_decode(values[name]) if fields[name] is bytes else values[name]
    except EncodingError:
        raise BadState("this recovery file is damaged") from None
    return kind(**values)
