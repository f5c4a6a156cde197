"""A channel with a relay on moto."""

import pytest

from ballotcast.channels.config import ChannelConfig
from relayed import Relayed
from world import World


@pytest.fixture
def lab(deployment: World) -> Relayed:
    """The channel `lab`; two records are one point of its live window."""
    return Relayed(deployment, ChannelConfig(decimation=2))
