"""All or nothing over several items, of one table or of several.

A transaction can be cancelled for two reasons that must not be mixed up: a condition was false (the caller's business,
told by `Cancelled`), or another transaction was at the same item in that moment (tried again, store/contention.py).
"""

import secrets
import time
from collections.abc import Sequence
from typing import Any

from ballotcast.store.contention import ATTEMPTS, FALSE, Sleep, insist
from ballotcast.store.faults import repeat
from ballotcast.store.table import Item, TransactItem, from_wire

LIMIT = 100
"""Items in one TransactWriteItems (DynamoDB's own limit)."""


class Cancelled(Exception):
    """Nothing was written. `refusals` maps the position of each false condition to the item found there."""

    def __init__(self, refusals: dict[int, Item]) -> None:
        super().__init__("a condition of the transaction was false")
        self.refusals = refusals


def transact(
    client: Any, writes: Sequence[TransactItem], *, attempts: int = ATTEMPTS, sleep: Sleep = time.sleep
) -> None:
    """TransactWriteItems; contention is tried again, a false condition is `Cancelled`.

    One token names the transaction while it is not known the outcome of it: if the first request was carried out and
    its answer was lost, the second gets that answer, and not the refusal of a condition that is false by now.
    """
    token = secrets.token_hex(16)

    def write() -> None:
        nonlocal token
        try:
            client.transact_write_items(TransactItems=writes, ClientRequestToken=token)
        except client.exceptions.TransactionCanceledException:
            token = secrets.token_hex(16)
            raise

    try:
        insist(lambda: repeat(write, sleep=sleep), attempts=attempts, sleep=sleep)
    except client.exceptions.TransactionCanceledException as error:
        refusals = {
            position: from_wire(reason.get("Item", {}))
            for position, reason in enumerate(error.response.get("CancellationReasons", []))
            if reason.get("Code") == FALSE
        }
        if refusals:
            raise Cancelled(refusals) from None
        raise
