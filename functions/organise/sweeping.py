"""Going through a whole roll in the background: to erase what names people, or to delete a draft with its voters.

Each message takes a part of the 256 partitions and queues the next one. Every act may be repeated, so a step that was
killed, or a message told twice, does no harm.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ballotcast.errors import Conflict
from ballotcast.store.events import event
from ballotcast.store.voter import PARTITIONS, Voter
from ballotcast.wiring import Wiring
from organise.roll_editing import change_voters

A_MESSAGE = 2000
"""Voters after which a message ends, at the next partition."""
WRITERS = 8
AT_ONCE = 96
"""Voters that one transaction takes off a roll."""
ATTEMPTS = 5


class Contended(RuntimeError):
    """Other requests change the roll again and again: the message comes again."""


def purge(wiring: Wiring, election: str, created_at: str, start: int) -> None:
    """Delete a draft: mark, voters, what else there is, and the draft itself at last. A frozen election stays.

    So does another draft under the same id, created later: the same request with the same Idempotency-Key makes one.
    """
    found = wiring.elections.find(election)
    if found is None or not wiring.elections.mark_deleting(election, created_at):
        return
    found = wiring.elections.find(election) or found  # once it is marked, its owner changes no more
    message = {"kind": "purge", "election": election, "created_at": created_at}
    if _swept(wiring, message, start, partial(_remove, wiring)):
        _forget_files(wiring, election)
        wiring.roll_index.forget(election)
        wiring.members.forget(election)
        wiring.ceremonies.forget(election)
        wiring.elections.forget(election)
        wiring.elections.remove(found)


def erase(wiring: Wiring, election: str, start: int, by: str = "") -> None:
    """Remove addresses, names, telephone numbers and salts from a closed election's roll and its imports.

    `by`: the organiser who ordered it.
    """
    wiring.elections.mark_erased(election)
    if _swept(wiring, {"kind": "erase", "election": election, "by": by}, start, partial(_erase, wiring)):
        _forget_files(wiring, election)
        wiring.jobs.erase(election)
        wiring.roll_index.clear(election)
        wiring.ceremonies.erase(election)
        found = wiring.elections.find(election)
        assert found is not None
        told = event(election, by or found.organiser, "personal-data-erased", {}, wiring.clock())
        wiring.events.add(told)


def empty(wiring: Wiring, election: str, generation: int, start: int, by: str) -> None:
    """Take the voters of the generations before this one off a draft's roll; nobody once it is frozen."""
    handled, waiting = 0, list[Voter]()
    for number, partition in enumerate(PARTITIONS[start:], start):
        if handled >= A_MESSAGE:
            _take_off(wiring, election, waiting)
            message = {"kind": "empty", "election": election, "generation": generation, "by": by}
            wiring.jobs_queue.send({**message, "start": number})
            return
        found = [voter for voter in wiring.voters.in_partition(election, partition) if voter.generation < generation]
        waiting, handled = [*waiting, *found], handled + len(found)
    if _take_off(wiring, election, waiting):
        wiring.events.add(event(election, by, "roll-emptied", {}, wiring.clock()))


def _take_off(wiring: Wiring, election: str, voters: Sequence[Voter]) -> bool:
    """Some at a time, each on the condition that it is a draft still; False if it is not, and then nobody is."""
    for start in range(0, len(voters), AT_ONCE):
        for _ in range(ATTEMPTS):
            draft = wiring.elections.find(election)
            if draft is None or draft.deleting or draft.frozen or draft.proposal:
                return False
            batch = wiring.voters.find_many(election, [voter.key for voter in voters[start : start + AT_ONCE]])
            try:
                if batch:
                    change_voters(wiring, draft, batch, None)
            except Conflict:
                continue
            break
        else:
            raise Contended
    return True


def _remove(wiring: Wiring, voter: Voter) -> None:
    wiring.voters.remove(voter)
    wiring.roll_index.remove(voter)


def _erase(wiring: Wiring, voter: Voter) -> None:
    """The index first: killed in between, the voter still says which rows are theirs."""
    wiring.roll_index.remove(voter)
    wiring.voters.erase(voter)


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
    for key in (*wiring.blobs.keys(f"imports/{election}/"), *wiring.blobs.keys(f"runs/{election}/")):
        wiring.blobs.delete(key)
