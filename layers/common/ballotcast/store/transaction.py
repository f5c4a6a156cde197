"""All or nothing over several items, of one table or of several.

A transaction can be cancelled for two reasons that must not be mixed up: a condition was false (the caller's business,
told by `Cancelled`), or another transaction was at the same item in that moment (nobody's business, tried again).
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from ballotcast.store.table import Item, from_wire

LIMIT = 100
"""Items in one TransactWriteItems (DynamoDB's own limit)."""

_CONTENTION = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class Cancelled(Exception):
    """Nothing was written. `refusals` maps the position of each false condition to the item found there."""

    def __init__(self, refusals: dict[int, Item]) -> None:
        super().__init__("a condition of the transaction was false")
        self.refusals = refusals


def transact(
    client: Any,
    writes: Sequence[dict[str, Any]],
    *,
    attempts: int = 8,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """TransactWriteItems; contention is retried with full jitter, a false condition is `Cancelled`."""
    for attempt in range(attempts):
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])
            refusals = {
                position: from_wire(reason.get("Item", {}))
                for position, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if refusals:
                raise Cancelled(refusals) from None
            if attempt + 1 == attempts or not any(reason.get("Code") in _CONTENTION for reason in reasons):
                raise
            sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return
