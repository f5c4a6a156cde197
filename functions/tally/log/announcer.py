"""The board's stream: the turnout, each time it is told higher, and the result go out on the election's channel;
a held result once it is released.

A rise also starts the machine that states the turnout, at most once an hour. All of it is told by the rows themselves,
so nothing that writes them knows of channels, and anyone who dies after writing one has told it. A row delivered again
is published with the same key and counts once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from ballotcast.batches import reading, take_stream
from ballotcast.channels.records import encode_records
from ballotcast.elections.broadcast import SCHEMA, channel_name, result_record, turnout_record
from ballotcast.elections.turnout import rounded
from ballotcast.errors import NotFound
from ballotcast.store.log import CHECKPOINT, TURNOUT, Turnout, turnout_of
from ballotcast.store.results import RELEASE, RESULT
from ballotcast.wiring import Wiring, from_environment
from tally import work
from tally.log.stating import hour_to_state

logger = Logger(service="announcer")
deployed = cache(from_environment)


@dataclass(frozen=True)
class News:
    """What a row has to tell. `moment` is the change's own, so it is the same each time the row comes.

    `final`: the turnout is that of the sealed log. `result_sha256`: of the result, if the row says of one.
    """

    election: str
    moment: datetime
    turnout: Turnout
    final: bool
    result_sha256: str = ""


def announce(event: DynamoDBStreamEvent, wiring: Wiring) -> None:
    """Each row on its own, an election's in order; a failure makes the batch come again."""
    take_stream(event.records, lambda record: _announce(record, wiring), log=logger, group=_election)


def _announce(record: DynamoDBRecord, wiring: Wiring) -> None:
    with reading():
        news = _news(record)
    if news:
        if not news.final:
            wiring.turnout_machine.start(news.election, hour_to_state(news.moment))
        _publish(wiring, news)


def _election(record: DynamoDBRecord) -> str | None:
    """Its rows are taken in order, so that no result is announced before the last turnout."""
    with reading():
        image = record.dynamodb.new_image if record.dynamodb else {}
        return str(image.get("pk", "")).partition("#")[2] or None


def _news(record: DynamoDBRecord) -> News | None:
    change = record.dynamodb
    row = change.new_image if change else {}
    if not change or row.get("sk") not in (TURNOUT, CHECKPOINT, RESULT, RELEASE) or row.get("held"):
        return None
    turnout = turnout_of(row)
    if row["sk"] == TURNOUT:
        turnout, before = _told(turnout), _told(turnout_of(change.old_image))
        if turnout == before:
            return None
    elif row["sk"] == CHECKPOINT and not row["final"]:
        return None
    return News(
        election=row["pk"].partition("#")[2],
        moment=datetime.fromtimestamp(int(change.approximate_creation_date_time or 0), UTC),
        turnout=turnout,
        final=row["sk"] != TURNOUT,
        result_sha256=str(row["result_sha256"]) if row["sk"] in (RESULT, RELEASE) else "",
    )


def _told(sums: Turnout) -> Turnout:
    """As everybody may know it while voting lasts."""
    return Turnout(*map(rounded, sums))


def _publish(wiring: Wiring, news: News) -> None:
    counts = news.turnout._asdict()
    if not news.result_sha256:
        key = ("final-{issued}-{cast}" if news.final else "turnout-{issued}-{cast}").format(**counts)
        record = turnout_record(news.moment, **counts, final=news.final)
    else:
        key = "result"
        result = work.read(wiring.blobs, work.result_key(news.election))
        record = result_record(news.moment, **counts, sha256=news.result_sha256, result=result)
    try:
        target = wiring.publisher.target(channel_name(news.election))
    except NotFound:
        return  # frozen before there were channels, or its channel was taken away
    wiring.publisher.announce(target, encode_records(SCHEMA, [record]), key)
    if news.final:
        wiring.channels.mark_ended(target.channel)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    announce(DynamoDBStreamEvent(event), deployed())
