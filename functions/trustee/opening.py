"""The step of the close machine that waits for trustees: it asks them by mail, and is answered once enough released.

Each time that the wait has timed out the machine calls it again: it looks whether it is enough by now, in case the one
who released last was killed before saying so, and reminds those who have not released: once a day, later once a week.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.trustees.record import CeremonyRecord
from ballotcast.trustees.release import Release
from ballotcast.wiring import Wiring, from_environment

OPEN = "open"
"""The name of the mail; a number says which of the reminders it is."""
DAILY = 14
"""Reminders, before they come once a week."""

logger = Logger(service="opening")
deployed = cache(from_environment)


def handle(event: dict[str, Any], wiring: Wiring) -> dict[str, Any]:
    """`{election, token}` → `{}`. The task ends when its token is answered."""
    election, token, now = event["election"], event["token"], wiring.clock()
    ceremony = wiring.manifests.ceremony(election)
    if ceremony is None:
        raise LookupError(f"election {election} has no trustees")
    setup = CeremonyRecord.parse(ceremony).setup
    since = from_rfc3339(wiring.openings.wait(election, token, to_rfc3339(now)))
    released = {Release.parse(one).index for one in wiring.openings.messages(election, "release")}
    if len(released) >= setup.t:
        wiring.waiters.wake(token)
        return {}
    mail = f"{OPEN} {_reminder((now - since) // timedelta(days=1))}"
    for index in range(1, setup.n + 1):
        if index not in released:
            message = {"kind": "trustee", "election": election, "attempt": setup.attempt, "trustee": index}
            wiring.mail_queue.send({**message, "mail": mail})
    return {}


def _reminder(days: int) -> int:
    return days if days <= DAILY else DAILY + (days - DAILY) // 7


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return handle(event, deployed())
