"""Counting: pure functions from aggregated ballots to a full account of the count, in exact integers.

`count` is the one entry, `RULES` the table of rules; `blt` reads and writes ballot files. No rule knows of stores,
HTTP or AWS, and none reads a clock or a random source.
"""

from .result import Action, Count, Decides, Stage, Tie, TieRule
from .rules import RULES, Ballots, Rule, count, require_countable

__all__ = [
    "RULES",
    "Action",
    "Ballots",
    "Count",
    "Decides",
    "Rule",
    "Stage",
    "Tie",
    "TieRule",
    "count",
    "require_countable",
]
