"""The line that shows a signal."""

from hypothesis import given
from hypothesis import strategies as st

from ballotcast_cli.channels.window import BARS, draw


def test_low_to_high() -> None:
    assert draw([0, 1, 2, 3, 4, 5, 6, 7], 80) == BARS
    assert draw([7.5, -1, 3], 2) == "▁█", "scaled to what is shown"
    assert draw([5, 5], 80) == "▁▁"
    assert draw([], 80) == ""


@given(st.lists(st.floats(-1e9, 1e9)), st.integers(1, 80))
def test_a_higher_value_is_no_lower_bar(values: list[float], width: int) -> None:
    drawn = draw(values, width)
    shown = values[-width:]
    assert len(drawn) == len(shown)
    pairs = sorted(zip(shown, drawn, strict=True))
    assert [bar for _, bar in pairs] == sorted(drawn)
