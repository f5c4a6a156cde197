"""Devices that have logged in before, so that strangers' wrong passwords lock nobody out.

A device token is a random name with its keyed hash for one organiser. It gives no access: anyone who logs in with it
has a count of attempts of their own (OWASP, "device cookies"). Nothing of it is stored.
"""

import hmac
import secrets

from ballotcast.store.login_attempts import STRANGERS
from ballotcast.wiring import Wiring

NAME_LENGTH = 16
"""Hex digits."""


def new_device(wiring: Wiring, organiser: str) -> str:
    name = secrets.token_hex(NAME_LENGTH // 2)
    return f"{name}.{_proof(wiring, organiser, name)}"


def bucket_of(wiring: Wiring, organiser: str, device: str) -> str:
    """Where attempts with this token are counted: its own count, or that of all who have none."""
    name, _, proof = device.partition(".")
    expected = _proof(wiring, organiser, name)
    known = len(name) == NAME_LENGTH and hmac.compare_digest(expected.encode(), proof.encode())
    return name if known else STRANGERS


def _proof(wiring: Wiring, organiser: str, name: str) -> str:
    return wiring.session_secret.mac("device", organiser, name)[:16].hex()
