"""Counting: pure functions from aggregated ballots to a full account of the count, in exact integers.

`count` is the one entry, `RULES` the table of rules; `blt` reads and writes ballot files. No rule knows of stores,
HTTP or AWS, and none reads a clock or a random source.
"""

from .ballots import Ballot, Ballots
from .result import Action, Count, Decides, Separator, Stage, Tie, TieRule
from .rules import RULES, Rule, count, require_countable

__all__ = [
    "RULES",
    "Action",
    "Ballot",
    "Ballots",
    "Count",
    "Decides",
    "Rule",
    "Separator",
    "Stage",
    "Tie",
    "TieRule",
    "count",
    "require_countable",
]
