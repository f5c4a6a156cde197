"""What is remembered for some seconds: never older, never after the clock went back, never a failure."""

from datetime import UTC, datetime, timedelta

import pytest

from ballotcast.remembered import Remembered


class Read:
    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, tzinfo=UTC)
        self.calls: list[tuple[str, int | None]] = []
        self.fails = False
        self.remembered = Remembered(self, lambda: self.now, seconds=5, kept=2)

    def __call__(self, name: str, before: int | None) -> int:
        self.calls.append((name, before))
        if self.fails:
            raise LookupError(name)
        return len(self.calls)

    def after(self, seconds: float, name: str = "a") -> int:
        self.now += timedelta(seconds=seconds)
        return self.remembered.get(name)


def test_a_value_is_read_again_when_it_is_too_old_or_the_clock_went_back() -> None:
    read = Read()
    assert [read.after(seconds) for seconds in (0, 4.9, 0.1, 0, -1)] == [1, 1, 2, 2, 3]
    assert read.calls == [("a", None), ("a", 1), ("a", 2)]


def test_a_failure_is_not_remembered_and_forgets_what_was_before() -> None:
    read = Read()
    read.after(0)
    read.fails = True
    with pytest.raises(LookupError):
        read.after(5)
    read.fails = False
    assert (read.after(0), read.calls[-1]) == (3, ("a", None))


def test_names_are_apart_and_so_many_are_kept() -> None:
    read = Read()
    assert [read.after(0, name) for name in "abab"] == [1, 2, 1, 2]
    assert [read.after(0, name) for name in "ca"] == [3, 4]
