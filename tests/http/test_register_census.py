"""The roll's stream: newly issued credentials are counted, each once, and nothing else is."""

from base64 import b64encode
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.store.log import Log
from ballotcast.store.table import to_wire
from ballotcast.store.voter import Voter, to_item
from register.census import count_issued
from world import World

ONE, TWO = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def log(deployment: World) -> Log:
    return deployment.wiring().log


def image(election: str, number: int, *, blinded: str = "", delivery: str = "sent") -> dict[str, Any]:
    """A voter's item as a stream's JSON has it: bytes as base64."""
    voter = Voter(
        election,
        f"{number:064x}",
        "ada@example.org",
        "",
        salt=b"s" * 16,
        tag=b"t" * 32,
        delivery=delivery,
        blinded_sha256=blinded,
    )
    wire = to_wire(to_item(voter))
    return {
        name: {k: b64encode(v).decode() if k == "B" else v for k, v in typed.items()} for name, typed in wire.items()
    }


def change(number: int, before: dict[str, Any] | None, after: dict[str, Any] | None, name: str = "MODIFY") -> Any:
    images = {"OldImage": before, "NewImage": after}
    keys = {key: (after or before or {})[key] for key in ("pk", "sk")}
    told = {key: value for key, value in images.items() if value}
    return {"eventName": name, "dynamodb": {"Keys": keys, "SequenceNumber": f"{number:021}", **told}}


def issued(election: str, number: int) -> Any:
    return change(number, image(election, number), image(election, number, blinded="ab" * 32))


def tell(log: Log, *changes: Any) -> None:
    count_issued(DynamoDBStreamEvent({"Records": list(changes)}), log)


def test_each_election_has_its_own_count(log: Log) -> None:
    tell(log, issued(ONE, 1), issued(TWO, 2), issued(ONE, 3))
    tell(log, issued(ONE, 4))
    assert (log.turnout(ONE).issued, log.turnout(TWO).issued) == (3, 1)


def test_a_batch_told_again_counts_once(log: Log) -> None:
    for _ in range(2):
        tell(log, issued(ONE, 1), issued(ONE, 2))
    assert log.turnout(ONE).issued == 2


def test_what_issues_nothing_counts_nothing(log: Log) -> None:
    plain, done = image(ONE, 1), image(ONE, 1, blinded="ab" * 32)
    tell(
        log,
        change(1, None, plain, "INSERT"),
        change(2, plain, image(ONE, 1, delivery="bounced")),
        change(3, done, image(ONE, 1, blinded="ab" * 32, delivery="bounced")),
        change(4, done, None, "REMOVE"),
    )
    assert log.turnout(ONE).issued == 0


def test_an_empty_batch(log: Log) -> None:
    tell(log)
    assert log.turnout(ONE).issued == 0
