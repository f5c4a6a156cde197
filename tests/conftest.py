"""Fixtures that every kind of test shares."""

import asyncio
import atexit
import os
from collections.abc import Iterator

import pytest

import effort
import garbage
from ballotcast.store import faults
from ballotcast_tools.build import page_bundles
from ballotcast_tools.stack.stack import EMULATORS
from checkout import ROOT
from deployed_stack import OPTION, emulator, select_for_emulator, stack
from world import World, world

__all__ = ["emulator", "stack"]

os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Ballotcast")
garbage.pause()
faults.ATTEMPTS = 1  # a fault that a test plays must reach its caller; store/test_repeating.py is about repetitions
effort.register_profiles()

# Mangum has Python make an event loop for the main thread. It is made here and closed at the end: a loop whose place
# another took would be a leak, and fail the test at which it is found.
_loop = asyncio.new_event_loop()
asyncio.set_event_loop(_loop)
atexit.register(_loop.close)


def pytest_configure(config: pytest.Config) -> None:
    """The pages load bundles: those of the scripts and styles as they are now, made once, before any worker starts."""
    if not hasattr(config, "workerinput"):
        page_bundles.bring_up_to_date(ROOT)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, choices=sorted(EMULATORS), default="local", help="what the tests of a deployed stack run on"
    )


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    effort.leave_out_long(config, items)
    select_for_emulator(config, items)
    effort.put_long_files_first(items)


def pytest_collection_finish() -> None:
    garbage.go_on()


@pytest.fixture
def deployment() -> Iterator[World]:
    """A fresh deployment."""
    with world() as fresh:
        yield fresh


@pytest.fixture
def moto_deployment() -> Iterator[World]:
    """One whose tables are moto's too, for what calls AWS itself."""
    with world(by_moto=True) as fresh:
        yield fresh
