"""The credential: a voter's fresh key, signed blindly by the issuer, so that it speaks for a voter but names none.

vk is the key's point (65 bytes); the issuer signs "ballotcast/credential/1\\n"‖M‖vk, prepared with 32 random bytes.
"""

from ballotcast.crypto import blind_rsa

_LABEL = b"ballotcast/credential/1\n"


def prepare(manifest_hash: bytes, vk: bytes, rand: bytes) -> bytes:
    """Return the prepared message that the issuer's signature is over: rand‖label‖M‖vk."""
    return blind_rsa.prepare(_LABEL + manifest_hash + vk, rand)
