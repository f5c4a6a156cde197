"""The demo's channel on the really deployed stack: by UDP and by HTTP, relayed, exported, and nothing lost."""

import secrets
from collections.abc import Iterator

import pytest

from ballotcast.client.api import connect
from ballotcast.client.channels import Channels
from ballotcast.client.organiser import Organiser
from ballotcast_tools.demo.channels import play_channel
from ballotcast_tools.stack.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def organiser(stack: Stack) -> Iterator[Organiser]:
    api = connect(stack.outputs["ApiUrl"])
    signing_up = Organiser(api)
    email, password = f"engineer@{secrets.token_hex(4)}.example.org", secrets.token_urlsafe(16)
    signing_up.sign_up(email, password)
    signing_up.log_in(email, password)
    yield signing_up
    api.http.close()


def test_every_record_comes_back_once_in_order_and_as_it_was_sent(
    organiser: Organiser, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play_channel(organiser, 2000) == []
    told = capsys.readouterr().out
    assert "1000 published" in told
    assert "each once, in order, as sent" in told
    assert "█" in told, "the live window was shown"
    assert Channels(organiser.api, organiser.token).list_channels(mine=True) == [], "it tidies up"
