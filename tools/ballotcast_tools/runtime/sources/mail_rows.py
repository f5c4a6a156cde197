"""The rows of table `mail` that wait for the mail server, and what becomes of them.

    waiting ─┬─ taken ──────────────────────────────► sent
             ├─ refused, and the mail has no tags ──► refused
             └─ refused ──► bounce-untold ── told ──► refused

A row that is sent or refused keeps no content, address or tags: a mail holds a link or a code, and who was sent a code
when is nobody's business. `due` is when the next step is to be tried, in seconds since 1970.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ballotcast.clock import Clock
from ballotcast_tools.runtime.storage.database import Database

KEPT_FOR = 14 * 86_400.0
"""Seconds that a row is kept after it came in; a row that waits is kept longer."""
_EMPTY = "content = NULL, receiver = '', tags = ''"


@dataclass(frozen=True)
class MailRow:
    """`at` in seconds since 1970. `attempts`: those that failed."""

    id: str
    sender: str = field(repr=False)
    receiver: str = field(repr=False)
    content: bytes = field(repr=False)
    tags: Mapping[str, str] = field(repr=False)
    at: float
    attempts: int


class MailRows:
    """Reads what is committed; returns from a change once it is on disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def now(self) -> float:
        return self._clock().timestamp()

    def due(self, most: int) -> list[str]:
        """Return ids of mails to send now, codes and other mails without tags first: codes expire in minutes."""
        found = self._database.reader().execute(
            "SELECT id FROM mail WHERE state = 'waiting' AND due <= ? ORDER BY tags != '', due LIMIT ?",
            (self.now(), most),
        )
        return [name for (name,) in found]

    def untold(self, most: int) -> list[str]:
        """Return ids of mails whose bounce is to be reported now."""
        found = self._database.reader().execute(
            "SELECT id FROM mail WHERE state = 'bounce-untold' AND due <= ? ORDER BY due LIMIT ?", (self.now(), most)
        )
        return [name for (name,) in found]

    def next_due(self) -> float | None:
        """Return when the first of both kinds is due; None if there is none."""
        found: tuple[float | None] = (
            self._database.reader()
            .execute(
                "SELECT min(due) FROM (SELECT min(due) AS due FROM mail WHERE state = 'waiting'"
                " UNION ALL SELECT min(due) FROM mail WHERE state = 'bounce-untold')"
            )
            .fetchone()
        )
        return found[0]

    def waiting(self) -> int:
        """Return how many mails are still to be sent."""
        counted: tuple[int] = (
            self._database.reader().execute("SELECT count(*) FROM mail WHERE state = 'waiting'").fetchone()
        )
        return counted[0]

    def read(self, name: str) -> MailRow:
        sender, receiver, content, tags, at, attempts = (
            self._database.reader()
            .execute("SELECT sender, receiver, content, tags, at, attempts FROM mail WHERE id = ?", (name,))
            .fetchone()
        )
        pairs = (tag.partition("=") for tag in tags.split(",") if tag)
        return MailRow(name, sender, receiver, content or b"", {key: value for key, _, value in pairs}, at, attempts)

    def postpone(self, row: MailRow, seconds: float) -> None:
        """Count a failed attempt; the next one is due in `seconds`."""
        self._change("attempts = attempts + 1, due = ?", (self.now() + seconds, row.id))

    def sent(self, row: MailRow) -> None:
        self._change(f"state = 'sent', {_EMPTY}", (row.id,))

    def refused(self, row: MailRow) -> None:
        """Note that the mail will never arrive; a bounce is to be reported if the mail has tags."""
        if row.tags:
            changes = "state = 'bounce-untold', content = NULL, attempts = 0, due = ?"
            self._change(changes, (self.now(), row.id))
        else:
            self.over(row)

    def over(self, row: MailRow) -> None:
        self._change(f"state = 'refused', {_EMPTY}", (row.id,))

    def forget(self, most: int) -> int:
        """Delete at most `most` rows that are done with and older than KEPT_FOR; return how many there were."""
        before = self.now() - KEPT_FOR
        return self._database.write(
            lambda transaction: (
                transaction.execute(
                    "DELETE FROM mail WHERE id IN"
                    " (SELECT id FROM mail WHERE at < ? AND state IN ('sent', 'refused') ORDER BY at LIMIT ?)",
                    (before, most),
                ).rowcount
            )
        )

    def _change(self, changes: str, parameters: tuple[object, ...]) -> None:
        self._database.write(
            lambda transaction: transaction.execute(f"UPDATE mail SET {changes} WHERE id = ?", parameters).rowcount  # noqa: S608
        )
