"""Upkeep: everything whose time is over goes, in portions, whatever else fails."""

from threading import Semaphore

import pytest

from ballotcast_tools.runtime.upkeep import AT_ONCE, Upkeep


class Waste:
    """So many things to delete."""

    def __init__(self, left: int) -> None:
        self.left, self.asked = left, 0

    def delete(self, most: int) -> int:
        self.asked += 1
        portion = min(most, self.left)
        self.left -= portion
        return portion


def fails(_most: int) -> int:
    raise LookupError


def test_all_of_it_is_deleted_in_portions() -> None:
    waste = Waste(2 * AT_ONCE + 5)
    Upkeep([waste.delete], lambda: None).sweep()
    assert (waste.left, waste.asked) == (0, 3)


def test_a_task_that_fails_keeps_no_other_from_its_work(caplog: pytest.LogCaptureFixture) -> None:
    waste, rounds = Waste(5), list[str]()
    Upkeep([fails, waste.delete], lambda: rounds.append("emptied")).sweep()
    assert waste.left == 0
    assert rounds == ["emptied"]
    assert "a part of the upkeep failed" in caplog.text


def test_it_goes_on_after_a_round_that_failed() -> None:
    rounds = Semaphore(0)

    def fail() -> None:
        rounds.release()
        raise LookupError

    upkeep = Upkeep([], fail, every=0.01)
    upkeep.start()
    for _ in range(3):
        assert rounds.acquire(timeout=20)
    upkeep.stop()
