"""Importing a roll from a file: at once when it is small, else as a job that a killed process does not spoil.

At once is a run of transactions: killed in between, what was written stays, and the same file again counts it as
duplicates. A job writes each batch of voters together with its own progress, so each row is counted exactly once,
however often a step is repeated. Its rows wait in the bucket (job_list.py) until it is over, no longer. With an
Idempotency-Key its id follows from that and the file, so the same request again returns the same job.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roll_file import BY_NAME, Reading, RollFile, RollFileError, Row, read_roll
from ballotcast.errors import FieldError, Invalid, NotFound
from ballotcast.store.election import Election
from ballotcast.store.events import Event, event
from ballotcast.store.jobs import Job
from ballotcast.store.transaction import LIMIT
from ballotcast.store.voters import NotAdded, Writes
from ballotcast.wiring import Wiring
from organise.import_report import NOTHING, outcome_of, with_duplicates
from organise.job_list import JobList
from organise.roll import add_voters, calling_codes, new_voter, require_growing, roll_closed, voter_key
from organise.trial import require_room

KIND = "import"
AT_ONCE = 2000
"""Rows of a file that is imported within the request."""
BATCH = LIMIT - 4
"""Voters in one transaction, next to the check of the election, the job's progress and the event at its end."""
BATCHES_A_MESSAGE = 30


def import_roll(
    wiring: Wiring,
    election: Election,
    data: bytes,
    idempotency_key: str | None = None,
    columns: Reading = BY_NAME,
) -> Job:
    """Import a file within the request, or begin a job.

    Args:
        wiring: The process's connections.
        election: As found just now.
        data: The file.
        idempotency_key: Of the request. Sent again with it, the request returns the job that it began.
        columns: Which somebody chose (`choice`, `header`).

    Returns:
        The import, `done`; or a job, which is `running`, or has ended if the request is sent again later.

    Raises:
        Invalid: The file is not a roll.
        Conflict: The election is closed.
        Forbidden: There would be more voters than the owner may have before their address is proven.
    """
    require_growing(wiring, election)
    roll = _read(wiring, election, data, columns)
    require_room(wiring, election, len(roll.rows))
    job = Job(
        id=_job_id(wiring, election, data, idempotency_key, columns),
        election=election.id,
        organiser=election.actor,
        kind=KIND,
        created_at=to_rfc3339(wiring.clock()),
        total=len(roll.rows),
        outcome=outcome_of(roll, wiring.settings.daily_mails),
    )
    return _at_once(wiring, election, job, roll.rows) if _small(roll) else _as_job(wiring, job, roll.rows)


def _job_id(wiring: Wiring, election: Election, data: bytes, idempotency_key: str | None, columns: Reading) -> str:
    if not idempotency_key:
        return secrets.token_hex(8)
    digest = hashlib.sha256(f"{columns.choice} {columns.header}\n".encode() + data).hexdigest()
    return wiring.roll_secret.mac("import", election.id, idempotency_key, digest)[:8].hex()


def check_roll(wiring: Wiring, election: Election, data: bytes, columns: Reading = BY_NAME) -> dict[str, Any]:
    """What `import_roll` would come to, with nothing written; refuses what it refuses, but for unknown columns.

    `compared`: whether duplicates are also those on the roll. A large file is looked at by itself only. `undecided`:
    why somebody has to choose the columns, which `first_rows` are to choose from.
    """
    require_growing(wiring, election)
    try:
        roll = read_roll(data, _reading(wiring, election, columns))
    except RollFileError as error:
        if not error.first_rows:
            raise _refused(error) from None
        return {**NOTHING, "compared": False, "undecided": error.fault.to_json(), "first_rows": error.first_rows}
    keys = {voter_key(wiring, election.id, row.email): row for row in roll.rows} if _small(roll) else {}
    known = wiring.voters.present(election.id, list(keys))
    outcome = with_duplicates(
        outcome_of(roll, wiring.settings.daily_mails), [row for key, row in keys.items() if key in known], len(known)
    )
    added = len(roll.rows) - len(known)
    shown = [roll.header, *roll.first_rows] if roll.columns.header else roll.first_rows
    return {**outcome, "added": added, "compared": _small(roll), "undecided": None, "first_rows": shown}


def find_import(wiring: Wiring, election: Election, job: str) -> Job:
    found = wiring.jobs.find(election.id, job)
    if found is None or found.kind != KIND:
        raise NotFound("no-import", "this election has no such import")
    return found


def continue_import(wiring: Wiring, election: str, job: str) -> None:
    """Some batches of a job, and a message for the rest. May be told twice, or at once: each batch is done once."""
    waiting = JobList(wiring.blobs, election, job)
    for _ in range(BATCHES_A_MESSAGE):
        now = wiring.jobs.find(election, job)
        if now is None or now.state != "running":
            waiting.forget()
            return
        rows = waiting.behind(now.done, BATCH)
        if rows is not None and (growing := _growing(wiring, election)):
            _add_batch(wiring, growing, now, [Row(*row) for row in rows])
        else:
            wiring.jobs.advance(now.moved(state="failed"))
    wiring.jobs_queue.send({"kind": KIND, "election": election, "job": job})


def _reading(wiring: Wiring, election: Election, columns: Reading) -> Reading:
    needed = election.second_factor == "sms"
    codes = calling_codes(wiring, election)
    return replace(columns, phone_needed=needed, calling_codes=codes, country=election.country)


def _read(wiring: Wiring, election: Election, data: bytes, columns: Reading) -> RollFile:
    try:
        return read_roll(data, _reading(wiring, election, columns))
    except RollFileError as error:
        raise _refused(error) from None


def _refused(error: RollFileError) -> Invalid:
    return Invalid("bad-roll-file", str(error), errors=[FieldError("", error.fault)])


def _small(roll: RollFile) -> bool:
    return len(roll.rows) + len(roll.duplicates) + len(roll.rejected) <= AT_ONCE


def _known(wiring: Wiring, election: str, rows: Sequence[Row]) -> list[Row]:
    """Those that are on the roll: asked for only where a transaction found that some are."""
    keys = {voter_key(wiring, election, row.email): row for row in rows}
    present = wiring.voters.present(election, list(keys))
    return [row for key, row in keys.items() if key in present]


def _at_once(wiring: Wiring, election: Election, job: Job, rows: Sequence[Row]) -> Job:
    def look_up_known(added: int) -> Writes:
        known[:] = _known(wiring, job.election, batch) if added < len(batch) else []
        return ()

    done, known = job, list[Row]()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        try:
            voters = [new_voter(wiring, job.election, row) for row in batch]
            added, _ = add_voters(wiring, election, voters, look_up_known)
        except NotAdded:
            raise roll_closed() from None
        done = _counted(done, added, known, len(batch), last=False)
    done = done.moved(state="done")
    wiring.events.add(_told(wiring, done))
    return done


def _as_job(wiring: Wiring, job: Job, rows: Sequence[Row]) -> Job:
    """Rows, job, message: killed in between, no row was written, and the bucket forgets the rows by itself.

    A job that is there already is queued again unless it is over; a message too many does no harm.
    """
    known = wiring.jobs.find(job.election, job.id)
    if known is None:
        JobList(wiring.blobs, job.election, job.id).keep(rows)
        wiring.jobs.add(job)
    now = known or job
    if now.state == "running":
        wiring.jobs_queue.send({"kind": KIND, "election": now.election, "job": now.id})
    return now


def _add_batch(wiring: Wiring, election: Election, job: Job, rows: Sequence[Row]) -> None:
    """Voters, progress and, at the end, the event in one transaction.

    Refused when another delivery of the message was faster, or the election has closed: the next look at it tells.
    """
    last = job.done + len(rows) == job.total

    def beside(added: int) -> Writes:
        known = _known(wiring, job.election, rows) if added < len(rows) else []
        moved = _counted(job, added, known, len(rows), last=last)
        writes = [wiring.jobs.advancing(moved)]
        return [*writes, wiring.events.adding(_told(wiring, moved))] if last else writes

    try:
        add_voters(wiring, election, [new_voter(wiring, job.election, row) for row in rows], beside)
    except NotAdded:
        return


def _counted(job: Job, added: int, known: Sequence[Row], handled: int, *, last: bool) -> Job:
    outcome = with_duplicates({**job.outcome, "added": job.outcome["added"] + added}, known, handled - added)
    return job.moved(done=job.done + handled, state="done" if last else "running", outcome=outcome)


def _growing(wiring: Wiring, election: str) -> Election | None:
    """The election, while voters may still join its roll."""
    found = wiring.elections.find(election)
    if found is None or found.deleting or found.status(wiring.clock()) is Status.CLOSED:
        return None
    return found


def _told(wiring: Wiring, job: Job) -> Event:
    counts = {name: job.outcome[name] for name in ("added", "duplicates")}
    detail = {**counts, "rejected": job.outcome["rejected_count"]}
    return event(job.election, job.organiser, "roll-imported", detail, wiring.clock())
