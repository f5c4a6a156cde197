"""Mails with the result's address to everybody on the roll, when an organiser says so: once for an election.

The order names its run on the election, in one transaction with the job: of two orders one counts, and the other, like
every later one, continues it. The run takes the day's mails step by step, as large invitations do. All who are on the
roll get one, whether or not they voted; those whose invitation came back do not.
"""

import secrets
from datetime import timedelta

from ballotcast.clock import seconds_to_midnight, to_rfc3339
from ballotcast.errors import Conflict
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.store.wakes import PATIENCE, Wake
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.drafts import election_again
from organise.invitation_jobs import KIND, RESULT, queue_step, run_list


def mail_result(wiring: Wiring, election: Election) -> Job:
    """The job that mails everybody; the same one again for a repeated order.

    Conflict unless the result is published, and there are voters with addresses.
    """
    require_sender(wiring, election.organiser)
    if found := _ordered(wiring, election):
        return found
    _require_published(wiring, election)
    chosen = [one.key for one in wiring.voters.lines(election.id) if not one.ended and one.delivery != "bounced"]
    if not chosen:
        raise Conflict("empty-roll", "there is nobody on the roll to be mailed")
    now, run = wiring.clock(), secrets.token_hex(8)
    job = Job(
        id=run,
        election=election.id,
        organiser=election.organiser,
        kind=KIND,
        created_at=to_rfc3339(now),
        total=len(chosen),
        parameters={"run": run, "reminds": False, "whom": RESULT, "granted": 0, "last_day": None},
    )
    if (days := _days(wiring, election, len(chosen))) > 0:
        midnight = now + timedelta(seconds=seconds_to_midnight(now))
        job.parameters["last_day"] = f"{midnight + timedelta(days=days - 1):%Y-%m-%d}"
    run_list(wiring, election.id, run).keep(chosen)
    told = event(election.id, election.actor, "result-mailed", {"mails": len(chosen)}, now)
    writes = [
        wiring.elections.naming_result_run(election.id, run),
        wiring.jobs.adding(job),
        wiring.wakes.adding(Wake(election.id, run, KIND), now + PATIENCE),
        wiring.events.adding(told),
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        run_list(wiring, election.id, run).forget()
        if found := _ordered(wiring, election_again(wiring, election)):
            return found
        raise
    queue_step(wiring, job)
    return job


def _ordered(wiring: Wiring, election: Election) -> Job | None:
    job = wiring.jobs.find(election.id, election.result_run) if election.result_run else None
    if job:
        queue_step(wiring, job)
    return job


def _require_published(wiring: Wiring, election: Election) -> None:
    if election.erased:
        raise Conflict("personal-data-erased", "the personal data of this election's roll was erased")
    counted = wiring.results.counted([election.id])
    if election.id not in counted:
        raise Conflict("not-counted", "the ballots of this election are not counted yet")
    if counted[election.id] is not None:
        raise Conflict("held", "the result of this election is held: release it first")


def _days(wiring: Wiring, election: Election, mails: int) -> int:
    """How many midnights pass before the last mail goes out."""
    most = wiring.settings.daily_mails
    left = wiring.mail_allowance.mails_left(election.organiser, f"{wiring.clock():%Y-%m-%d}", most)
    return max(0, -(-(mails - left) // most))
