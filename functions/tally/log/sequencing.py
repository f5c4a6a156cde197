"""What goes into the log while voting lasts: the manifest, then the amendments in order."""

from ballotcast.store.log import Overtaken
from tally.log.election_log import ElectionLog

ATTEMPTS = 20


class Contended(RuntimeError):
    """Other writers were faster, time and again; nothing is lost by trying later."""


def sequence(log: ElectionLog, amendments: int) -> None:
    """Take in amendments, in any grouping, any number of times; what is due is then in the log and signed.

    A sealed log takes none: the seal has brought in the last one. `amendments`: at least so many are known to be there.
    """
    for _ in range(ATTEMPTS):
        try:
            if log.refresh().sealed:
                return
            if amendments > log.head.amendments:
                log.amend()
        except Overtaken:
            continue
        log.sign()
        return
    raise Contended("the log's head moved on each attempt")
