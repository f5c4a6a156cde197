"""An election's whole life on DynamoDB Local: it asks for, and is charged, what it is where measurements are made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.scale import aws
from ballotcast_tools.scale.capacity import Meter
from ballotcast_tools.scale.measuring import measure

from .conftest import create_table

VOTERS = 300
READING = {"get_item": "GetItem", "batch_get_item": "BatchGetItem", "query": "Query"}
WRITING = {"put_item": "PutItem", "update_item": "UpdateItem", "transact_write_items": "TransactWriteItems"}
NAMES = {*READING.values(), *WRITING.values()}


class Metered:
    """A client whose requests and charges are counted as `MeteredDynamoDB` counts its own."""

    def __init__(self, client: Any, meter: Meter) -> None:
        self._client, self._meter = client, meter
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self._meter.requests[{**READING, **WRITING}[name]] += 1
            answer = getattr(self._client, name)(**request, ReturnConsumedCapacity="TOTAL")
            told = answer["ConsumedCapacity"]
            units = sum(each["CapacityUnits"] for each in (told if isinstance(told, list) else [told]))
            if name in READING:
                self._meter.reads += units
            else:
                self._meter.writes += units
            return answer

        return call


def test_every_stage_costs_the_same_on_dynamodb_local(
    dynamodb_local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = measure(tmp_path / "ours", VOTERS, 1, lambda done: None, ThreadPoolExecutor)
    for table in ("roll", "board", "channels"):
        create_table(dynamodb_local, table)
    monkeypatch.setattr(aws, "MeteredDynamoDB", lambda path, meter: Metered(dynamodb_local, meter))
    theirs = measure(tmp_path / "theirs", VOTERS, 1, lambda done: None, ThreadPoolExecutor)
    for here, there in zip(ours, theirs, strict=True):
        for name in NAMES:
            assert here.requests.get(name, 0) == pytest.approx(there.requests.get(name, 0), rel=0.1, abs=1), here.stage
        # Which partitions are empty is chance; what it charges otherwise than we do: see test_conformance.py.
        empty = here.requests.get("Query", 0) + here.requests.get("BatchGetItem", 0)
        assert there.reads == pytest.approx(here.reads, abs=empty + 1), here.stage
        if "TransactWriteItems" not in here.requests:
            assert here.writes == there.writes, here.stage
