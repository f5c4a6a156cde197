"""A trustee's secrets as a file that opens with a passphrase, here and in a browser.

    JCS{v, salt, nonce, sealed}

AES-256-GCM under a key from PBKDF2 with HMAC-SHA256, the one derivation from passwords that browsers have built in.
"""

import os
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.fields import Blob
from ballotcast.crypto import canonical
from ballotcast.trustees.secrets import Secrets, SecretsError

LABEL: Final = "ballotcast/sealed/1"
ITERATIONS = 600_000
"""As OWASP recommends for this function; part of the format, so that no file can ask for fewer."""
MAX_LENGTH = 64 * 1024
_SALT, _NONCE, _KEY = 16, 12, 32


class SealedFile(BaseModel):
    """sealed: the secrets, and AES-GCM's tag. The label is what is authenticated besides."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal["ballotcast/sealed/1"] = LABEL
    salt: Annotated[Blob, Field(min_length=_SALT, max_length=_SALT)]
    nonce: Annotated[Blob, Field(min_length=_NONCE, max_length=_NONCE)]
    sealed: Blob


class WrongPassphrase(SecretsError):
    """The file does not open: the passphrase is another one, or the file is damaged."""


def seal(secrets: Secrets, passphrase: str) -> bytes:
    """The file. Salt and nonce are fresh each time."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, secrets.encode(), LABEL.encode())
    return canonical.dumps(SealedFile(salt=salt, nonce=nonce, sealed=sealed).model_dump(mode="json"))


def open_file(data: bytes, passphrase: str) -> Secrets:
    """The secrets in a file. Raises WrongPassphrase, or SecretsError for what is no such file."""
    try:
        if len(data) > MAX_LENGTH:
            raise SecretsError("too long for a trustee's file")
        canonical.loads(data)
        file = SealedFile.model_validate_json(data)
    except (canonical.CanonicalError, ValidationError):
        raise SecretsError("not a trustee's file") from None
    try:
        opened = AESGCM(_key(passphrase, file.salt)).decrypt(file.nonce, file.sealed, LABEL.encode())
    except InvalidTag:
        raise WrongPassphrase("the file does not open with this passphrase") from None
    return Secrets.parse(opened)


def _key(passphrase: str, salt: bytes) -> bytes:
    derivation = PBKDF2HMAC(algorithm=hashes.SHA256(), length=_KEY, salt=salt, iterations=ITERATIONS)
    return derivation.derive(passphrase.encode())
