"""What a start finds, counted by indexes only: at most MOST of each, so a million rows cost no more than a thousand."""

import sqlite3
from dataclasses import dataclass

from .storage.database import Database

MOST = 1000
_ELECTIONS = """
    WITH RECURSIVE one (pk, n) AS (
        SELECT (SELECT pk FROM item WHERE tbl = 'Roll' AND pk > 'ELECTION#' AND pk < 'ELECTION$' ORDER BY pk LIMIT 1), 1
        UNION ALL
        SELECT (SELECT pk FROM item WHERE tbl = 'Roll' AND pk > one.pk AND pk < 'ELECTION$' ORDER BY pk LIMIT 1), n + 1
        FROM one WHERE one.pk IS NOT NULL AND n < :most
    ) SELECT count(pk) FROM one
"""
"""One step of the index for each election, however many rows it has."""
_EXECUTIONS = """
    WITH RECURSIVE one (id, n) AS (
        SELECT (SELECT min(execution) FROM machine_branch), 1
        UNION ALL
        SELECT (SELECT min(execution) FROM machine_branch WHERE execution > one.id), n + 1
        FROM one WHERE one.id IS NOT NULL AND n < :most
    ) SELECT count(id) FROM one
"""
_MAILS = "SELECT count(*) FROM (SELECT 1 FROM mail WHERE state = 'waiting' LIMIT :most)"
_MESSAGES = "SELECT count(*) FROM (SELECT 1 FROM message LIMIT :most)"


@dataclass(frozen=True)
class Found:
    """Elections; mails for the mail server; executions that run; messages in queues. Each at most MOST.

    `clean`: the last stop put everything into the database's file; after a kill the next start does.
    """

    elections: int
    mails: int
    executions: int
    messages: int
    clean: bool = True

    def __str__(self) -> str:
        """A line for people."""
        counts = [_counted(self.elections, "election", "elections")]
        counts += [_counted(self.mails, "mail to send", "mails to send")] if self.mails else []
        counts += [_counted(self.executions, "task in progress", "tasks in progress")] if self.executions else []
        counts += [_counted(self.messages, "queued message", "queued messages")] if self.messages else []
        line = f"Found {', '.join(counts)}."
        return line if self.clean else f"{line} The last run did not stop properly; its work continues."


def found(database: Database) -> Found:
    """Count what `database` held when it was opened, or holds since. Takes some milliseconds."""
    return found_in(database.reader(), clean=database.was_closed)


def found_in(connection: sqlite3.Connection, *, clean: bool = True) -> Found:
    def count(table: str, sql: str) -> int:
        exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone()
        return int(connection.execute(sql, {"most": MOST}).fetchone()[0]) if exists else 0

    return Found(
        elections=count("item", _ELECTIONS),
        mails=count("mail", _MAILS),
        executions=count("machine_branch", _EXECUTIONS),
        messages=count("message", _MESSAGES),
        clean=clean,
    )


def _counted(number: int, one: str, many: str) -> str:
    if number == 1:
        return f"1 {one}"
    return f"{number:,} or more {many}" if number >= MOST else f"{number or 'no'} {many}"
