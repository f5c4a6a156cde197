"""Writes that met another transaction at the same item, which is nobody's business: they are tried again.

DynamoDB refuses a single write for it, and cancels a transaction; botocore tries neither again by itself.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

ATTEMPTS = 8
FALSE = "ConditionalCheckFailed"
_CONTENTION = frozenset(
    {
        *("TransactionConflictException", "TransactionConflict", "TransactionInProgressException"),
        *("ThrottlingError", "ProvisionedThroughputExceeded"),
    }
)

Answer = TypeVar("Answer")
Sleep = Callable[[float], None]


def contended(error: ClientError) -> bool:
    """Return whether contention alone was in the way.

    A condition that was false next to it will not come true by waiting.
    """
    reasons = error.response.get("CancellationReasons", [])
    codes = {error.response["Error"]["Code"], *(reason.get("Code") for reason in reasons)}
    return bool(codes & _CONTENTION) and FALSE not in codes


def insist(write: Callable[[], Answer], *, attempts: int = ATTEMPTS, sleep: Sleep = time.sleep) -> Answer:
    """Return what `write` answers, in one of so many attempts with full jitter between them; else its error."""
    for attempt in range(attempts - 1):
        try:
            return write()
        except ClientError as error:
            if not contended(error):
                raise
        sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
    return write()
