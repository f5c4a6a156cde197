"""Channels played in process, and the command on them."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast_cli import group
from ballotcast_cli.main import main
from relays_played import PlayedChannels
from world import World

Run = Callable[..., Result]


@pytest.fixture
def played(deployment: World) -> PlayedChannels:
    return PlayedChannels(deployment)


@pytest.fixture
def api(played: PlayedChannels) -> Api:
    return Api(played.client, sleep=lambda seconds: None)


@pytest.fixture
def channels(api: Api, played: PlayedChannels) -> Channels:
    return Channels(api, played.session("ada"))


@pytest.fixture
def run(api: Api, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`ballotcast …` as the organiser `ada`, against the app in this process."""
    monkeypatch.setattr(group, "connect", lambda address: api)
    monkeypatch.setattr(group, "load_session", lambda deployment: played.session("ada"))
    monkeypatch.setenv("BALLOTCAST_API", "http://testserver")
    monkeypatch.delenv("BALLOTCAST_CHANNEL_KEY", raising=False)

    def invoke(*arguments: str, input: str = "") -> Result:  # noqa: A002 - click's name
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return invoke
