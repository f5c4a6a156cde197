"""Where an election stands, second by second."""

from datetime import UTC, datetime, timedelta

import pytest

from ballotcast.elections.lifecycle import Status, status

OPENS = datetime(2026, 11, 20, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=8)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, Status.SCHEDULED),
        (OPENS, Status.OPEN),
        (CLOSES - SECOND, Status.OPEN),
        (CLOSES, Status.CLOSED),
        (CLOSES + SECOND, Status.CLOSED),
    ],
)
def test_the_clock_opens_and_closes_a_frozen_election(now: datetime, expected: Status) -> None:
    assert status(True, OPENS, CLOSES, None, now) is expected


def test_a_draft_stays_a_draft_whatever_the_clock_says() -> None:
    for now in (OPENS - SECOND, OPENS, CLOSES):
        assert status(False, OPENS, CLOSES, None, now) is Status.DRAFT


def test_an_early_close_ends_it() -> None:
    early = OPENS + timedelta(hours=1)
    assert status(True, OPENS, CLOSES, early, early) is Status.CLOSED
