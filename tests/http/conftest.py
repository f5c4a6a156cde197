"""Who asks, and by which way: each test of an API runs as API Gateway's events, where each GET is asked of both paths.

BOTH_WAYS=1 (`make parity`) runs each as ASGI as well, so that what POSTs do is seen on both paths too. Pages take the
stock path and run as ASGI alone, and so does what says so (`one_way`) because it is long.
"""

import os
from collections.abc import Iterator

import pytest

from api_events import TestClient
from invitations import MAILS, THREE, key_of
from organise import accounts
from organising import Organiser
from relays_played import PlayedChannels
from world import World

NOBODY = accounts.bcrypt.hashpw(b"nobody", accounts.bcrypt.gensalt(4))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asks = vars(metafunc.module).get("TestClient") is TestClient or {"organiser", "played"} & set(metafunc.fixturenames)
    once = metafunc.definition.path.name.startswith("test_web_") or metafunc.definition.get_closest_marker("one_way")
    both = ["asgi", "event"] if os.environ.get("BOTH_WAYS") else ["event"]
    metafunc.parametrize("way", both if asks and not once else ["asgi"], indirect=True)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost, a quarter of a second, is asserted in test_organise_accounts.py."""
    monkeypatch.setattr(accounts, "COST", 4)
    monkeypatch.setattr(accounts, "_NOBODY", NOBODY)


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(TestClient, "by_event", request.param == "event")
    return str(request.param)


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    """Channels of the publisher o1, whose session its client sends."""
    played = PlayedChannels(deployment)
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    yield played
    played.client.close()


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)


@pytest.fixture
def delivered(organiser: Organiser) -> str:
    """An open election: ada was sent a mail and has a credential, bob was sent one, cid's came back, dee is new."""
    election = organiser.create(*THREE)
    organiser.post(f"/elections/{election}/open")
    organiser.invite(election)
    organiser.deployment.take_messages(MAILS)
    voters = organiser.wiring.voters
    for email in THREE:
        voter = voters.find(election, key_of(organiser, election, email))
        assert voter
        assert voters.give_link(voter, voter.run, f"link of {email}")
        voters.mark_mailed(election, voter.key, voter.run)
        if email.startswith("cid"):
            voters.mark_bounced(election, voter.key, voter.run)
    ada = key_of(organiser, election, "ada@example.org")
    assert voters.issue(election, ada, "link of ada@example.org", "blinded")
    organiser.post(f"/elections/{election}/voters", json={"email": "dee@example.org"})
    return election
