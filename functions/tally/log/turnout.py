"""The board's stream: how many ballots were cast, and nothing about which; and an alarm if somebody alters the box.

The sum is an estimate for the turnout while voting lasts; a batch delivered twice at once counts once.
"""

from collections import defaultdict
from functools import cache
from hashlib import sha256
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBRecordEventName

from ballotcast.batches import Unreadable, reading, take_stream
from ballotcast.crypto.encoding import b64_decode
from ballotcast.store.log import Log
from ballotcast.wiring import from_environment

BOX = "BALLOT#"

logger = Logger(service="turnout")
metrics = Metrics(namespace="Ballotcast", service="tally")
deployed = cache(from_environment)


def count_cast(event: DynamoDBStreamEvent, log: Log) -> None:
    """Add this batch's ballots to each election's sum; a failure makes the batch come again.

    The batch must come again whole: a part of it would not be recognised as counted.
    """
    sequences: dict[str, list[str]] = defaultdict(list)

    def sort(record: DynamoDBRecord) -> None:
        if (found := _row_of_the_box(record)) is None:
            return
        election, is_ballot = found
        if is_ballot:
            assert record.dynamodb
            sequences[election].append(str(record.dynamodb.sequence_number or ""))
        else:
            _report_tampering(election)

    take_stream(event.records, sort, log=logger)
    for election, cast in sequences.items():
        log.add(election, "cast", len(cast), sha256(",".join(cast).encode()).hexdigest())


def _row_of_the_box(record: DynamoDBRecord) -> tuple[str, bool] | None:
    """Return the election of a ballot's row, and whether the row is one that `vote` writes.

    None for rows of other kinds. Raises Unreadable where it does not even say of which kind the row is.
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
                return election, bool(b64_decode(record.dynamodb.new_image["b"]))
    except Unreadable:
        pass  # somebody else wrote it
    return election, False


def _report_tampering(election: str) -> None:
    """A row of the box is written once and never again by us, and holds a ballot: this was somebody else."""
    logger.error("a ballot was altered or removed", extra={"election": election})
    metrics.add_metric("BoardTampered", MetricUnit.Count, 1)
    metrics.flush_metrics()


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    count_cast(DynamoDBStreamEvent(event), deployed().log)
