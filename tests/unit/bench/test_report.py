"""Figures and how they are told."""

import json
from pathlib import Path

import pytest

from ballotcast_tools.bench import report
from ballotcast_tools.bench.events import event
from ballotcast_tools.bench.measures import Comparison, Sample

KEPT = Comparison("warm_post", "a POST", "µs", Sample.of([9, 10, 11]), Sample.of([90, 100, 110]), 0.15)
OVER = Comparison("cold_cpu", "a start", "ms", Sample.of([50]), Sample.of([100]), 0.30)
ALONE = Comparison("records", "encoded", "/s", Sample.of([1_234_567]))


def test_a_sample_is_its_median_and_half_of_its_quartiles_distance() -> None:
    sample = Sample.of([8, 9, 10, 11, 30])

    assert (sample.median, sample.spread) == (10, pytest.approx(0.1))
    assert Sample.of([7]).spread == 0


def test_a_ratio_is_ours_to_stock() -> None:
    assert (KEPT.ratio, OVER.ratio, ALONE.ratio) == (0.1, 0.5, None)


def test_the_table_says_what_is_kept_and_what_is_not() -> None:
    head, kept, over, alone = report.table([KEPT, OVER, ALONE]).splitlines()

    assert head.split() == ["stock", "ours", "unit", "ratio", "budget"]
    assert kept.split()[-4:] == ["0.100", "≤", "0.15", "kept"]
    assert over.split()[-1] == "OVER"
    assert "1,234,567" in alone
    assert kept.index("µs") == over.index("ms")


def test_the_document_has_the_ratios_at_its_top(tmp_path: Path) -> None:
    report.write(tmp_path / "bench.json", report.document([KEPT, OVER, ALONE], {"quick": True}))
    told = json.loads((tmp_path / "bench.json").read_text())

    assert (told["warm_post"], told["cold_cpu"], told["quick"]) == (0.1, 0.5, True)
    assert "records" not in told
    assert told["measured"]["records"]["ours"]["median"] == 1_234_567


def test_an_event_is_as_api_gateway_makes_it() -> None:
    made = event("GET", "/log/{id}/{path+}", {"id": "a", "path": "0/001"}, query={"q": "1"})

    assert (made["path"], made["requestContext"]["path"]) == ("/log/a/0/001", "/v1/log/a/0/001")
    assert made["multiValueQueryStringParameters"] == {"q": ["1"]}
    assert made["body"] is None
