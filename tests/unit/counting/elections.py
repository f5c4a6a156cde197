"""Small elections for hypothesis, as keyword arguments of `count`."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

NAMES = ("Ada", "Björn", "Chloé", "Dmitri", "Ewa", "Farid")
Ballot = tuple[int, ...]


@st.composite
def rankings(draw: st.DrawFn, options: int) -> Ballot:
    order = draw(st.permutations(range(1, options + 1)))
    return tuple(order[: draw(st.integers(0, options))])


@st.composite
def elections(draw: st.DrawFn, *, ranked: bool, one_seat: bool = False, withdrawals: bool = True) -> dict[str, Any]:
    size = draw(st.integers(1, len(NAMES)))
    ballots = draw(st.dictionaries(rankings(size), st.integers(1, 12), max_size=14))
    if not ranked:
        ballots = aggregate((tuple(sorted(ballot)), number) for ballot, number in ballots.items())
    withdrawn = draw(st.sets(st.integers(1, size), max_size=2)) if withdrawals and draw(st.booleans()) else set()
    return {
        "options": NAMES[:size],
        "seats": 1 if one_seat else draw(st.integers(1, 4)),
        "ballots": ballots,
        "tie": draw(st.sampled_from(["lot", "previous-stages"])),
        "seed": draw(st.binary(max_size=2)),
        "withdrawn": withdrawn,
    }


def aggregate(ballots: Iterable[tuple[Ballot, int]]) -> dict[Ballot, int]:
    counted: Counter[Ballot] = Counter()
    for ballot, number in ballots:
        counted[ballot] += number
    return dict(counted)


def rows(text: str) -> dict[Ballot, int]:
    """Ballots written as in a textbook: ``"42 ABC, 26 BA"``, where A is option 1."""
    return aggregate(
        (tuple("ABCDEFGH".index(letter) + 1 for letter in ranking), int(number))
        for number, ranking in (row.split() for row in text.split(","))
    )
