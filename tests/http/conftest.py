"""Who asks, and by which way: each test of an API runs once as ASGI, once as API Gateway's events.

One way is enough for pages, which take the stock path, and where a test says so (`one_way`) because it is long.
"""

import pytest

from api_events import TestClient
from organising import Organiser
from world import World


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asks = vars(metafunc.module).get("TestClient") is TestClient or {"organiser", "played"} & set(metafunc.fixturenames)
    once = metafunc.definition.path.name.startswith("test_web_") or metafunc.definition.get_closest_marker("one_way")
    metafunc.parametrize("way", ["asgi", "event"] if asks and not once else ["asgi"], indirect=True)


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(TestClient, "by_event", request.param == "event")
    return str(request.param)


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)
