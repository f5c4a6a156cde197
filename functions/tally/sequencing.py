"""What goes into the log while voting lasts: the manifest, then each roll that is larger than the one before."""

from collections.abc import Iterable

from ballotcast.ballots.leaf import AmendmentLeaf
from ballotcast.store.log import Overtaken
from tally.election_log import ElectionLog

ATTEMPTS = 20


class Contended(RuntimeError):
    """Other writers were faster, time and again; nothing is lost by trying later."""


def sequence(log: ElectionLog, rolls: Iterable[AmendmentLeaf]) -> None:
    """Take in rolls, in any grouping, any number of times; what is due is then in the log and signed.

    A sealed log takes none: the seal has brought in the last one.
    """
    rolls = list(rolls)
    for _ in range(ATTEMPTS):
        try:
            if log.refresh().sealed:
                return
            for roll in rolls:
                if roll.roll_size > log.head.roll_size:  # rolls only grow: another one is an old message
                    log.amend(roll)
        except Overtaken:
            continue
        log.sign()
        return
    raise Contended("the log's head moved on each attempt")
