"""The order of the log: ballots wait until enough have come, and go in by chance and by hash, not as they came.

Of at least 2·log_batch_min waiting, all but log_batch_min are chosen at random and appended sorted by hash; so nobody
who watches checkpoints can tell when a ballot was cast among those of its batch.
"""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from secrets import SystemRandom

from ballotcast.store.log import AlreadyLogged, Overtaken
from tally.election_log import ElectionLog

ATTEMPTS = 20
_random = SystemRandom()


class Contended(RuntimeError):
    """Other writers were faster, time and again; nothing is lost by trying later."""


def choose_batch(pending: Collection[bytes], minimum: int) -> list[bytes]:
    """Which of the pending leaf hashes are appended now, in order; none while fewer than 2·minimum wait."""
    if len(pending) < 2 * minimum:
        return []
    return sorted(_random.sample(sorted(pending), len(pending) - minimum))


def sequence(log: ElectionLog, leaf_hashes: Iterable[bytes], amendments: int) -> int:
    """Take in ballots and amendments, in any grouping, any number of times; what is due is then in the log and signed.

    `amendments`: at least so many are known to be there. Returns how many of the ballots came too late: the log is
    sealed without them.
    """
    arrived, known = set(leaf_hashes), set[bytes]()
    for _ in range(ATTEMPTS):
        try:
            if log.refresh().final:
                return len(arrived) - len(log.logged(arrived))
            if amendments > log.head.amendments:
                log.amend()
            _append_or_hold(log, (arrived | set(log.head.pending)) - known)
        except Overtaken:
            continue
        except AlreadyLogged:
            # A message came again. All that wait are looked up, so that no batch is smaller than it seems.
            known = set(log.logged(arrived | set(log.head.pending)))
        else:
            log.sign()
            return 0
    raise Contended("the log's head moved on each attempt")


def _append_or_hold(log: ElectionLog, pending: AbstractSet[bytes]) -> None:
    if batch := choose_batch(pending, log.manifest.log_batch_min):
        log.append_ballots(batch, pending)
    else:
        log.hold(pending)
