"""The board's stream: leaf hashes of new ballots go to the queue `sequence`, and whoever alters the box is told of.

It only forwards, so that ballots wait in the log's head and not in the stream. Within a message they stand in order of
hash: nothing tells in which order they were cast.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBRecordEventName

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.batches import Unreadable, reading, take_stream
from ballotcast.crypto.encoding import b64_decode
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.store.queues import Queue, leaves_message
from ballotcast.wiring import from_environment

BOX = "BALLOT#"
MOST = 300
"""Leaf hashes in a message: ten messages of 21 KB are sent at once, and SQS takes 256 KB."""

logger = Logger(service="forwarder")
metrics = Metrics(namespace="Ballotcast", service="tally")


def forward(event: DynamoDBStreamEvent, queue: Queue) -> None:
    """Send what was cast on its way; a failure makes the batch come again, which the log takes as once."""
    cast: dict[str, list[bytes]] = defaultdict(list)

    def sort(record: DynamoDBRecord) -> None:
        if (found := _row_of_the_box(record)) is None:
            return
        election, ballot = found
        if ballot is None:
            _tell_tampering(election)
        else:
            cast[election].append(leaf_hash(BallotLeaf(ballot).encode()))

    take_stream(event.records, sort, log=logger)
    for election, leaf_hashes in cast.items():
        messages = (leaves_message(election, some) for some in _chunks(sorted(leaf_hashes)))
        queue.send_all(messages, group=election)


def _row_of_the_box(record: DynamoDBRecord) -> tuple[str, bytes | None] | None:
    """The election of a ballot's row, and the ballot; None for the ballot if the row is not one that `vote` writes.

    None for rows of other kinds. Unreadable where it does not even say of which kind the row is.
    """
    with reading():
        assert record.dynamodb
        pk = str(record.dynamodb.keys["pk"])
        if not pk.startswith(BOX):
            return None
        election = pk.split("#")[1]
    try:
        with reading():
            if record.event_name is DynamoDBRecordEventName.INSERT:
                assert record.dynamodb
                # Powertools leaves bytes as a stream's JSON has them: base64.
                return election, b64_decode(record.dynamodb.new_image["b"])
    except Unreadable:
        pass  # somebody else wrote it
    return election, None


def _chunks(leaf_hashes: Sequence[bytes]) -> Iterator[list[bytes]]:
    waiting = iter(leaf_hashes)
    while some := list(islice(waiting, MOST)):
        yield some


def _tell_tampering(election: str) -> None:
    """A row of the box is written once and never again by us, and holds a ballot: this was somebody else."""
    logger.error("a ballot was altered or removed", extra={"election": election})
    metrics.add_metric("BoardTampered", MetricUnit.Count, 1)
    metrics.flush_metrics()


deployed = cache(lambda: from_environment().sequence_queue)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    forward(DynamoDBStreamEvent(event), deployed())
