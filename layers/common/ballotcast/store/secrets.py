"""The deployment's random secrets, made by Secrets Manager at deploy time, and the keyed hashes made with them."""

import hashlib
import hmac
from functools import cached_property
from typing import TYPE_CHECKING

from ballotcast.store.faults import repeat

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MINIMUM = 32
"""Characters a secret must have; the template asks for 64."""


class Secret:
    """One secret, fetched once per process; each use has a label of its own, so no two uses share a key."""

    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    @cached_property
    def _value(self) -> bytes:
        secret = repeat(lambda: self._client.get_secret_value(SecretId=self._arn))
        value = secret["SecretString"].encode()
        if len(value) < MINIMUM:
            raise ValueError("the deployment's secret is too short")
        return value

    def key(self, label: str) -> bytes:
        """Return a 32-byte key for one use."""
        return hmac.digest(self._value, f"ballotcast/{label}/1".encode(), hashlib.sha256)

    def mac(self, label: str, *parts: str) -> bytes:
        """HMAC-SHA-256 over the parts, kept apart by a byte that no text contains."""
        return hmac.digest(self.key(label), b"\xff".join(part.encode() for part in parts), hashlib.sha256)
