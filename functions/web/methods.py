"""How votes are counted, as organisers choose it: the methods by what voters do (docs/counting.md)."""

RECOMMENDED = ("plurality", "approval", "scottish-stv")
"""What most elections of clubs, boards and companies need; the form shows the others on request."""
BY_BALLOT = {
    "choice": (
        "plurality",
        "approval",
        "satisfaction-approval",
        "proportional-approval",
        "sequential-proportional-approval",
    ),
    "ranked": (
        "irv",
        "scottish-stv",
        "wigm-stv",
        "ers97",
        "meek-stv",
        "contingent-vote",
        "schulze",
        "ranked-pairs",
        "minimax",
        "tideman-alternative",
        "condorcet",
        "borda",
        "modified-borda",
    ),
    "scores": ("score", "star", "majority-judgment"),
    "points": ("cumulative",),
}
BALLOT = {method: ballot for ballot, methods in BY_BALLOT.items() for method in methods}
STATUTE_TIE = frozenset({"scottish-stv", "ers97", "star"})
"""Their sources decide ties by earlier stages first; the others by lot."""


def left_out(method: str, seats: int, options: int) -> dict[str, int | str]:
    """What the API takes for `min`, `max` and `tie` where a draft does not say (ballotcast.elections.draft)."""
    highest = max(1, min(seats, options)) if method == "plurality" else options
    tie = "previous-stages" if method in STATUTE_TIE else "lot"
    return {"min": 0, "max": 5 if BALLOT.get(method) in ("scores", "points") else highest, "tie": tie}
