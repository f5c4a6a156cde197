"""What a stage of an election took."""

from dataclasses import dataclass

ROLL = ("import", "list", "search", "invite")
"""The stages of the roll."""
COUNTING = ("ledger", "collect", "seal", "open", "decrypt", "bundle", "count", "export", "publish", "verify")
"""The stages from the close to a verified export."""
SPREAD = ("collect", "decrypt", "bundle", "verify")
"""Those of them that several processes share."""
ORDER = (*ROLL, "cast", "stream", "turnout", *COUNTING)
LISTED = 1_000
"""Voters that `list` and `search` show, in pages of 100, if there are so many."""


@dataclass
class Measured:
    """Of a stage: CPU and wall-clock seconds, bytes of memory at its peak, and what it asked of AWS (`Meter`)."""

    stage: str
    voters: int
    cpu: float
    wall: float
    memory: int
    requests: dict[str, int]
    reads: float
    writes: float
    largest: int
    moved: int = 0
