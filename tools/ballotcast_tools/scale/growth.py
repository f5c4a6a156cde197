"""Whether a cost grows with the election: what each ballot takes of requests, units and bytes at two sizes."""

from collections.abc import Iterator, Sequence

from .measured import Measured

TOLERANCE = 1.10
"""Rounding up and what is paid once for each election shrink with its size; nothing may grow by more than a tenth."""
OVERHEAD = 0.02
"""Of each ballot, in requests and units, for what is only there in large elections, such as a second part of a list."""
OVERHEAD_BYTES = 20


def each(measured: Measured) -> dict[str, float]:
    """What one ballot takes in a stage."""
    costs = {
        "requests": sum(measured.requests.values()),
        "reads": measured.reads,
        "writes": measured.writes,
        "bytes": measured.moved,
    }
    return {name: cost / measured.voters for name, cost in costs.items()}


def grown(small: Sequence[Measured], large: Sequence[Measured]) -> Iterator[str]:
    """Each cost that a ballot has more of in the larger election, in words."""
    for one, other in zip(small, large, strict=True):
        for name, cost in each(one).items():
            allowed = cost * TOLERANCE + (OVERHEAD_BYTES if name == "bytes" else OVERHEAD)
            if each(other)[name] > allowed:
                yield f"{one.stage}: {cost:.3f} {name} a ballot, then {each(other)[name]:.3f}"
