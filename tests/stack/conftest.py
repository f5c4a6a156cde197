"""Tests of a deployed local stack."""

import pytest

from deployed_stack import port_free_now


@pytest.fixture(scope="module")
def free_port() -> int:
    """A port that nothing listens on."""
    return port_free_now()
