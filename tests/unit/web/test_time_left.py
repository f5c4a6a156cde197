"""How long it is until an election opens or closes, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from web.language import Language
from web.times import left

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("away", "english", "german"),
    [
        (timedelta(days=3, hours=23), "3 days", "3 Tagen"),
        (timedelta(hours=47), "47 hours", "47 Stunden"),
        (timedelta(minutes=119), "119 minutes", "119 Minuten"),
        (timedelta(seconds=61), "1 minute", "1 Minute"),
        (-timedelta(hours=1), "0 minutes", "0 Minuten"),
    ],
)
def test_in_the_largest_unit_of_which_two_are_left(away: timedelta, english: str, german: str) -> None:
    assert left(Language("en"), NOW + away, NOW) == english
    assert left(Language("de"), NOW + away, NOW) == german
