"""Who asks."""

import pytest

from organising import Organiser
from world import World


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)
