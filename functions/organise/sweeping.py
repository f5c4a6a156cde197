"""Going through a whole roll in the background: to erase what names people, or to delete a draft with its voters.

Each message takes a part of the 256 partitions and queues the next one. Every act may be repeated, so a step that was
killed, or a message told twice, does no harm.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ballotcast.store.events import event
from ballotcast.store.voter import PARTITIONS, Voter
from ballotcast.wiring import Wiring

A_MESSAGE = 2000
"""Voters after which a message ends, at the next partition."""
WRITERS = 8


def purge(wiring: Wiring, election: str, created_at: str, start: int) -> None:
    """Delete a draft: mark, voters, what else there is, and the draft itself at last. A frozen election stays.

    So does another draft under the same id, created later: the same request with the same Idempotency-Key makes one.
    """
    found = wiring.elections.find(election)
    if found is None or not wiring.elections.mark_deleting(election, created_at):
        return
    message = {"kind": "purge", "election": election, "created_at": created_at}
    if _swept(wiring, message, start, wiring.voters.remove):
        _forget_files(wiring, election)
        wiring.elections.forget(election)
        wiring.elections.remove(found)


def erase(wiring: Wiring, election: str, start: int) -> None:
    """Remove addresses, names, telephone numbers and salts from a closed election's roll and its imports."""
    wiring.elections.mark_erased(election)
    if _swept(wiring, {"kind": "erase", "election": election}, start, wiring.voters.erase):
        _forget_files(wiring, election)
        wiring.jobs.erase(election)
        found = wiring.elections.find(election)
        assert found is not None
        told = event(election, found.organiser, "personal-data-erased", {}, wiring.clock())
        wiring.events.add(told)


def _swept(wiring: Wiring, message: dict[str, str], start: int, act: Callable[[Voter], None]) -> bool:
    """Whether this was the last part; else the message is queued for the next."""
    handled = 0
    with ThreadPoolExecutor(WRITERS) as writers:
        for number, partition in enumerate(PARTITIONS[start:], start):
            if handled >= A_MESSAGE:
                wiring.jobs_queue.send({**message, "start": number})
                return False
            voters = list(wiring.voters.in_partition(message["election"], partition))
            handled += sum(1 for _ in writers.map(act, voters))
    return True


def _forget_files(wiring: Wiring, election: str) -> None:
    for key in wiring.blobs.keys(f"imports/{election}/"):
        wiring.blobs.delete(key)
