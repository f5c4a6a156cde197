"""Inviting voters: who, under which roll, and each by one message that carries ids only.

A run goes: read the whole roll; take the mails from the organiser's allowance; freeze the election, or amend a grown
roll (if that is refused, the mails are given back); mark each chosen voter as part of the run; queue a mail for
each. Killed anywhere, the same call again completes it. With the same Idempotency-Key it continues the same run: the
allowance is taken once, and voters who were mailed are not mailed again. Without a key it is another run: voters who
were marked but not mailed are `queued` and chosen again, and messages of the older run are stale by then. Nobody is
invited whose tag is not under a root that manifest or amendment states.

A reminder's request does the same work whoever has voted: it chooses all who were sent a mail, and is always a job.
Only the steps of the job look at who has a credential, and nothing that organisers see tells when they do or how many
are left. A reminder does all of this also when it reminds nobody.
"""

import json
import secrets
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from ballotcast.ballots.roll import roll_root
from ballotcast.clock import to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, FieldError, Invalid, Refused
from ballotcast.store.elections import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.store.organisers import MailRun
from ballotcast.store.voter import Voter
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.allowance import take_allowance
from organise.amending import GREW, amend_roll, cut_roll
from organise.freezing import freeze, publish
from organise.job_list import JobList
from organise.roll import voter_key

KIND = "invite"
AT_ONCE = 2000
"""Voters invited within the request; nobody is reminded there."""
A_STEP = 500
"""Voters in one step of a job."""
WRITERS = 8
ATTEMPTS = 5

Only = Literal["all", "bounced", "not_issued"]


@dataclass(frozen=True)
class Choice:
    """Whom to invite: `emails`, or `only` some, or else (both None) those who have not been sent a mail yet.

    `not_issued` (a reminder) is for those who were sent one and have no credential. It shows nowhere: neither in the
    delivery states nor as a number or a time, because before close that would tell who has voted.
    """

    only: Only | None = None
    emails: tuple[str, ...] | None = None

    @property
    def reminds(self) -> bool:
        return self.only == "not_issued"


def invite(
    wiring: Wiring, election: Election, choice: Choice, base_url: str, idempotency_key: str | None = None
) -> int | None:
    """Queue the mails, or have a job queue them.

    Args:
        wiring: The process's connections.
        election: As found just now.
        choice: Whom to invite.
        base_url: Where voters reach the service.
        idempotency_key: Of the request. Sent again with it within a day, the request continues its run.

    Returns:
        How many mails were queued; None for a reminder.
    """
    require_sender(wiring, election.organiser)
    _require_inviting(wiring, election)
    run = _run_of(wiring, election, choice, idempotency_key)
    if run.mails and (job := wiring.jobs.find(election.id, run.id)):
        _queue(wiring, job)
        return None if choice.reminds else job.total
    election, roll = cut_roll(wiring, election)
    if not roll:
        raise Conflict("empty-roll", "there is nobody on the roll yet")
    chosen = _chosen(wiring, election.id, roll, choice, run.id)
    if chosen or (choice.reminds and election.frozen):
        day, mails = f"{wiring.clock():%Y-%m-%d}", len(roll) if choice.reminds else len(chosen)
        more = max(0, mails - run.mails)
        # a reminder takes as many as if nobody had voted
        take_allowance(wiring, election.organiser, day, more, run)
        try:
            _state_roll(wiring, election, roll, base_url)
        except Refused:
            if more:
                wiring.organisers.return_mails(election.organiser, day, more, run)
            raise
        enlisted = {voter.key for voter in roll if voter.run == run.id}
        _send(wiring, election, chosen, choice, run.id, enlisted)
    return None if choice.reminds else len(chosen)


def _run_of(wiring: Wiring, election: Election, choice: Choice, idempotency_key: str | None) -> MailRun:
    """The run that the same request with this key began less than a day ago, else a new one."""
    run = MailRun(secrets.token_hex(8))
    if not idempotency_key:
        return run
    asked = json.dumps([choice.only, choice.emails])
    request = wiring.session_secret.mac("invite", election.organiser, election.id, idempotency_key, asked).hex()
    now = int(wiring.clock().timestamp())
    begun = wiring.organisers.find_run(election.organiser, request, now)
    return begun or replace(run, request=request, begun=now)


def _require_inviting(wiring: Wiring, election: Election) -> None:
    if election.erased or election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: nobody is invited any more")


def continue_invitations(wiring: Wiring, election: str, job: str) -> None:
    """The next step of a large run, and a message for the rest.

    Killed before its progress is written, a step is repeated: the worker tells by the run who was mailed already.
    """
    now, waiting = wiring.jobs.find(election, job), JobList(wiring.blobs, election, job)
    batch = waiting.behind(now.done, A_STEP) if now and now.state == "running" else None
    if not now or batch is None:
        waiting.forget()
        return
    reminds = now.parameters["reminds"]
    chosen = _waiting(wiring, election, batch) if reminds else batch
    _enlist(wiring, election, chosen, now.parameters["run"], reminds=reminds)
    done = now.done + len(batch)
    if wiring.jobs.advance(now.moved(done=done, state="done" if done == now.total else "running")):
        wiring.jobs_queue.send({"kind": KIND, "election": election, "job": job})


def _waiting(wiring: Wiring, election: str, keys: Sequence[str]) -> list[str]:
    """Those of a reminder's candidates who have no credential by now, of this right or of one that it replaces."""
    found = wiring.voters.find_many(election, keys)
    return [v.key for v in found if not (v.ended or v.issued or wiring.rights.used_before(v))]


def _chosen(wiring: Wiring, election: str, roll: Sequence[Voter], choice: Choice, run: str) -> list[str]:
    """Keys of the voters to be invited; Invalid, with pointers, if one of the addresses is not on the roll.

    For a reminder, of those among whom the job chooses (`_waiting`).

    Voters who are part of the run already are chosen again, because their messages may not have been queued.
    """
    roll = [voter for voter in roll if not voter.ended]
    if choice.emails is not None:
        keys = [voter_key(wiring, election, email) for email in choice.emails]
        present = {voter.key for voter in roll}
        unknown = [FieldError(f"/voters/{n}", "not on the roll") for n, key in enumerate(keys) if key not in present]
        if unknown:
            raise Invalid("not-on-roll", "some of these addresses are not on the roll", errors=unknown)
        return list(dict.fromkeys(keys))
    match choice.only:
        case "all":
            return [voter.key for voter in roll]
        case "bounced":
            return [voter.key for voter in roll if voter.delivery == "bounced" or voter.run == run]
        case "not_issued":
            return [voter.key for voter in roll if voter.delivery == "sent"]
        case None:
            return [voter.key for voter in roll if voter.delivery in {"none", "queued"} or voter.run == run]


def _state_roll(wiring: Wiring, election: Election, roll: Sequence[Voter], base_url: str) -> None:
    """Freeze the election with this roll, or, if that has grown since, amend it and tell the log.

    The amendment is the commit point: killed before the log is told, every later run tells it (freezing.publish). Of
    two runs at once one is refused; it reads the roll again, which by then holds all that the other one stated.
    """
    for _ in range(ATTEMPTS):
        root = roll_root(voter.tag for voter in roll)
        if not election.frozen:
            election = freeze(wiring, election, roll, base_url)
            if election.roll_root == root:
                return
        elif election.roll_root == root:
            publish(wiring, election)
            return
        elif amended := amend_roll(wiring, election, roll, GREW):
            publish(wiring, amended)
            return
        election, roll = cut_roll(wiring, election)
        _require_inviting(wiring, election)
    raise Conflict("changed-meanwhile", "the roll is being changed by other requests: try again")


def _send(
    wiring: Wiring, election: Election, chosen: Sequence[str], choice: Choice, run: str, enlisted: Set[str]
) -> None:
    """`enlisted`: keys of those who are part of the run already, because it is being continued."""
    now = wiring.clock()
    name = "some" if choice.emails is not None else choice.only or "waiting"
    detail = {"only": name} if choice.reminds else {"only": name, "mails": len(chosen)}
    wiring.events.add(event(election.id, election.organiser, "invitations-ordered", detail, now))
    if len(chosen) <= AT_ONCE and not choice.reminds:
        _enlist(wiring, election.id, chosen, run, reminds=False, enlisted=enlisted)
        return
    job = Job(
        id=run,
        election=election.id,
        organiser=election.organiser,
        kind=KIND,
        created_at=to_rfc3339(now),
        total=len(chosen),
        parameters={"run": run, "reminds": choice.reminds},
    )
    JobList(wiring.blobs, election.id, job.id).keep(chosen)
    wiring.jobs.add(job)
    _queue(wiring, job)


def _queue(wiring: Wiring, job: Job) -> None:
    """Have the job's next step done. A job that is over is left alone; a message too many does no harm."""
    if job.state == "running":
        wiring.jobs_queue.send({"kind": KIND, "election": job.election, "job": job.id})


def _enlist(
    wiring: Wiring,
    election: str,
    keys: Sequence[str],
    run: str,
    *,
    reminds: bool,
    enlisted: Set[str] = frozenset(),
) -> None:
    left = [key for key in keys if key not in enlisted]
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda key: wiring.voters.enlist(election, key, run, visibly=not reminds), left))
    kind = "reminder" if reminds else "invitation"
    wiring.mail_queue.send_all({"kind": kind, "election": election, "voter": key, "run": run} for key in keys)
