"""An election's channel: registered by the freeze itself, told by the rows that the board's stream brings."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.channels.containers import Batch
from ballotcast.channels.records import decode
from ballotcast.elections.broadcast import SCHEMA, channel_name
from ballotcast.store.log import CHECKPOINT, TURNOUT, SignedCheckpoint, Turnout, log_pk
from ballotcast.store.relay_queues import RecordsMessage, records_message
from ballotcast.store.results import RESULT, Published, result_pk
from ballotcast.store.table import to_wire
from ballotcast.wiring import Wiring
from organise.freezing import freeze
from organising import BASE_URL, Organiser
from relay.starter import start_sagas
from tally import work
from tally.log.announcer import announce
from world import World


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)


@pytest.fixture
def election(organiser: Organiser) -> str:
    election = organiser.create("ada@example.org")
    draft = organiser.wiring.elections.find(election)
    assert draft
    freeze(organiser.wiring, draft, organiser.wiring.voters.roll(election), BASE_URL)
    return election


def changed(
    pk: str, sk: str, values: dict[str, Any], at: int = 1_795_165_200, before: dict[str, Any] | None = None
) -> DynamoDBStreamEvent:
    row = to_wire({"pk": pk, "sk": sk, **values})
    change = {"ApproximateCreationDateTime": at, "Keys": {}, "NewImage": row, "SequenceNumber": "1"}
    if before is not None:
        change["OldImage"] = to_wire({"pk": pk, "sk": sk, **before})
    return DynamoDBStreamEvent({"Records": [{"eventName": "MODIFY", "dynamodb": change}]})


def checkpoint(election: str, *, final: bool = True) -> DynamoDBStreamEvent:
    told = SignedCheckpoint(b"note", 39, issued=38, cast=37, final=final)
    return changed(log_pk(election), CHECKPOINT, vars(told))


def sums(election: str, before: Turnout | None, after: Turnout) -> DynamoDBStreamEvent:
    """The running sums of an election change, as the board's stream tells it."""
    return changed(log_pk(election), TURNOUT, after._asdict(), before=before._asdict() if before else None)


def sent(deployment: World) -> list[RecordsMessage]:
    found = []
    for url in deployment.environment["RELAY_QUEUES"].split(","):
        deployment.environment["RELAY_QUEUE"] = url
        found += [records_message(body) for body in deployment.take_messages("RELAY_QUEUE")]
    return found


def records(batch: Batch) -> list[dict[str, Any]]:
    return decode(SCHEMA, batch)


def ended(organiser: Organiser, election: str) -> bool:
    channel = organiser.wiring.channels.find(channel_name(election))
    assert channel
    return channel.ended


def test_freezing_registers_the_channel_in_the_same_transaction(organiser: Organiser, election: str) -> None:
    channel = organiser.wiring.channels.find(channel_name(election))
    assert channel
    assert (channel.status, channel.owner, channel.key_hash, channel.port) == ("registering", "", "", None)
    assert organiser.wiring.channels.schema(channel) == SCHEMA


def test_a_draft_has_none(organiser: Organiser) -> None:
    assert organiser.wiring.channels.find(channel_name(organiser.create())) is None


def test_the_channels_stream_starts_its_relay(organiser: Organiser, election: str) -> None:
    channel = organiser.wiring.channels.find(channel_name(election))
    assert channel
    image = {"name": channel.name, "status": "registering", "generation": channel.generation}
    machines = organiser.wiring.client("stepfunctions")
    spawn = organiser.wiring.settings.relay_machines["registering"]
    for _ in range(2):
        start_sagas(changed(f"CHANNEL#{channel.name}", "META", image), organiser.wiring)
        [execution] = machines.list_executions(stateMachineArn=spawn)["executions"]
        assert execution["name"] == f"{channel.name}-{channel.generation}"
    stale = {**image, "generation": channel.generation - 1}
    start_sagas(changed(f"CHANNEL#{channel.name}", "META", stale), organiser.wiring)
    assert len(machines.list_executions(stateMachineArn=spawn)["executions"]) == 1


def test_the_turnout_is_told_in_steps_and_exactly_at_the_end_however_often_a_row_comes(
    deployment: World, organiser: Organiser, election: str
) -> None:
    growing = [None, *(Turnout(*both) for both in ((7, 0), (9, 8), (12, 9), (17, 11), (19, 19), (21, 20)))]
    for before, after in pairwise(growing):
        assert after
        for _ in range(2):
            announce(sums(election, before, after), organiser.wiring)
    announce(checkpoint(election, final=False), organiser.wiring)
    assert not ended(organiser, election)
    for _ in range(2):
        announce(checkpoint(election), organiser.wiring)
    assert ended(organiser, election)
    told = [record for message in sent(deployment) for record in records(message.batch)]
    assert [(one["event"], one["issued"], one["cast"], one["final"], one["result"]) for one in told] == [
        ("turnout", 10, 0, False, None),
        ("turnout", 10, 10, False, None),
        ("turnout", 20, 20, False, None),
        ("turnout", 38, 37, True, None),
    ]
    assert datetime.fromtimestamp(told[0]["time"] / 1000, UTC) == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_the_result_is_told_whole_unless_it_is_large(deployment: World, organiser: Organiser, election: str) -> None:
    wiring: Wiring = organiser.wiring
    wiring.blobs.put(work.result_key(election), b'{"contests":[]}')
    published = Published(
        election, "ab" * 32, "cd" * 32, 1, roll=9, issued=8, cast=7, counted_at="2026-11-20T09:00:00Z"
    )
    announce(changed(result_pk(election), RESULT, vars(published)), wiring)
    [message] = sent(deployment)
    [record] = records(message.batch)
    assert (record["event"], record["cast"], record["final"]) == ("result", 7, True)
    assert (record["result_sha256"], record["result"]) == ("ab" * 32, '{"contests":[]}')


def test_ballots_and_elections_without_a_channel_are_passed_over(deployment: World, organiser: Organiser) -> None:
    announce(changed("BALLOT#e#ab", "key", {"b": b"ballot"}), organiser.wiring)
    announce(checkpoint("0000000000000000"), organiser.wiring)
    assert sent(deployment) == []
