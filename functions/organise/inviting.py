"""Inviting voters: who, under which roll, and each by one message that carries ids only.

A run goes: read the whole roll; take the mails from the organiser's allowance; freeze the election, or amend a grown
roll (if that is refused, the mails are given back); mark each chosen voter as part of the run; queue a mail for
each. A run for which the day's allowance does not suffice takes nothing here: it is a job whose steps take what each
day has (invitation_jobs.py). An order to all, or to all who wait, replaces a job under way.

Killed anywhere, the same call again completes it. With the same Idempotency-Key it continues the same run: the
allowance is taken once, and voters who were mailed are not mailed again. Without a key it is another run: voters who
were marked but not mailed are `queued` and chosen again, and messages of the older run are stale by then. Nobody is
invited whose tag is not under a root that manifest or amendment states.

A reminder's request does the same work regardless of who has voted: it chooses all who were sent a mail, and is always
a job. Only the steps of the job look at who has a credential, and nothing that organisers see says when they do or how
many are left. A reminder does all of this also when it reminds nobody.
"""

import json
import secrets
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, NamedTuple

from ballotcast.ballots.roll import roll_root
from ballotcast.clock import from_rfc3339, seconds_to_midnight, to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, Invalid, Refused, TooMany, field_error
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.store.mail_allowance import MailRun
from ballotcast.store.voter import RollLine
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.allowance import spends
from organise.amending import GREW, amend_roll, cut_roll
from organise.freezing import freeze, publish
from organise.invitation_jobs import KIND, add_job, enlist, queue_step, stop_run
from organise.roll import voter_key

AT_ONCE = 2000
"""Voters invited within the request; nobody is reminded there."""
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


class Invited(NamedTuple):
    """`queued`: how many mails; None for a reminder. `last_day`: of the last ones, where a day's do not suffice."""

    queued: int | None
    last_day: str | None = None


def invite(
    wiring: Wiring, election: Election, choice: Choice, base_url: str, idempotency_key: str | None = None
) -> Invited:
    """Queue the mails, or have a job queue them, today or day by day.

    Args:
        wiring: The process's connections.
        election: As found just now.
        choice: Whom to invite.
        base_url: Where voters reach the service.
        idempotency_key: Of the request. Sent again with it within a day, the request continues its run.

    Raises:
        TooMany: The allowance does not suffice, and single voters were named, or the last mails would go out too late.
    """
    require_sender(wiring, election.organiser)
    _require_inviting(wiring, election)
    run = _run_of(wiring, election, choice, idempotency_key)
    if (run.mails or run.spread) and (job := wiring.jobs.find(election.id, run.id)):
        queue_step(wiring, job)
        return Invited(None if choice.reminds else job.total, job.parameters.get("last_day"))
    election, roll = cut_roll(wiring, election)
    if not roll:
        raise Conflict("empty-roll", "there is nobody on the roll yet")
    chosen = _chosen(wiring, election.id, roll, choice, run.id)
    last_day = None
    if chosen or (choice.reminds and election.frozen):
        day, mails = f"{wiring.clock():%Y-%m-%d}", len(roll) if choice.reminds else len(chosen)
        more = max(0, mails - run.mails)
        # a reminder takes as many as if nobody had voted
        if run.spread or not spends(wiring, election.organiser, day, more, run):
            run, last_day, more = *_spread(wiring, election, choice, run, len(chosen)), 0
        try:
            _state_roll(wiring, election, roll, base_url)
        except Refused:
            if more:
                wiring.mail_allowance.return_mails(election.organiser, day, more, run)
            raise
        enlisted = {voter.key for voter in roll if voter.run == run.id}
        _send(wiring, election, chosen, choice, run, enlisted, last_day)
    return Invited(None if choice.reminds else len(chosen), last_day)


def _run_of(wiring: Wiring, election: Election, choice: Choice, idempotency_key: str | None) -> MailRun:
    """The run that the same request with this key began less than a day ago, else a new one."""
    run = MailRun(secrets.token_hex(8))
    if not idempotency_key:
        return run
    asked = json.dumps([choice.only, choice.emails])
    request = wiring.session_secret.mac("invite", election.organiser, election.id, idempotency_key, asked).hex()
    now = int(wiring.clock().timestamp())
    begun = wiring.mail_allowance.find_run(election.organiser, request, now)
    return begun or replace(run, request=request, begun=now)


def _require_inviting(wiring: Wiring, election: Election) -> None:
    if election.erased or election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: nobody is invited any more")


def _chosen(wiring: Wiring, election: str, roll: Sequence[RollLine], choice: Choice, run: str) -> list[str]:
    """Keys of the voters to be invited; Invalid, with pointers, if one of the addresses is not on the roll.

    For a reminder, of those among whom the job chooses (`_waiting`).

    Voters who are part of the run already are chosen again, because their messages may not have been queued.
    """
    roll = [voter for voter in roll if not voter.ended]
    if choice.emails is not None:
        keys = [voter_key(wiring, election, email) for email in choice.emails]
        present = {voter.key for voter in roll}
        unknown = [field_error(f"/voters/{n}", "not-on-roll") for n, key in enumerate(keys) if key not in present]
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


def _spread(wiring: Wiring, election: Election, choice: Choice, run: MailRun, mails: int) -> tuple[MailRun, str]:
    """The run as one that takes its mails day by day, stored, and its last day.

    Nothing is promised that the close would cut short: TooMany if that comes before the last day's mails.
    """
    most, now = wiring.settings.daily_mails, wiring.clock()
    left = wiring.mail_allowance.mails_left(election.organiser, f"{now:%Y-%m-%d}", most)
    midnight = now + timedelta(seconds=seconds_to_midnight(now))
    days = max(0, -(-(mails - left) // most))
    last = midnight + timedelta(days=days - 1) if days else now
    named, begun = choice.emails is not None, run.mails
    if named or begun or last >= from_rfc3339(election.closes_at):
        told = f"more than {most} mails in a day are not sent for you"
        late = "" if named or begun else f"; the last of these would go out on {last:%Y-%m-%d}, when voting is over"
        raise TooMany("daily-mails", told + late, retry_after=seconds_to_midnight(now))
    spread = replace(run, spread=True)
    wiring.mail_allowance.begin_spread(election.organiser, spread)
    return spread, f"{last:%Y-%m-%d}"


def _state_roll(wiring: Wiring, election: Election, roll: Sequence[RollLine], base_url: str) -> None:
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
    wiring: Wiring,
    election: Election,
    chosen: Sequence[str],
    choice: Choice,
    run: MailRun,
    enlisted: Set[str],
    last_day: str | None,
) -> None:
    """`enlisted`: keys of those who are part of the run already, because it is being continued."""
    now = wiring.clock()
    name = "some" if choice.emails is not None else choice.only or "waiting"
    detail = {"only": name} if choice.reminds else {"only": name, "mails": len(chosen)}
    if name in ("all", "waiting") and election.inviting not in ("", run.id):
        stop_run(wiring, election.id, election.inviting, election.actor)
    wiring.events.add(event(election.id, election.actor, "invitations-ordered", detail, now))
    if len(chosen) <= AT_ONCE and not choice.reminds and not run.spread:
        enlist(wiring, election.id, chosen, run.id, kind="invitation", enlisted=enlisted)
        return
    job = Job(
        id=run.id,
        election=election.id,
        organiser=election.actor,
        kind=KIND,
        created_at=to_rfc3339(now),
        total=len(chosen),
        parameters={
            "run": run.id,
            "reminds": choice.reminds,
            "whom": name,
            **({"granted": 0, "last_day": last_day} if run.spread else {}),
        },
    )
    add_job(wiring, job, chosen)
    queue_step(wiring, job)
