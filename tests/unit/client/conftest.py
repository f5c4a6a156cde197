"""The API that voters meet, in one process."""

import pytest

from asgi_client import TestClient
from ballotcast.client.api import Api
from election_fixture import FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from world import World


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Its log has begun."""
    frozen = frozen_election(deployment)
    start_log(frozen)
    return frozen


@pytest.fixture
def http(deployment: World) -> TestClient:
    return gateway(*(create(deployment.wiring()) for create in (register_app, vote_app, tally_app)))


@pytest.fixture
def waits() -> list[float]:
    """How long the client would have waited."""
    return []


@pytest.fixture
def api(http: TestClient, waits: list[float]) -> Api:
    return Api(http, sleep=waits.append)
