"""Another draft like one of an organiser's elections, with or without its voters.

The rows of the roll go into the bucket first; then draft, event and the job that adds the voters are one transaction,
and a message starts the job. Killed before the transaction: nothing is there, and the bucket forgets the rows. Killed
before the message: the same request with its Idempotency-Key finds the draft and sends it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.roll_file import Row
from ballotcast.errors import Conflict
from ballotcast.mails.language import MailWords
from ballotcast.mails.settings import MailSettings
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.jobs import Job
from ballotcast.wiring import Wiring
from organise.drafts import FIELDS, checked_draft
from organise.import_report import NOTHING
from organise.importing import KIND
from organise.job_list import JobList
from organise.trial import drafting, drafts_full, require_room

AHEAD = timedelta(days=7)
"""Until a copy opens, unless it is said when."""


REHEARSAL_VOTERS = 5
REHEARSAL_LENGTH = timedelta(days=1)
TITLE_LENGTH = 200


class Copy(NamedTuple):
    """`job`: the import that adds the voters; None without any."""

    election: Election
    job: Job | None


def copy_election(
    wiring: Wiring,
    source: Election,
    changes: Mapping[str, Any],
    *,
    with_roll: bool = False,
    rehearsal: bool = False,
    idempotency_key: str | None = None,
) -> Copy:
    """A draft with the fields of `source`, but for `changes`, and what its mails say.

    Without `opens_at` it opens a week from now; without `closes_at` it is open for as long as `source`.
    A rehearsal has a roll of its own, of nobody, and its title says that it is one; it opens at once, for a day.
    Conflict where the roll is wanted and its personal data was erased; Forbidden beyond the limits of `organise.trial`.
    """
    if with_roll and source.erased and not rehearsal:
        raise Conflict("personal-data-erased", "the personal data of this election's roll was erased")
    now = wiring.clock()
    fields = {**_fields(source, now), **(_of_rehearsal(source, now) if rehearsal else {}), **changes}
    checked = checked_draft(wiring, fields, source.contests)
    identity = secrets.token_hex(8)
    if idempotency_key:
        asked = json.dumps([source.id, changes, with_roll, rehearsal], sort_keys=True, default=str)
        identity = wiring.session_secret.mac("copy", source.actor, idempotency_key, asked)[:8].hex()
        if made := _made_before(wiring, source.actor, identity):
            return made
    draft = Election(
        id=identity,
        organiser=source.actor,
        created_at=to_rfc3339(now),
        roll_indexed=True,
        mail=dict(source.mail),
        rehearsal=rehearsal,
        **checked,
    )
    counting = drafting(wiring, draft.organiser)
    if counting is None:
        raise drafts_full()
    rows = _rows(wiring, source, draft) if with_roll or rehearsal else []
    require_room(wiring, draft, len(rows))
    job = _roll_job(wiring, draft, rows)
    detail = {"from": source.id, "roll": with_roll, "rehearsal": rehearsal}
    told = event(draft.id, draft.organiser, "election-copied", detail, now)
    beside = [wiring.events.adding(told), *([wiring.jobs.adding(job)] if job else []), *counting]
    if not wiring.elections.add(draft, *beside):
        if idempotency_key and (made := _made_before(wiring, source.actor, identity)):
            return made
        if drafting(wiring, draft.organiser) is None:
            raise drafts_full()
        raise Conflict("id-taken", "the id drawn for this election is taken: try again", retry_after=1)
    _begin(wiring, job)
    return Copy(draft, job)


def _made_before(wiring: Wiring, organiser: str, identity: str) -> Copy | None:
    """What the same request made, its job begun again: each batch of one is done once."""
    draft = wiring.elections.find(identity)
    if draft is None or draft.organiser != organiser or draft.deleting:
        return None
    job = next((one for one in wiring.jobs.all(identity) if one.kind == KIND), None)
    _begin(wiring, job)
    return Copy(draft, job)


def _begin(wiring: Wiring, job: Job | None) -> None:
    if job and job.state == "running":
        wiring.jobs_queue.send({"kind": KIND, "election": job.election, "job": job.id})


def _fields(source: Election, now: datetime) -> dict[str, Any]:
    """The draft's fields as `checked_draft` takes them, with dates to come."""
    opens_at = now.replace(microsecond=0) + AHEAD
    length = from_rfc3339(source.closes_at) - from_rfc3339(source.opens_at)
    bare = [{name: value for name, value in contest.items() if name != "id"} for contest in source.contests]
    same = {name: getattr(source, name) for name in FIELDS}
    return {**same, "contests": bare, "opens_at": opens_at, "closes_at": opens_at + length}


def _of_rehearsal(source: Election, now: datetime) -> dict[str, Any]:
    """Codes come by mail, because telephones are nobody's."""
    words = MailWords(MailSettings.kept(source.mail).language)
    opens_at = now.replace(microsecond=0)
    return {
        "title": words.text("rehearsal_title", title=source.title)[:TITLE_LENGTH].rstrip(),
        "opens_at": opens_at,
        "closes_at": opens_at + REHEARSAL_LENGTH,
        "mode": "managed",  # nobody is asked to make a key for it
        "second_factor": "none" if source.second_factor == "none" else "email",
    }


def _rows(wiring: Wiring, source: Election, draft: Election) -> list[Row]:
    """Of a rehearsal addresses that no mail can reach (RFC 2606); else the voters whose rights nobody asked to end."""
    if draft.rehearsal:
        return [Row(f"voter-{number}@rehearsal.invalid") for number in range(1, REHEARSAL_VOTERS + 1)]
    voters = (voter for voter in wiring.voters.roll(source.id) if not voter.ended and voter.email)
    return [Row(voter.email, voter.phone, voter.name, voter.language) for voter in voters]


def _roll_job(wiring: Wiring, draft: Election, rows: Sequence[Row]) -> Job | None:
    """An import of these voters, its rows kept; None if there are none."""
    if not rows:
        return None
    job = Job(
        id=secrets.token_hex(8),  # so that two requests at once never write one list of rows
        election=draft.id,
        organiser=draft.organiser,
        kind=KIND,
        created_at=draft.created_at,
        total=len(rows),
        outcome=NOTHING,
    )
    JobList(wiring.blobs, draft.id, job.id).keep(rows)
    return job
