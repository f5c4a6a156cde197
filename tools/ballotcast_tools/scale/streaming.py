"""What the tables' streams and the queue `sequence` tell: the sum of what was cast, and the log's statements."""

from itertools import count, islice
from typing import Any

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.crypto.encoding import b64_encode
from ballotcast.store.ballots import ballot_key, ballot_pk
from tally.log.sequencer import Sequencer
from tally.log.turnout import count_cast

from .aws import ENVIRONMENT, Folder
from .making import ELECTION, Scene, made_ballots

ROWS, MESSAGES = 500, 10
"""Rows that the turnout's function is told at once, and messages that the sequencer is: as in template.yaml."""
QUEUE = ENVIRONMENT["SEQUENCE_QUEUE"]


def stream(wiring: Folder, scene: Scene) -> None:
    """Every ballot made, in the order of its making, as if the stream had one shard."""
    ballots, numbers = made_ballots(wiring, scene), count()
    while rows := [_inserted(ballot, next(numbers)) for ballot in islice(ballots, ROWS)]:
        count_cast(DynamoDBStreamEvent({"Records": rows}), wiring.log)


def drain(wiring: Folder) -> None:
    """All that waits in the queue."""
    sequencer = Sequencer(wiring)
    while wiring.messages.waiting(QUEUE):
        if sequencer.handle(wiring.messages.take(QUEUE, MESSAGES))["batchItemFailures"]:
            raise RuntimeError("the sequencer did not take a message")


def seal(wiring: Folder, order: dict[str, Any]) -> dict[str, Any]:
    return Sequencer(wiring).handle(order)


def _inserted(ballot: bytes, number: int) -> dict[str, Any]:
    key = ballot_key(ballot)
    row = {"pk": {"S": ballot_pk(ELECTION, key[:2])}, "sk": {"S": key}}
    image = {**row, "b": {"B": b64_encode(ballot)}}
    return {"eventName": "INSERT", "dynamodb": {"Keys": row, "NewImage": image, "SequenceNumber": str(number)}}
