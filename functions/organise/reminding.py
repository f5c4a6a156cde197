"""A reminder at a time that is chosen beforehand, such as a day before the close.

The time is on the election, and a row wakes the clock then (store/milestones.py): both are one transaction. The clock
queues the job `remind`, which finds out whether the time still stands, chooses as a reminder that is sent at once does
(inviting.py), and begins the same kind of run, under an id that follows from the time: however often it is told, there
is one. It states no roll: it reminds those who were sent a mail, and these are on one that is stated.
"""

from datetime import datetime

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, invalid_field
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.store.milestones import REMINDER, Milestone
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.drafts import election_again
from organise.invitation_jobs import KIND, add_job, queue_step

ATTEMPTS = 5


def schedule_reminder(wiring: Wiring, election: Election, at: datetime | None) -> Election:
    """Remind at that time, instead of at any that was chosen before; None: not at all. Again, it changes nothing.

    Invalid unless it is to come, while voting is open; Conflict for a draft, and after the close.
    """
    require_sender(wiring, election.organiser)
    for _ in range(ATTEMPTS):
        _require_time(wiring, election, at)
        chosen = to_rfc3339(at) if at else ""
        if chosen == election.remind_at:
            return election
        detail = {"at": chosen} if chosen else {}
        action = "reminder-scheduled" if chosen else "reminder-cancelled"
        writes = [
            wiring.elections.setting_reminder(election, chosen),
            *([wiring.milestones.removing(_row(election.id, election.remind_at))] if election.remind_at else []),
            *([wiring.milestones.adding(_row(election.id, chosen))] if chosen else []),
            wiring.events.adding(event(election.id, election.actor, action, detail, wiring.clock())),
        ]
        try:
            transact(wiring.dynamodb, writes)
        except Cancelled:
            election = election_again(wiring, election)
            continue
        return election_again(wiring, election)
    raise Conflict("changed-meanwhile", "the election is being changed by other requests: try again")


def remind_now(wiring: Wiring, election_id: str, at: str) -> None:
    """Begin the reminder that was chosen for this time. Nothing, if it was cancelled, moved, or voting is over."""
    election = wiring.elections.find(election_id)
    if election is None or election.remind_at != at or election.erased:
        return
    if election.status(wiring.clock()) is not Status.OPEN:
        return
    run = wiring.roll_secret.mac("reminder", election_id, at)[:8].hex()
    job = wiring.jobs.find(election_id, run)
    if job is None:
        roll = wiring.voters.lines(election_id)
        chosen = [voter.key for voter in roll if not voter.ended and voter.delivery == "sent"]
        job = Job(
            id=run,
            election=election_id,
            organiser=election.organiser,
            kind=KIND,
            created_at=to_rfc3339(wiring.clock()),
            total=len(chosen),
            parameters={"run": run, "reminds": True, "whom": "not_issued", "granted": 0, "last_day": None},
        )
        add_job(wiring, job, chosen)
    queue_step(wiring, job)


def _require_time(wiring: Wiring, election: Election, at: datetime | None) -> None:
    if not election.frozen:
        raise Conflict("draft", "the election is a draft: invite the voters first")
    now = wiring.clock()
    if election.status(now) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: nobody is reminded any more")
    if at is None:
        return
    if at <= now:
        raise invalid_field("/at", "past")
    if not from_rfc3339(election.opens_at) <= at < from_rfc3339(election.closes_at):
        raise invalid_field("/at", "not-while-open")


def _row(election: str, at: str) -> Milestone:
    return Milestone(at, election, REMINDER, at)
