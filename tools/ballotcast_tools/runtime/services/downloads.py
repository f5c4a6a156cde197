"""Presigned addresses of objects: what they name is signed, and lasts until the time that they state."""

import hmac
import json
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256

from ballotcast.crypto.encoding import b64u_decode, b64u_encode

from .master_key import MasterKey

PATH = "/downloads/"
MAC = 32


@dataclass(frozen=True)
class Download:
    key: str
    disposition: str


class Downloads:
    """`address`: where the runtime is reached, without a trailing slash."""

    def __init__(self, master: MasterKey, base: str) -> None:
        self._secret = master.derive("downloads")
        self._base = base

    def address(self, key: str, disposition: str, until: int) -> str:
        """Return the address at which an object can be read until then (seconds since 1970)."""
        named = json.dumps([key, disposition, until]).encode()
        return f"{self._base}{PATH}{b64u_encode(self._mac(named) + named)}"

    def read(self, path: str, now: int) -> Download | None:
        """Return what the path of an address names; None if it is forged or has expired."""
        try:
            content = b64u_decode(path.removeprefix(PATH))
        except (ValueError, Error):
            return None
        mac, named = content[:MAC], content[MAC:]
        if not hmac.compare_digest(mac, self._mac(named)):
            return None
        key, disposition, until = json.loads(named)
        return Download(key, disposition) if now < until else None

    def _mac(self, named: bytes) -> bytes:
        return hmac.digest(self._secret, named, sha256)
