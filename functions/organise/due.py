"""The function `organise-due`: starts the counts that are due, wakes jobs (waking.py), tells organisers (telling.py).

A rule wakes it every minute, and each election's own schedule when that closes. Neither says what to do: the rows of
`DUE` do (store/due_counts.py), so either of the two is enough, and both together start one count.

A row is taken before its count is started, so that no amendment moves an end that has come. Afterwards it is deleted,
in one transaction with the rows by which organisers are told. Killed in between, the next call starts what was not
started (the execution has the same name) and deletes the row.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.store.due_counts import MARGIN, DueCount
from ballotcast.store.milestones import CLOSED, COUNT, Milestone
from ballotcast.store.transaction import transact
from ballotcast.wiring import Wiring, from_environment
from organise.telling import tell_bounces, tell_milestones
from organise.waking import wake_jobs

A_CALL = 500
"""Counts started in one call: some 20 seconds of its 60, and below the rate that Step Functions allows an account."""

logger = Logger(service="organise-due")
deployed = cache(from_environment)


def start_due_counts(wiring: Wiring) -> None:
    """Start the count of every election that closed `MARGIN` ago or earlier, at most `A_CALL`.

    One that cannot be started does not keep back those behind it, and does not count; its row stays for the next call.
    ExceptionGroup at the end, so that Lambda counts the call as failed and the alarm `ClockStopped` can report it.
    """
    failures: list[Exception] = []
    started = 0
    for due in wiring.due_counts.until(wiring.clock() - MARGIN):
        try:
            if not wiring.due_counts.take(due):
                continue  # moved since it was read
            wiring.counting_machine.start_first(due.election)
            _go_on(wiring, due)
        except (BotoCoreError, ClientError) as error:
            error.add_note(f"election {due.election}, closed at {due.closes_at}")
            failures.append(error)
            continue
        started += 1
        if started == A_CALL:
            break
    if failures:
        raise ExceptionGroup("counts that are due and were not started", failures)


def _go_on(wiring: Wiring, due: DueCount) -> None:
    """The count is started: its row goes, and organisers are mailed of the close now, of the count when it ends."""
    milestones = [Milestone(due.closes_at, due.election, kind, due.closes_at) for kind in (CLOSED, COUNT)]
    writes = [wiring.due_counts.removing(due), *map(wiring.milestones.adding, milestones)]
    transact(wiring.dynamodb, writes)


def see_to_all(wiring: Wiring) -> None:
    """Counts first. A failure of one kind does not keep back the others."""
    failures: list[Exception] = []
    for act in (start_due_counts, wake_jobs, tell_milestones, tell_bounces):
        try:
            act(wiring)
        except Exception as error:  # noqa: BLE001 - the edge: raised below, when the rest is done
            failures.append(error)
    if failures:
        raise ExceptionGroup("what is due was not all done", failures)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    see_to_all(deployed())
