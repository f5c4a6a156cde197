"""Functions' log records as a reader at a terminal sees them."""

import json

import pytest

from ballotcast_tools.stack.function_log import readable, short_name


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({"level": "INFO", "message": "cast", "service": "vote", "timestamp": "2026-11-20"}, "INFO cast"),
        ({"level": "WARNING", "message": "late", "election": "e1", "n": 3}, "WARNING late election=e1 n=3"),
        ({"message": "m", "cold_start": True, "location": "x:1", "records": [1, 2]}, "INFO m records=[1, 2]"),
        ({"level": "ERROR", "message": "m", "exception": "Traceback\nValueError"}, "ERROR m\nTraceback\nValueError"),
        ({"_aws": {"Timestamp": 1}, "function": "vote", "Casts": [1.0]}, "METRIC function=vote Casts=[1.0]"),
    ],
)
def test_records(record: dict[str, object], line: str) -> None:
    assert readable(json.dumps(record)) == line


@pytest.mark.parametrize("line", ["plain text", "{not json", "[1, 2]", "3"])
def test_other_lines_stay(line: str) -> None:
    assert readable(line) == line


@pytest.mark.parametrize(
    ("function", "name"),
    [("ballotcast-VoteFunction-B77D026EF3C80", "VoteFunction"), ("my-stack-VoteFn-0A", "VoteFn"), ("vote", "vote")],
)
def test_names(function: str, name: str) -> None:
    assert short_name(function) == name
