"""How much an election may be amended in all, so that no organiser keeps others from voting, or the count from ending.

Voters' software fetches all amendments in one answer before it seals a ballot, and Lambda answers with 6 MiB at most.
The ledger and anyone who verifies work out the root of each revision that voters were added in, from all its lines.
docs/scale.md has the numbers. The sums lie on the election, and the write that states an amendment has the number of
those before as its condition: of two at once one is refused, and counts again from what the other left.
"""

from dataclasses import replace

from ballotcast.errors import Conflict
from ballotcast.store.election import Election

MOST_AMENDMENTS = 2000
MOST_BYTES = 2**20
"""Of the leaves of all amendments together."""
MOST_LINES = 100_000_000
"""Of all revisions together that voters were added in."""


def counted(amended: Election, leaf: bytes, lines: int = 0) -> Election:
    """Return the election with the sums that its newest amendment brings.

    Args:
        amended: With the number of amendments that it has by this one, and the sums of those before.
        leaf: The amendment's bytes as the log takes them.
        lines: Of the revision that it states, if voters were added in it.

    Raises:
        Conflict: There is no room for it.
    """
    sums = replace(
        amended,
        amendment_bytes=amended.amendment_bytes + len(leaf),
        roll_lines=amended.roll_lines + lines,
    )
    if sums.amendments > MOST_AMENDMENTS or sums.amendment_bytes > MOST_BYTES or sums.roll_lines > MOST_LINES:
        raise Conflict("amendments-full", _told(sums))
    return sums


def _told(sums: Election) -> str:
    if sums.amendments > MOST_AMENDMENTS:
        return f"the election was amended {MOST_AMENDMENTS} times: no more amendments are stated"
    if sums.amendment_bytes > MOST_BYTES:
        return f"all amendments together would have more than {MOST_BYTES} bytes: fewer endings at once may have room"
    return f"the rolls that voters were added to would have more than {MOST_LINES} lines together: nobody is added now"
