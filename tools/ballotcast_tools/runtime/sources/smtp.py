"""Sends mails by SMTP, as SES does it on AWS: in the background, again after a failure, with a report of a bounce.

    row waits ─► connect ─► MAIL, RCPT, DATA ─► 250 ─► row is sent, one commit
                    │             │                │
                    │             │                └ killed here: sent again, with the same Message-ID and Date
                    │             └ refused: see delivery.py and mail_rows.py
                    └ no connection: all wait, and no mail counts it as a failure of its own

A mail that the server puts off is tried again for three days, and then counts as refused. A mail server that cannot be
reached, or does not take our log-in or sender, never makes a mail refused, however long it lasts.

The log has numbers, SMTP codes and the mail server's faults; no address, subject or content.
"""

import contextlib
import logging
import smtplib
import time
from collections.abc import Callable, Iterator, Mapping

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.runtime.services.mails import TOPIC
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed

from .delivery import ConnectionLost, NotNow, Refused, ServerFailed, deliver, stamped
from .loop import PATIENCE, Loop
from .mail_rows import MailRow, MailRows
from .mail_server import MailServer, Unreachable

RATE = 10.0
"""Mails a second at most."""
PER_CONNECTION = 100
"""Mails; many servers end a connection after as many."""
AT_ONCE = 20
"""Mails that are chosen together, so that a code waits for few invitations."""
TRIED_FOR = 3 * 86_400.0
"""Seconds from when a mail came in until a temporary failure counts as final."""
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
"""Seconds; each wait is twice the one before."""
SERVER_WAIT, LONGEST_SERVER_WAIT = 10.0, 600.0
"""The same, for a server that cannot be used at all."""
AGAIN = 1.0
"""Seconds until an outcome that could not be stored is stored again."""
Bounced = Callable[[Mapping[str, str], str], None]
"""Takes a mail's tags and receiver. Returns once that is taken note of; raises whatever went wrong."""
log = logging.getLogger(__name__)


class Postman:
    """A thread that sends what waits.

    Args:
        database: Has the table of services/mails.py.
        server: Where mails are handed over.
        bounced: Is called for a refused mail with tags, again until it returns.
        our_name: This machine's name in EHLO: the host of the public address.
        rate: Mails a second at most.
        clock: For what is due, and mails' age.
    """

    def __init__(
        self,
        database: Database,
        server: MailServer,
        bounced: Bounced,
        our_name: str = "localhost",
        rate: float = RATE,
        clock: Clock = system_clock,
    ) -> None:
        self._database, self._rows = database, MailRows(database, clock)
        self._server, self._bounced, self._our_name = server, bounced, our_name
        self._between = 1 / rate
        self._faults = 0
        self._usable_at = 0.0  # monotonic
        self._loop = Loop("mails", database.watch(TOPIC), self._turn)

    def start(self) -> None:
        self._loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Begin no other mail. Return whether the present one ended within `patience` seconds."""
        return self._loop.stop(patience)

    def _turn(self) -> float | None:
        if self._database.failure is not None:  # what is sent could not be noted, and would be sent without end
            return None
        self._tell_bounces()
        if time.monotonic() >= self._usable_at:
            self._send_some()
        due = self._rows.next_due()
        return None if due is None else max(due - self._rows.now(), self._usable_at - time.monotonic(), 0.0)

    def _send_some(self) -> None:
        """Send what is due, as much as one connection may take. Note in `_usable_at` if the server fails."""
        if not self._rows.due(1):
            return
        sent = 0
        try:
            with contextlib.closing(_Connection(self._server, self._our_name)) as connection:
                for name in self._chosen():
                    sent += self._send(connection.smtp, self._rows.read(name))
                    if not self._loop.pause(self._between):
                        break
        except (Unreachable, ServerFailed) as error:
            wait = min(SERVER_WAIT * 2**self._faults, LONGEST_SERVER_WAIT)
            self._faults = min(self._faults + 1, 10)
            self._usable_at = time.monotonic() + wait
            log.error(
                "the mail server cannot be used (%s); next attempt in %g s; mails that wait: %d",
                error,
                wait,
                self._rows.waiting(),
            )
        if sent:
            log.info("mails sent: %d", sent)

    def _chosen(self) -> Iterator[str]:
        left = PER_CONNECTION
        while names := self._rows.due(min(AT_ONCE, left)):
            yield from names
            left -= len(names)

    def _send(self, connection: smtplib.SMTP, row: MailRow) -> bool:
        """Return whether the mail was taken. Raises ServerFailed."""
        try:
            deliver(connection, row.sender, row.receiver, stamped(row.content, row.id, row.at, row.sender))
        except Refused as refused:
            log.warning("a mail was refused: %d", refused.code)
            self._store(lambda: self._rows.refused(row))
        except NotNow as put_off:
            if self._rows.now() - row.at < TRIED_FOR:
                self._store(lambda: self._rows.postpone(row, _wait(row.attempts)))
            else:
                log.warning("a mail was put off until it was too old: %d", put_off.code)
                self._store(lambda: self._rows.refused(row))
        except ConnectionLost:
            self._store(lambda: self._rows.postpone(row, _wait(row.attempts)))  # or a mail that breaks it blocks all
            raise
        else:
            self._faults = 0
            self._store(lambda: self._rows.sent(row))
            return True
        return False

    def _store(self, change: Callable[[], None]) -> None:
        """Have `change` stored, also if the disk is full for a while: it is about what has happened already."""
        while True:
            try:
                return change()
            except StorageFailed:
                if self._database.failure is not None or not self._loop.pause(AGAIN):
                    raise

    def _tell_bounces(self) -> None:
        """Report refused mails. What fails is reported again later, so that no bounce is lost."""
        for name in self._rows.untold(AT_ONCE):
            row = self._rows.read(name)
            try:
                self._bounced(row.tags, row.receiver)
            except Exception as error:  # noqa: BLE001 - the edge: whatever a function raises
                log.warning("a bounce could not be reported: %s", type(error).__name__)
                self._store(lambda row=row: self._rows.postpone(row, _wait(row.attempts)))  # type: ignore[misc]
            else:
                self._store(lambda row=row: self._rows.over(row))  # type: ignore[misc]


class _Connection:
    """Ends as the protocol has it where that is still possible. Raises Unreachable."""

    def __init__(self, server: MailServer, our_name: str) -> None:
        self.smtp = server.connect(our_name)

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.smtp.quit()
        self.smtp.close()


def _wait(attempts: int) -> float:
    """Return seconds until the next attempt after `attempts` that failed before this one."""
    return min(FIRST_WAIT * 2.0 ** min(attempts, 10), LONGEST_WAIT)
