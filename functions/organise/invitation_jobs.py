"""Invitation runs that are jobs: large ones, reminders, and those that take several days of the organiser's allowance.

A step of a run that is spread over days first takes mails from the allowance, together with a note of how many on the
job: one transaction, so a step that is repeated takes nothing twice. Then it marks the voters, queues their mails and
counts them as done. With nothing left of the day it waits for midnight (store/wakes.py). Anyone who was invited
otherwise since the run began is left out.
"""

from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from ballotcast.clock import seconds_to_midnight, to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.store.voter import Voter
from ballotcast.store.wakes import PATIENCE, Wake
from ballotcast.wiring import Wiring
from organise.job_list import JobList

KIND, RESULT = "invite", "result"
"""Of a job, and whom a run is for that mails the result's address."""
A_STEP = 500
"""Voters in one step of a job."""
WRITERS = 8
ATTEMPTS = 5
STILL = {"waiting": ("none", "queued"), "bounced": ("bounced",)}
"""Delivery states of those for whom a run is meant; of others, any."""


def run_list(wiring: Wiring, election: str, job: str) -> JobList:
    """The keys of its voters."""
    return JobList(wiring.blobs, election, job, "runs")


def add_job(wiring: Wiring, job: Job, keys: Sequence[str]) -> None:
    """Its voters, then the job with its wake. Killed in between, the same order again does both; twice is once."""
    run_list(wiring, job.election, job.id).keep(keys)
    wake = Wake(job.election, job.id, KIND)
    writes = [wiring.jobs.adding(job), wiring.wakes.adding(wake, wiring.clock() + PATIENCE)]
    if job.parameters["whom"] in ("all", "waiting"):
        writes.append(wiring.elections.naming_run(job.election, job.id))
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled as cancelled:
        if 0 not in cancelled.refusals:
            raise


def queue_step(wiring: Wiring, job: Job) -> None:
    """Have the job's next step done. A job that is over is left alone; a message too many does no harm."""
    if job.state == "running":
        wiring.jobs_queue.send({"kind": KIND, "election": job.election, "job": job.id})


def newest_run(wiring: Wiring, election: Election) -> Job | None:
    """Of invitations to all, or to all who waited, that are a job."""
    return wiring.jobs.find(election.id, election.inviting) if election.inviting else None


def stop_run(wiring: Wiring, election: str, run: str, organiser: str) -> Job | None:
    """Return the run, from now on without further steps; as it is if it is over. None if there is no such job.

    A step that is under way is finished: its mails go out.
    """
    for _ in range(ATTEMPTS):
        job = wiring.jobs.find(election, run)
        if job is None or job.state != "running":
            return job
        stopped = job.moved(state="stopped")
        detail = {"mails": job.done, "left": job.total - job.done}
        told = event(election, organiser, "invitations-stopped", detail, wiring.clock())
        try:
            transact(wiring.dynamodb, [wiring.jobs.advancing(stopped), wiring.events.adding(told)])
        except Cancelled:
            continue
        wiring.jobs_queue.send({"kind": KIND, "election": election, "job": run})  # forgets what is left
        return stopped
    raise Conflict("changed-meanwhile", "the run moves on while it is being stopped: try again")


def continue_invitations(wiring: Wiring, election: str, job: str) -> None:
    """The next step of a run, and a message for the rest.

    Killed before its progress is written, a step is repeated: the worker tells by the run who was mailed already.
    """
    now, waiting = wiring.jobs.find(election, job), run_list(wiring, election, job)
    if now and now.state == "running":
        batch = waiting.behind(now.done, A_STEP)
        if batch is not None and _still_wanted(wiring, now):
            _step(wiring, now, batch)
            return
        wiring.jobs.advance(now.moved(state="stopped"))
    waiting.forget()
    wiring.wakes.remove(Wake(election, job, KIND))


def _step(wiring: Wiring, now: Job, batch: Sequence[str]) -> None:
    granted = _granted(wiring, now, len(batch))
    if granted is None:
        return
    now, reminds, election = granted, granted.parameters["reminds"], granted.election
    if "granted" in now.parameters:
        batch = batch[: now.parameters["granted"] - now.done]
    kind = "result" if now.parameters["whom"] == RESULT else "reminder" if reminds else "invitation"
    enlist(wiring, election, _meant(wiring, now, batch), now.parameters["run"], kind=kind)
    done = now.done + len(batch)
    if wiring.jobs.advance(now.moved(done=done, state="done" if done == now.total else "running")):
        wiring.jobs_queue.send({"kind": KIND, "election": election, "job": now.id})


def _granted(wiring: Wiring, now: Job, wanted: int) -> Job | None:
    """Return the job with mails that it may send now.

    None if it waits for another day, or another delivery was faster.
    """
    granted = now.parameters.get("granted")
    if granted is None or granted > now.done or not wanted:
        return now
    moment, most = wiring.clock(), wiring.settings.daily_mails
    day = f"{moment:%Y-%m-%d}"
    going = {name: value for name, value in now.parameters.items() if name != "continues_at"}
    for _ in range(ATTEMPTS):
        mails = min(wanted, wiring.mail_allowance.mails_left(now.organiser, day, most))
        if not mails:
            midnight = moment + timedelta(seconds=seconds_to_midnight(moment))
            wiring.wakes.move(Wake(now.election, now.id, KIND), midnight)
            wiring.jobs.advance(now.moved(parameters={**going, "continues_at": to_rfc3339(midnight)}))
            return None
        moved = now.moved(parameters={**going, "granted": now.done + mails})
        try:
            if wiring.mail_allowance.spend_mails(now.organiser, day, mails, most, also=[wiring.jobs.advancing(moved)]):
                return moved
        except Conflict:
            return None
    raise Conflict("in-progress", "other runs take this organiser's allowance at the same time")


def _meant(wiring: Wiring, job: Job, keys: Sequence[str]) -> Sequence[str]:
    """Those who are still to be mailed: of a reminder, who has no credential by now.

    Of this right or of one that it replaces.
    """
    if job.parameters["reminds"]:
        found = wiring.voters.find_many(job.election, keys)
        return [v.key for v in found if not (v.ended or v.issued or wiring.rights.used_before(v))]
    if "granted" not in job.parameters:
        return keys
    found = wiring.voters.find_many(job.election, keys)
    return [voter.key for voter in found if not voter.ended and _still(voter, job)]


def _still(voter: Voter, job: Job) -> bool:
    states = STILL.get(job.parameters["whom"])
    return voter.run == job.parameters["run"] or states is None or voter.delivery in states


def _still_wanted(wiring: Wiring, job: Job) -> bool:
    """Invitations until the close, mails with the result after it."""
    found = wiring.elections.find(job.election)
    closed = found is not None and found.status(wiring.clock()) is Status.CLOSED
    return bool(found and not found.erased and closed == (job.parameters["whom"] == RESULT))


def enlist(
    wiring: Wiring,
    election: str,
    keys: Sequence[str],
    run: str,
    *,
    kind: str,
    enlisted: Set[str] = frozenset(),
) -> None:
    """Mark voters as part of a run, and queue their mails: `invitation`, `reminder` or `result`.

    Only invitations show in what organisers see of a voter.
    """
    left = [key for key in keys if key not in enlisted]
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda key: wiring.voters.enlist(election, key, run, visibly=kind == "invitation"), left))
    wiring.mail_queue.send_all({"kind": kind, "election": election, "voter": key, "run": run} for key in keys)
