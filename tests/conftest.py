"""Fixtures that every kind of test shares."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from world import World, world

os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Ballotcast")
settings.register_profile("default", deadline=None, derandomize=True)
settings.load_profile("default")


@pytest.fixture
def deployment() -> Iterator[World]:
    """A fresh deployment played by moto."""
    with world() as fresh:
        yield fresh
