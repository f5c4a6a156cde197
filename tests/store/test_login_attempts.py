"""Attempts to log in: so many, then a lock, then a new count; each bucket of each organiser by itself."""

import pytest

from ballotcast.store.login_attempts import STRANGERS, LoginAttempts
from ballotcast.store.table import Table

NOW, MOST, LOCK = 1_700_000_000, 5, 900


@pytest.fixture
def attempts(roll: Table) -> LoginAttempts:
    return LoginAttempts(roll)


def begin(attempts: LoginAttempts, now: int = NOW, organiser: str = "o1", bucket: str = STRANGERS) -> int:
    return attempts.begin(organiser, bucket, now, MOST, now + LOCK)


def test_the_sixth_attempt_waits_for_the_lock_and_starts_a_new_count(attempts: LoginAttempts) -> None:
    assert [begin(attempts) for _ in range(MOST + 1)] == [0] * MOST + [NOW + LOCK]
    assert begin(attempts, NOW + LOCK - 1) == NOW + LOCK
    assert [begin(attempts, NOW + LOCK) for _ in range(MOST + 1)] == [0] * MOST + [NOW + 2 * LOCK]


def test_each_bucket_and_each_organiser_has_a_count_of_its_own(attempts: LoginAttempts) -> None:
    for _ in range(MOST + 1):
        begin(attempts)
    assert begin(attempts, bucket="device") == 0
    assert begin(attempts, organiser="o2") == 0
    attempts.clear("o1", STRANGERS)
    assert begin(attempts) == 0
