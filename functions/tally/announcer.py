"""The board's stream: each new checkpoint's turnout, and the result, go out on the election's channel.

It is told by the rows themselves, so nothing that writes them knows of channels, and whoever dies after writing one has
told it. A row delivered again is published with the same key and counts once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import StreamRecord

from ballotcast.channels.records import encode_records
from ballotcast.elections.broadcast import SCHEMA, channel_name, result_record, turnout_record
from ballotcast.errors import NotFound
from ballotcast.store.log import CHECKPOINT
from ballotcast.store.results import RESULT
from ballotcast.wiring import Wiring, from_environment
from tally import work

logger = Logger(service="announcer")
deployed = cache(from_environment)


def announce(event: DynamoDBStreamEvent, wiring: Wiring) -> None:
    """A failure makes the batch come again."""
    for change in event.records:
        if change.dynamodb and (row := change.dynamodb.new_image) and row["sk"] in (CHECKPOINT, RESULT):
            _publish(wiring, row, change.dynamodb)


def _publish(wiring: Wiring, row: Mapping[str, Any], change: StreamRecord) -> None:
    election = row["pk"].partition("#")[2]
    moment = datetime.fromtimestamp(int(change.approximate_creation_date_time or 0), UTC)  # the same each time it comes
    counts = {"issued": int(row["issued"]), "cast": int(row["cast"])}
    if row["sk"] == CHECKPOINT:
        key = f"turnout-{row['size']}"
        record = turnout_record(moment, **counts, final=row["final"])
    else:
        key = "result"
        result = work.read(wiring.blobs, work.result_key(election))
        record = result_record(moment, **counts, sha256=row["result_sha256"], result=result)
    try:
        target = wiring.publisher.target(channel_name(election))
    except NotFound:
        return  # frozen before there were channels, or its channel was taken away
    wiring.publisher.announce(target, encode_records(SCHEMA, [record]), key)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    announce(DynamoDBStreamEvent(event), deployed())
