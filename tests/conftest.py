"""Fixtures that every kind of test shares."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from ballotcast_cli.stack.stack import EMULATORS
from deployed_stack import OPTION, select_for_emulator
from world import World, world

os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Ballotcast")
settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, choices=sorted(EMULATORS), default="local", help="what the tests of a deployed stack run on"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    select_for_emulator(config, items)


@pytest.fixture
def deployment() -> Iterator[World]:
    """A fresh deployment played by moto."""
    with world() as fresh:
        yield fresh
