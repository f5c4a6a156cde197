"""Percentiles by the nearest rank, rates, and runs put together."""

from collections import Counter

from ballotcast_tools.bench.load.figures import Tally, percentile


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [15.0, 50.0, 20.0, 40.0, 35.0]

    assert [percentile(values, percent) for percent in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]
    assert percentile(list(range(1, 101)), 99) == 99
    assert percentile([7.0], 99) == 7
    assert percentile([], 50) is None


def test_a_tally_has_what_succeeded_and_what_failed() -> None:
    tally = Tally(2.0, [0.010, 0.0200049, 0.030], Counter({"status 500": 2, "TimeoutError": 1}))

    assert (tally.completed, tally.failed, tally.per_second) == (3, 3, 1.5)
    assert tally.milliseconds(50) == 20.0
    assert Tally().milliseconds(50) is None
    assert Tally().per_second == 0


def test_runs_are_put_together() -> None:
    both = Tally(1.0, [0.1], Counter(a=1), 2)
    both.add(Tally(3.0, [0.2], Counter(a=1, b=1), 1))

    assert both == Tally(4.0, [0.1, 0.2], Counter(a=2, b=1), 3)
