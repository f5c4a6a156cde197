"""A signal as one line of a terminal."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def draw(values: Sequence[float], width: int) -> str:
    """Return the newest `width` values, from the lowest bar to the highest; a signal that does not move is a low
    line.
    """
    shown = values[-width:]
    low, high = min(shown, default=0), max(shown, default=0)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0
    return "".join(BARS[round((value - low) * scale)] for value in shown)
