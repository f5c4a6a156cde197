"""What the board's stream says of the box, and what the queue tells the log: the two handlers and their events."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from boto3.dynamodb.types import TypeSerializer

from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto.encoding import b64_encode
from ballotcast.store.ballots import ballot_key, ballot_pk
from ballotcast.store.log import Log
from ballotcast.store.queues import amendments_message
from counted_election import sqs_event, sqs_record
from election_fixture import FrozenElection, frozen_election
from log_fixture import state_rolls
from requests_made import record_requests
from tally.closed import CountStopped
from tally.log.sequencer import Sequencer, pause
from tally.log.turnout import count_cast
from world import World


def change(kind: str, pk: str, number: int = 0, **image: Any) -> dict[str, Any]:
    """A record of a table's stream: bytes are base64 there."""
    keys = {"pk": {"S": pk}, "sk": {"S": "k"}}
    wire = {name: TypeSerializer().serialize(value) for name, value in image.items()}
    for value in wire.values():
        if "B" in value:
            value["B"] = b64_encode(value["B"])
    row = {"Keys": keys, "NewImage": {**keys, **wire}, "SequenceNumber": f"{number:021}"}
    return {"eventName": kind, "dynamodb": row}


def cast(election: str, number: int) -> dict[str, Any]:
    ballot = number.to_bytes(200)
    return change("INSERT", ballot_pk(election, ballot_key(ballot)[:2]), number, b=ballot)


def stream(deployment: World, *records: dict[str, Any]) -> Log:
    """The log after these changes."""
    log = deployment.wiring().log
    count_cast(DynamoDBStreamEvent({"Records": list(records)}), log)
    return log


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


def grown(election: FrozenElection, size: int) -> dict[str, Any]:
    """The message that there is one more amendment, which states a roll of this size."""
    return amendments_message(election.id, state_rolls(election, [size]))


def test_each_election_has_its_own_sum_of_ballots(deployment: World) -> None:
    log = stream(deployment, cast("e1", 1), cast("e2", 2), cast("e1", 3))
    stream(deployment, cast("e1", 4))
    assert (log.turnout("e1"), log.turnout("e2")) == ((0, 3), (0, 1))


def test_a_batch_of_ballots_told_again_counts_once(deployment: World) -> None:
    for _ in range(2):
        log = stream(deployment, cast("e1", 1), cast("e1", 2))
    assert log.turnout("e1") == (0, 2)


def test_issued_and_cast_are_summed_apart(deployment: World) -> None:
    log = stream(deployment, cast("e1", 1))
    log.add("e1", "issued", 5, "batch")
    log.add("e1", "issued", 5, "batch")
    stream(deployment, cast("e1", 1))
    assert log.turnout("e1") == (5, 1)


def test_other_rows_of_the_board_are_not_counted(deployment: World) -> None:
    log = stream(deployment, change("INSERT", "LOG#e1", b=bytes(9)), change("MODIFY", "LOG#e1", b=bytes(9)))
    assert log.turnout("e1") == (0, 0)


@pytest.mark.parametrize("kind", ["MODIFY", "REMOVE"])
def test_an_altered_box_raises_the_alarm(
    deployment: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    ballot = bytes(range(200))
    log = stream(deployment, change(kind, "BALLOT#e1#0a", b=ballot))
    assert log.turnout("e1") == (0, 0)
    metric = capsys.readouterr().out
    assert json.loads(metric)["BoardTampered"] == [1.0]
    [record] = caplog.records
    assert (record.levelname, vars(record)["election"]) == ("ERROR", "e1")
    assert not [told for told in (metric, str(vars(record))) if b64_encode(ballot) in told or ballot.hex() in told]


def test_messages_of_a_batch_are_taken_together(deployment: World, election: FrozenElection) -> None:
    wiring = deployment.wiring()
    state_rolls(election, [9, 11])
    made = record_requests(wiring)
    messages = [amendments_message(election.id, number) for number in (1, 0, 2)]
    assert Sequencer(wiring).handle(sqs_event(*messages)) == {"batchItemFailures": []}
    assert (wiring.log.head(election.id).size, wiring.log.head(election.id).amendments) == (3, 2)
    assert [request for request in made if "PutItem" in request] == ["PutItem LOG"], "one checkpoint"


def test_one_elections_trouble_is_not_anothers(
    deployment: World, election: FrozenElection, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [
        amendments_message("unknown", 1),
        grown(election, 9),
        amendments_message("unknown", 2),
    ]
    answer = Sequencer(deployment.wiring()).handle(sqs_event(*messages))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "2"}]}
    assert deployment.wiring().log.head(election.id).amendments == 1
    assert "no manifest on the board" in caplog.text


def test_what_failed_comes_again_soon(deployment: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not when the queue would tell it again by itself: the election's other messages wait behind it."""
    monkeypatch.setattr("tally.log.sequencer.FIRST_PAUSE", 0)
    wiring, url = deployment.wiring(), deployment.environment["SEQUENCE_QUEUE"]
    wiring.sequence_queue.send(amendments_message("unknown", 1), group="unknown")
    [message] = deployment.sqs.receive_message(QueueUrl=url)["Messages"]
    record = sqs_record(message["MessageId"], message["Body"], message["ReceiptHandle"])
    assert "Messages" not in deployment.sqs.receive_message(QueueUrl=url)
    assert Sequencer(wiring).handle({"Records": [record]})["batchItemFailures"]
    assert deployment.take_messages("SEQUENCE_QUEUE") == [amendments_message("unknown", 1)]


def test_what_fails_again_and_again_comes_ever_later() -> None:
    assert [pause(received) for received in (1, 2, 3, 8, 9, 20)] == [5, 10, 20, 640, 900, 900]


def test_nothing_is_logged_of_what_goes_well(
    deployment: World,
    election: FrozenElection,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream(deployment, cast(election.id, 1))
    Sequencer(deployment.wiring()).handle(sqs_event(grown(election, 9)))
    assert (capsys.readouterr().out, caplog.text) == ("", "")


def seal(election: FrozenElection) -> dict[str, Any]:
    manifest = election.manifest
    rolls = rolls_digest([(manifest.roll_size, manifest.roll_root)])
    ledger = {"amendments": 0, "rolls": rolls.hex(), "issued": 0, "sha256": "00" * 32}
    return {"election": election.id, "ledger": ledger, "leaves": []}


def test_an_open_election_is_not_sealed(deployment: World, election: FrozenElection) -> None:
    with pytest.raises(CountStopped, match="not closed yet"):
        Sequencer(deployment.wiring()).handle(seal(election))
    assert deployment.wiring().log.head(election.id).version == 0


def test_the_log_key_is_unwrapped_once(deployment: World, election: FrozenElection) -> None:
    wiring = deployment.wiring()
    unwrapped: list[str] = []
    unwrap = wiring.vault.unwrap
    wiring.vault.unwrap = lambda purpose, *rest: (unwrapped.append(purpose), unwrap(purpose, *rest))[1]  # type: ignore
    sequencer = Sequencer(wiring)
    for size in (9, 11):
        sequencer.handle(sqs_event(grown(election, size)))
    assert unwrapped == ["log"]
