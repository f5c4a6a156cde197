"""CPU time that grows no faster than the input: compared within one run, so that a busy machine does not matter."""

import gc
import time
from collections.abc import Callable

MORE, MOST, TRIES = 16, 64.0, 10
"""Sixteen times the input takes sixteen times as long, or 256 times if the work is quadratic. Halfway between the two,
because a large input also meets slower memory, the more so the busier the machine is."""


def assert_grows_no_faster_than_its_input(work: Callable[[int], object], size: int) -> None:
    """`work` is told a size. The best of some tries counts: what else the machine does only adds."""
    small = large = float("inf")
    for _ in range(TRIES):
        small, large = min(small, _seconds(work, size)), min(large, _seconds(work, MORE * size))
        if large < MOST * small:
            return
    raise AssertionError(f"{MORE} times {size} take {large / small:.1f} times as long")


def _seconds(work: Callable[[int], object], size: int) -> float:
    """Without the collector, which comes or stays away by the number of objects."""
    gc.disable()
    try:
        before = time.process_time()
        work(size)
        return time.process_time() - before
    finally:
        gc.enable()
