"""Who asks, and by which way: each test of an API runs once as ASGI, once as API Gateway's events."""

import pytest

from api_events import TestClient
from organising import Organiser
from world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asks = vars(metafunc.module).get("TestClient") is TestClient or {"organiser", "played"} & set(metafunc.fixturenames)
    metafunc.parametrize("way", ["asgi", "event"] if asks else ["asgi"], indirect=True)


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(TestClient, "by_event", request.param == "event")
    return str(request.param)


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)
