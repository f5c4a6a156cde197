"""The one place that puts settings, clients and stores together; made once per process, each part at first use.

A store's module is imported with it: a function's start pays for the stores that it uses and for no other.
"""

import os
from collections.abc import Callable
from contextvars import ContextVar

from ballotcast.settings import Settings
from ballotcast.wiring.board import BoardStores
from ballotcast.wiring.channels import ChannelStores
from ballotcast.wiring.roll import RollStores


class Wiring(RollStores, BoardStores, ChannelStores):
    """Everything a function may use; it touches only what its environment names."""


maker: ContextVar[Callable[[], Wiring]] = ContextVar("maker", default=lambda: Wiring(Settings(os.environ)))
"""Makes a process's wiring. The embedded runtime, which has all functions in one process, sets one for each."""


def from_environment() -> Wiring:
    """Return the wiring of the function that is being started: on AWS, that of the process."""
    return maker.get()()
