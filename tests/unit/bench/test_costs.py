"""What one call of a warm function asks of AWS, route by route: the write budget, and that reads are few."""

from pathlib import Path

import pytest

from ballotcast_tools.bench.hot_routes import measure
from ballotcast_tools.bench.playing import play
from ballotcast_tools.bench.routes import counted_routes, open_routes

KB = 1024
BUDGET = {
    # requests, read units, write units
    "cast": ({"PutItem": 1}, 0, 1),
    "manifest": ({}, 0, 0),
    "link": ({"GetItem": 2}, 2, 0),
    "credential": ({"GetItem": 1, "UpdateItem": 1}, 1, 1),
    "checkpoint": ({"GetItem": 1}, 1, 0),
    # the checkpoint, the running sums, the newest statement, and what was ordered of the end
    "turnout": ({"BatchGetItem": 1}, 4, 0),
    "tile": ({"GetItem": 1, "Query": 1}, 2, 0),
    # four items in one transaction, twice a unit each; the reads: how far its relay is, what is kept of an earlier one,
    # and whether the organiser's session has ended
    "register channel": ({"TransactWriteItems": 1, "GetItem": 1, "Query": 1, "BatchGetItem": 1}, 4, 8),
    "channel": ({"GetItem": 4, "Query": 1}, 5, 0),
    "100 records": ({"SendMessage": 1, "UpdateItem": 1}, 0, 1),
    "live": ({"Query": 1}, 3, 0),
    "results": ({"GetItem": 2, "GetObject": 2}, 2, 0),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            patch.setenv(name, "eu-central-1")
        played = play(Path(tmp_path_factory.mktemp("deployment")))
        found = measure(played, open_routes(played), rounds=0)
        played.count()
        found += measure(played, counted_routes(), rounds=0)
    return {one["name"]: one for one in found}


@pytest.mark.slow
def test_every_hot_route_is_measured(measured: dict[str, dict[str, object]]) -> None:
    assert set(measured) == set(BUDGET)


@pytest.mark.parametrize("route", BUDGET)
def test_a_call_asks_no_more_of_aws_than_this(measured: dict[str, dict[str, object]], route: str) -> None:
    one, (requests, reads, writes) = measured[route], BUDGET[route]

    assert one["requests"] == requests
    assert one["reads"] <= reads  # type: ignore[operator]
    assert one["writes"] == writes


def test_a_cast_is_one_put_of_a_kilobyte_at_most(measured: dict[str, dict[str, object]]) -> None:
    assert 500 < measured["cast"]["largest"] <= KB  # type: ignore[operator]
