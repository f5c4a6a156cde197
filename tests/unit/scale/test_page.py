"""docs/scale.md says what was measured and what the simulation says."""

from xml.etree import ElementTree

import pytest

from ballotcast_tools.scale import page
from ballotcast_tools.scale.measured import COUNTING
from ballotcast_tools.scale.stages import STAGES

MINUTES, GIBIBYTES = 10, 2


@pytest.mark.slow
def test_tables_and_plots_are_current() -> None:
    text = page.PAGE.read_text()
    assert page.page(text) == text, "run `ballotcast scale page`"
    for name, drawing in page.plots().items():
        assert (page.KEPT.parent / name).read_text() == drawing, "run `ballotcast scale page`"
        assert f"scale/{name}" in text
        ElementTree.fromstring(drawing)


def test_every_size_was_measured_whole() -> None:
    measured = page.load()
    sizes = {row.voters for row in measured}
    assert sizes >= {1_000, 10_000, 100_000, 1_000_000}
    for size in sizes:
        assert [row.stage for row in measured if row.voters == size] == [
            stage.name for stage in STAGES if stage.measured
        ]


def test_a_million_ballots_are_counted_and_verified_within_the_budget() -> None:
    counting = [row for row in page.load() if row.voters == 1_000_000 and row.stage in COUNTING]
    assert len(counting) == len(COUNTING)
    assert sum(page.seconds_alone(row) for row in counting) < MINUTES * 60
    assert max(row.memory for row in counting) < GIBIBYTES << 30


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES if stage.measured])
def test_no_stage_takes_more_units_for_a_ballot_of_a_million(stage: str) -> None:
    units = {row.voters: (row.reads + row.writes) / row.voters for row in page.load() if row.stage == stage}
    assert units[1_000_000] <= units[10_000] * 1.1 + 0.02
