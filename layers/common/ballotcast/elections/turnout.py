"""The turnout as it is told while voting lasts: rounded down, so that one vote more or less seldom shows."""

STEP = 10


def rounded(count: int) -> int:
    """Down to two leading digits, and to a multiple of ten: 7 is told as 0, 128 as 120, 4,567 as 4,500."""
    step = STEP
    while count >= 100 * step:
        step *= 10
    return count - count % step
