"""From the box to the log: what the stream tells the forwarder, and the queue tells the sequencer."""

from itertools import islice
from typing import Any

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.crypto.encoding import b64_encode
from ballotcast.store.ballots import ballot_key, ballot_pk
from tally.forwarder import forward
from tally.sequencer import Sequencer

from .aws import ENVIRONMENT, Folder
from .making import ELECTION, Scene, made_ballots

ROWS, MESSAGES = 500, 10
"""Rows that the forwarder is told at once, and messages that the sequencer is: as in template.yaml."""
QUEUE = ENVIRONMENT["SEQUENCE_QUEUE"]


def sequence(wiring: Folder, scene: Scene) -> None:
    """Every ballot made, in the order of its making, as if the stream had one shard."""
    sequencer, ballots = Sequencer(wiring), made_ballots(wiring, scene)
    while rows := [_inserted(ballot) for ballot in islice(ballots, ROWS)]:
        forward(DynamoDBStreamEvent({"Records": rows}), wiring.sequence_queue)
        if wiring.messages.waiting(QUEUE) >= MESSAGES:
            _tell(sequencer, wiring)
    drain(wiring, sequencer)


def drain(wiring: Folder, sequencer: Sequencer | None = None) -> None:
    """All that waits in the queue."""
    sequencer = sequencer or Sequencer(wiring)
    while wiring.messages.waiting(QUEUE):
        _tell(sequencer, wiring)


def seal(wiring: Folder, order: dict[str, Any]) -> dict[str, Any]:
    return Sequencer(wiring).handle(order)


def _tell(sequencer: Sequencer, wiring: Folder) -> None:
    if sequencer.handle(wiring.messages.take(QUEUE, MESSAGES))["batchItemFailures"]:
        raise RuntimeError("the sequencer did not take a message")


def _inserted(ballot: bytes) -> dict[str, Any]:
    key = ballot_key(ballot)
    row = {"pk": {"S": ballot_pk(ELECTION, key[:2])}, "sk": {"S": key}}
    image = {**row, "b": {"B": b64_encode(ballot)}}
    return {"eventName": "INSERT", "dynamodb": {"Keys": row, "NewImage": image}}
