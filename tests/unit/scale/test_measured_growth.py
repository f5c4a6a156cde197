"""The measure by which readers are held to time that grows with their input."""

import pytest

from growth import assert_grows_no_faster_than_its_input


def test_work_that_grows_with_the_square_is_seen() -> None:
    def quadratic(size: int) -> None:
        for _ in range(size):
            list(range(size))

    with pytest.raises(AssertionError, match="16 times 300 take"):
        assert_grows_no_faster_than_its_input(quadratic, 300)


def test_work_that_grows_with_its_input_passes() -> None:
    assert_grows_no_faster_than_its_input(lambda size: sorted(range(size, 0, -1)), 3_000)
