"""Deciding between options with equal votes: never by the order of listing, always reported.

``lot``: the options are put in ascending order of

    SHA-256("ballotcast/lot/1\\n" ‖ seed ‖ contest ‖ "\\n" ‖ stage ‖ "\\n" ‖ option)

with the label and "\\n" (0x0A) in ASCII, the seed as raw bytes, the contest's id in UTF-8, and the two numbers in
decimal ASCII without leading zeros; nothing follows the option number. The stage is the one (1-based) at whose end
the votes are equal. The lowest hash wins: it gets the seat, has its surplus transferred first, or stays while the
highest is excluded.

``previous-stages``: the options are compared at the latest earlier stage at which they differ, the higher being the
better; those that are still equal among each other are compared further back, and those equal at every stage go to
lot. A rule with one stage has no earlier one, so there it is the lot at once. Rules whose source compares otherwise
(`star`, `ers97`) say so.
"""

import hashlib
from collections.abc import Collection, Sequence
from itertools import pairwise

from .result import Decides, Separator, Tie


def lot(seed: bytes, contest: str, stage: int, option: int) -> bytes:
    """Return the 32 bytes an option draws; the definition is the module's."""
    return hashlib.sha256(b"ballotcast/lot/1\n" + seed + f"{contest}\n{stage}\n{option}".encode()).digest()


def decide(
    tied: Collection[int],
    decides: Decides,
    places: int,
    *,
    stage: int,
    earlier: Sequence[Sequence[int]],
    seed: bytes,
    contest: str,
) -> Tie:
    """Order two or more options that have equal votes at a stage.

    earlier: the votes, per option, at which they are compared before the lot, those that decide first in front.
    places: how many of them come out on the good side. What had to be separated is the last of these from the next one;
    with places = len(tied), every option from every other. The tie is `by` lot only if a lot was needed for that.
    """
    record = {option: [-votes[option - 1] for votes in earlier] for option in tied}
    order = sorted(tied, key=lambda option: (record[option], lot(seed, contest, stage, option)))
    neighbours = list(pairwise(order)) if places == len(order) else [(order[places - 1], order[places])]
    drawn = any(record[one] == record[other] for one, other in neighbours)
    by = Separator.LOT if drawn else Separator.PREVIOUS_STAGES
    return Tie(stage, decides, tuple(sorted(tied)), by, tuple(order))
