"""The master key in a backup, sealed by a passphrase: `salt (16) | nonce (12) | ciphertext | tag (16)`.

scrypt (RFC 7914, N = 2^17, r = 8, p = 1: 128 MB and some tenths of a second for each guess), then AES-256-GCM.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ballotcast_tools.runtime.services.master_key import LENGTH, MasterKey

from .errors import BackupError, WrongKey

SHORTEST = 12
"""Characters of a passphrase."""
_SALT, _NONCE, _TAG = 16, 12, 16
_PURPOSE = b"ballotcast-backup/1 master key"


def check_passphrase(passphrase: str) -> None:
    """Raises BackupError if it is too short."""
    if len(passphrase) < SHORTEST:
        raise BackupError(f"The passphrase must have {SHORTEST} characters or more: it protects all private keys.")


def seal_key(master: MasterKey, passphrase: str) -> bytes:
    check_passphrase(passphrase)
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, master.content, _PURPOSE)


def open_key(sealed: bytes, passphrase: str) -> MasterKey:
    """Raises WrongKey if the passphrase is not the one it was sealed with, or the content was changed."""
    salt, nonce, content = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE], sealed[_SALT + _NONCE :]
    try:
        if len(content) != LENGTH + _TAG:
            raise InvalidTag
        return MasterKey(AESGCM(_stretched(passphrase, salt)).decrypt(nonce, content, _PURPOSE))
    except InvalidTag:
        raise WrongKey("The passphrase is not the one with which the backup was made.") from None


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << 17, r=8, p=1).derive(passphrase.encode())
