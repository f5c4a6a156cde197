"""Part of the function `organise-due`: wakes jobs that wait for another day, or seem to have stopped."""

from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.store.faults import NotTaken
from ballotcast.store.wakes import PATIENCE
from ballotcast.wiring import Wiring


def wake_jobs(wiring: Wiring) -> None:
    """Queue a step of every job that is due, and look at it again after `PATIENCE`.

    One that cannot be queued does not keep back the others. ExceptionGroup at the end, as for counts.
    """
    now, failures = wiring.clock(), []
    for wake in wiring.wakes.due(now):
        try:
            wiring.jobs_queue.send({"kind": wake.kind, "election": wake.election, "job": wake.job})
            wiring.wakes.move(wake, now + PATIENCE)
        except (BotoCoreError, ClientError, NotTaken) as error:
            error.add_note(f"job {wake.job} of election {wake.election}")
            failures.append(error)
    if failures:
        raise ExceptionGroup("jobs that are due and were not woken", failures)
