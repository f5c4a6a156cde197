"""SnapStart: what a function does before Lambda takes its snapshot, and after it was restored from one.

Off unless the stack is deployed with VoteSnapStart (template.yaml). A snapshot is shared by all processes that are made
from it, so nothing in it may be secret or unique: no key is made or unwrapped, no election is read. The rehearsal
reaches no store. Random numbers come from the operating system, each again (`secrets`); Python's own generator and
OpenSSL's are fed again after all, for the libraries that use them.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

import gc
import os
import random
import ssl
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from ballotcast.wiring import Wiring

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
ENTROPY = 48
"""Bytes: what OpenSSL's generator is seeded with (RAND_bytes(7))."""
TAKES_SNAPSHOT = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def take_part(handler: Handler, wiring: Wiring, rehearsal: Sequence[dict[str, Any]]) -> None:
    """Register both hooks, where Lambda takes a snapshot. `rehearsal`: events that need no store to be answered."""
    if TAKES_SNAPSHOT:
        from snapshot_restore_py import (  # type: ignore[import-not-found]  # Lambda's runtime has it
            register_after_restore,
            register_before_snapshot,
        )

        register_before_snapshot(prepare, handler, wiring, rehearsal)
        register_after_restore(awake, wiring)


def prepare(handler: Handler, wiring: Wiring, rehearsal: Sequence[dict[str, Any]]) -> None:
    """Make the client that every call needs, answer a few events, and leave the collector nothing to look through."""
    assert wiring.dynamodb
    for event in rehearsal:
        handler(event, SimpleNamespace(aws_request_id="rehearsal"))
    gc.collect()
    gc.freeze()


def awake(wiring: Wiring) -> None:
    """Feed the generators of random numbers, and let go of connections: who was at their other end is long gone."""
    random.seed()
    ssl.RAND_add(os.urandom(ENTROPY), ENTROPY)
    wiring.dynamodb.close()
