"""From the board's stream through the queue into the log: the two handlers and the events they get."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from boto3.dynamodb.types import TypeSerializer

from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto.encoding import b64_encode
from ballotcast.store.ballots import ballot_key, ballot_pk
from ballotcast.store.queues import amendments_message, leaves_message
from counted_election import leaf_of, sqs_event, sqs_record, vote
from election_fixture import VOTERS, FrozenElection, frozen_election
from requests_made import record_requests
from tally.closed import CountStopped
from tally.forwarder import MOST, forward
from tally.sequencer import Sequencer, pause
from world import World


def change(kind: str, pk: str, **image: Any) -> dict[str, Any]:
    """A record of a table's stream: bytes are base64 there."""
    keys = {"pk": {"S": pk}, "sk": {"S": "k"}}
    wire = {name: TypeSerializer().serialize(value) for name, value in image.items()}
    for value in wire.values():
        if "B" in value:
            value["B"] = b64_encode(value["B"])
    return {"eventName": kind, "dynamodb": {"Keys": keys, "NewImage": {**keys, **wire}}}


def cast(election: str, ballot: bytes) -> dict[str, Any]:
    return change("INSERT", ballot_pk(election, ballot_key(ballot)[:2]), b=ballot)


def stream(deployment: World, *records: dict[str, Any]) -> list[dict[str, Any]]:
    """What waits in the queue after these changes."""
    forward(DynamoDBStreamEvent({"Records": list(records)}), deployment.wiring().sequence_queue)
    return deployment.take_messages("SEQUENCE_QUEUE")


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def ballots(election: FrozenElection) -> list[Ballot]:
    return [vote(election, email, [(1,)]) for email in VOTERS]


def test_new_ballots_are_forwarded_by_hash_and_in_no_order(
    deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    [message] = stream(deployment, *(cast(election.id, ballot.encode()) for ballot in ballots))
    assert message == {"election": election.id, "leaves": sorted(leaf_of(ballot).hex() for ballot in ballots)}


def test_each_election_has_messages_of_its_own_and_of_a_bounded_size(deployment: World) -> None:
    records = [cast("e1", number.to_bytes(200)) for number in range(MOST + 1)]
    messages = stream(deployment, *records, cast("e2", bytes(200)))
    assert [(message["election"], len(message["leaves"])) for message in messages] == [
        ("e1", MOST),
        ("e1", 1),
        ("e2", 1),
    ]
    assert len({leaf for message in messages for leaf in message["leaves"]}) == MOST + 1


def test_other_rows_of_the_board_are_not_forwarded(deployment: World) -> None:
    assert not stream(deployment, change("INSERT", "LOG#e1", b=bytes(9)), change("MODIFY", "LOG#e1", b=bytes(9)))


@pytest.mark.parametrize("kind", ["MODIFY", "REMOVE"])
def test_an_altered_box_raises_the_alarm(
    deployment: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    ballot = bytes(range(200))
    assert not stream(deployment, change(kind, "BALLOT#e1#0a", b=ballot))
    metric = capsys.readouterr().out
    assert json.loads(metric)["BoardTampered"] == [1.0]
    [record] = caplog.records
    assert (record.levelname, vars(record)["election"]) == ("ERROR", "e1")
    assert not [told for told in (metric, str(vars(record))) if b64_encode(ballot) in told or ballot.hex() in told]


def test_messages_of_a_batch_are_taken_together(
    deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    wiring = deployment.wiring()
    sequencer = Sequencer(wiring)
    sequencer.handle(sqs_event(amendments_message(election.id, 0)))
    made = record_requests(wiring)
    messages = [leaves_message(election.id, [leaf_of(ballot)]) for ballot in ballots]
    assert sequencer.handle(sqs_event(*messages)) == {"batchItemFailures": []}
    assert wiring.log.head(election.id).pending == tuple(sorted(map(leaf_of, ballots)))
    assert made[:2] == ["GetItem LOG", "PutItem LOG"]


def test_one_elections_trouble_is_not_anothers(
    deployment: World, election: FrozenElection, ballots: list[Ballot], caplog: pytest.LogCaptureFixture
) -> None:
    messages = [
        leaves_message("unknown", [bytes(32)]),
        leaves_message(election.id, [leaf_of(ballots[0])]),
        leaves_message("unknown", [bytes(range(32))]),
    ]
    answer = Sequencer(deployment.wiring()).handle(sqs_event(*messages))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "2"}]}
    assert deployment.wiring().log.head(election.id).pending == (leaf_of(ballots[0]),)
    assert "no manifest on the board" in caplog.text


def test_what_failed_comes_again_soon(deployment: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not when the queue would tell it again by itself: the election's other messages wait behind it."""
    monkeypatch.setattr("tally.sequencer.FIRST_PAUSE", 0)
    wiring, url = deployment.wiring(), deployment.environment["SEQUENCE_QUEUE"]
    wiring.sequence_queue.send(leaves_message("unknown", [bytes(32)]), group="unknown")
    [message] = deployment.sqs.receive_message(QueueUrl=url)["Messages"]
    record = sqs_record(message["MessageId"], message["Body"], message["ReceiptHandle"])
    assert "Messages" not in deployment.sqs.receive_message(QueueUrl=url)
    assert Sequencer(wiring).handle({"Records": [record]})["batchItemFailures"]
    assert deployment.take_messages("SEQUENCE_QUEUE") == [leaves_message("unknown", [bytes(32)])]


def test_what_fails_again_and_again_comes_ever_later() -> None:
    assert [pause(received) for received in (1, 2, 3, 8, 9, 20)] == [5, 10, 20, 640, 900, 900]


def test_nothing_is_logged_of_what_goes_well(
    deployment: World,
    election: FrozenElection,
    ballots: list[Ballot],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    [message] = stream(deployment, *(cast(election.id, ballot.encode()) for ballot in ballots))
    Sequencer(deployment.wiring()).handle(sqs_event(message))
    assert (capsys.readouterr().out, caplog.text) == ("", "")


def test_ballots_after_the_seal_raise_the_alarm(
    deployment: World, election: FrozenElection, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.clock.advance(days=2)
    sequencer = Sequencer(deployment.wiring())
    sequencer.handle(seal(election))
    sequencer.handle(sqs_event(leaves_message(election.id, [bytes(32)])))
    assert '"LateBallot":[1.0]' in capsys.readouterr().out


def seal(election: FrozenElection) -> dict[str, Any]:
    manifest = election.manifest
    rolls = rolls_digest([(manifest.roll_size, manifest.roll_root)])
    ledger = {"amendments": 0, "rolls": rolls.hex(), "issued": 0}
    return {"election": election.id, "ledger": ledger, "leaves": []}


def test_an_open_election_is_not_sealed(deployment: World, election: FrozenElection) -> None:
    with pytest.raises(CountStopped, match="not closed yet"):
        Sequencer(deployment.wiring()).handle(seal(election))
    assert deployment.wiring().log.head(election.id).version == 0


def test_the_log_key_is_unwrapped_once(deployment: World, election: FrozenElection, ballots: list[Ballot]) -> None:
    wiring = deployment.wiring()
    unwrapped: list[str] = []
    unwrap = wiring.vault.unwrap
    wiring.vault.unwrap = lambda purpose, *rest: (unwrapped.append(purpose), unwrap(purpose, *rest))[1]  # type: ignore
    sequencer = Sequencer(wiring)
    for ballot in ballots:
        sequencer.handle(sqs_event(leaves_message(election.id, [leaf_of(ballot)])))
    assert unwrapped == ["log"]
