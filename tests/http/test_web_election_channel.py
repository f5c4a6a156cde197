"""The page of an election's channel, over the real API: whose it is, and that it has ended."""

import re
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from asgi_client import TestClient
from ballotcast.client.api import Api
from ballotcast.elections import broadcast
from ballotcast.store.channel import new_channel, to_item
from ballotcast.store.log import CHECKPOINT, log_pk
from channel.app import create_app as channels
from consumer import stream_change
from counted_election import close_and_count
from election_fixture import FrozenElection, frozen_election
from gateway import gateway
from tally.app import create_app as tally
from tally.log.announcer import announce
from vote.app import create_app as voting
from web.app import create_app
from world import World

NAMELESS = broadcast.channel_name("a" * 16)


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def pages(deployment: World, election: FrozenElection) -> Iterator[TestClient]:
    """The election has its channel; another channel is of an election that is not told."""
    wiring = deployment.wiring()
    for name in (broadcast.channel_name(election.id), NAMELESS):
        channel = new_channel(
            name=name,
            port=None,
            owner="",
            key_hash="",
            schema=broadcast.SCHEMA,
            config=broadcast.CONFIG,
            now=wiring.clock(),
        )
        wiring.channels.register(channel, broadcast.SCHEMA)
    app = create_app(wiring)
    with gateway(channels(wiring), tally(wiring), voting(wiring)) as api, TestClient(app) as client:
        app.state.connect = lambda address: Api(api)
        yield client


def state_of(page: str) -> str:
    found = re.search(r'<span class="badge[^"]*">([^<]*)</span>', page)
    assert found
    return found[1]


def test_it_names_its_election_and_says_that_it_has_ended(
    deployment: World, election: FrozenElection, pages: TestClient
) -> None:
    address = f"/watch/{broadcast.channel_name(election.id)}"
    open_page = pages.get(address).text
    assert f'<a href="/results/{election.id}">{election.manifest.title}</a>' in open_page
    assert state_of(open_page) == "being registered"
    close_and_count(deployment, election)
    wiring = deployment.wiring()
    row = wiring.board.get(log_pk(election.id), CHECKPOINT)
    assert row
    announce(DynamoDBStreamEvent({"Records": [stream_change("MODIFY", row)]}), wiring)
    assert state_of(pages.get(address).text) == "ended"
    assert "ended" in re.findall(r'<span class="badge[^"]*">([^<]*)</span>', pages.get("/watch").text)
    channel = wiring.channels.find(broadcast.channel_name(election.id))
    assert channel
    wiring.channels_table.put({**to_item(channel), "status": "active"})
    assert f"/watch/{channel.name}" not in pages.get("/watch?status=active").text, "what has ended is not active"


def test_without_the_election_there_is_the_channel(pages: TestClient) -> None:
    page = pages.get(f"/watch/{NAMELESS}")
    assert page.status_code == 200
    assert "To the page of this election" in page.text
