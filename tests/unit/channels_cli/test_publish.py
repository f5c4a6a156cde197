"""Files of records cut into batches: everything in it once, in order, none too large."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.channels.containers import Batch
from ballotcast.client.errors import ApiError
from ballotcast.errors import field_error
from ballotcast_cli.channels import publish
from ballotcast_cli.channels.publish import FileError, bad_records, batches_of_lines, group


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "MOST_RECORDS", 3)
    monkeypatch.setattr(publish, "MOST_BYTES", 40)


@given(st.lists(st.one_of(st.none(), st.fixed_dictionaries({"time": st.integers(0, 10**12)}))))
def test_json_lines(records: list[dict[str, int] | None]) -> None:
    file = [b" \n" if record is None else json.dumps(record).encode() + b"\n" for record in records]
    batches = list(batches_of_lines(file))
    assert [record for batch in batches for record in batch.records] == [record for record in records if record]
    for batch in batches:
        assert 1 <= len(batch.records) <= 3
        assert len(batch.records) == 1 or sum(len(file[line - 1]) for line in batch.lines) <= 40
        assert [records[line - 1] for line in batch.lines] == batch.records


def test_a_line_that_is_no_json_is_named() -> None:
    with pytest.raises(FileError, match="line 3: not JSON"):
        list(batches_of_lines([b'{"time": 1}\n', b"\n", b"{time: 2}\n"]))


@given(st.lists(st.binary(min_size=1, max_size=60).map(lambda data: Batch(1 + len(data) % 3, data))))
def test_blocks_of_a_container(blocks: list[Batch]) -> None:
    groups = list(group(blocks))
    assert [block for together in groups for block in together] == blocks
    for together in groups:
        assert len(together) == 1 or sum(len(block.data) for block in together) <= 40
        assert len(together) == 1 or sum(block.count for block in together) <= 3


def test_refused_records_are_read_off_the_problem() -> None:
    found = {"/records/7/rpm": "expected float", "/records/7": "again", "/records/9": "late", "/schema": "x"}
    errors = [field_error(pointer, "other", reason=reason) for pointer, reason in found.items()]
    refusal = ApiError(422, "bad-record", "no", errors)
    assert bad_records(refusal) == {7: "expected float", 9: "late"}
    assert bad_records(ApiError(404, "no-channel", "no")) == {}
    assert bad_records(ApiError(422, "invalid", "no", [field_error("/records", "no-records")])) == {}
