"""Who asks, and by which way: each test of an API runs as API Gateway's events, where each GET is asked of both paths.

BOTH_WAYS=1 (`make parity`) runs each as ASGI as well, so that what POSTs do is seen on both paths too. Pages take the
stock path and run as ASGI alone, and so does what says so (`one_way`) because it is long.
"""

import os

import pytest

from api_events import TestClient
from organising import Organiser
from world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asks = vars(metafunc.module).get("TestClient") is TestClient or {"organiser", "played"} & set(metafunc.fixturenames)
    once = metafunc.definition.path.name.startswith("test_web_") or metafunc.definition.get_closest_marker("one_way")
    both = ["asgi", "event"] if os.environ.get("BOTH_WAYS") else ["event"]
    metafunc.parametrize("way", both if asks and not once else ["asgi"], indirect=True)


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(TestClient, "by_event", request.param == "event")
    return str(request.param)


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)
