"""What freezing an election takes of DynamoDB: the figure of docs/architecture.md, at any size of the roll."""

from pathlib import Path

import pytest

from ballotcast_tools.scale.aws import Folder
from ballotcast_tools.scale.making import BASE_URL, draft
from organise.freezing import freeze


def test_a_freeze_is_one_transaction_one_put_and_24_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    wiring = Folder(tmp_path)
    made = draft(wiring)
    wiring.meter.take()
    freeze(wiring, made, [], BASE_URL)
    taken = wiring.meter.take()
    assert taken.requests == {"TransactWriteItems": 1, "PutItem": 1, "SendMessageBatch": 1}
    assert (taken.reads, taken.writes) == (0, 24)
