"""What happens to messages without a request: at a start, and when they are too old."""

from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import Queue

from .queue_rows import arrange, remove


def release_all(transaction: Transaction, now: int) -> int:
    """After a start nobody holds a message any more: make all of them visible, and return their number.

    A message whose receiver asked for a pause keeps it, for it was given back.
    """
    held = "receipt IS NOT NULL AND visible > ? AND NOT paused"
    groups = transaction.execute(f"SELECT DISTINCT queue, grp FROM message WHERE {held}", (now,)).fetchall()  # noqa: S608
    released = transaction.execute(f"UPDATE message SET visible = ? WHERE {held}", (now, now)).rowcount  # noqa: S608
    for queue, group in groups:
        arrange(transaction, queue, group, now)
        transaction.wake(f"queue:{queue}")
    return released


def delete_expired(database: Database, queue: Queue, now: int, limit: int) -> int:
    """Delete messages past the queue's retention, at most `limit`, and return how many.

    The search reads the whole queue, so it does not run on the writer's thread.
    """
    fifo, oldest = "NOT NULL" if queue.fifo else "NULL", now - queue.retention * 1000
    sql = f"SELECT seq FROM message WHERE queue = ? AND grp IS {fifo} AND sent <= ? AND visible <= ? LIMIT ?"  # noqa: S608
    found = [seq for (seq,) in database.reader().execute(sql, (queue.name, oldest, now, limit))]
    return database.write(lambda transaction: _delete(transaction, found, now)) if found else 0


def keep_in_step(database: Database, now: int, limit: int) -> int:
    """Make visible what nobody has received and what lies in the future: the clock was set back since it was sent.

    At most `limit` messages and as many groups; return the number of messages.
    """
    ahead = "SELECT seq FROM message WHERE receipt IS NULL AND visible > ? LIMIT ?"
    held = "SELECT 1 FROM message m WHERE m.queue = g.queue AND m.grp = g.grp AND receipt IS NOT NULL AND visible > ?"
    groups_ahead = f"SELECT queue, grp FROM message_group g WHERE ready > ? AND NOT EXISTS ({held}) LIMIT ?"  # noqa: S608
    reader = database.reader()
    messages = [seq for (seq,) in reader.execute(ahead, (now, limit))]
    groups = reader.execute(groups_ahead, (now, now, limit)).fetchall()
    if not messages and not groups:
        return 0

    def correct(transaction: Transaction) -> int:
        for seq in messages:
            set_back = "UPDATE message SET visible = ? WHERE seq = ? AND receipt IS NULL RETURNING queue"
            for (queue,) in transaction.execute(set_back, (now, seq)).fetchall():
                transaction.wake(f"queue:{queue}")
        for queue, group in groups:
            arrange(transaction, queue, group, now)
            transaction.wake(f"queue:{queue}")
        return len(messages)

    return database.write(correct)


def forget_ids(transaction: Transaction, now: int, limit: int) -> int:
    """Delete ids of deduplication that count no longer, at most `limit`, and return how many."""
    keys = "SELECT queue, scope, dedup FROM deduplication WHERE until <= ? LIMIT ?"
    forget = f"DELETE FROM deduplication WHERE (queue, scope, dedup) IN ({keys})"  # noqa: S608
    return transaction.execute(forget, (now, limit)).rowcount


def _delete(transaction: Transaction, numbers: list[int], now: int) -> int:
    deleted = 0
    for seq in numbers:  # some may have been received or deleted since
        sql = "SELECT queue, grp FROM message WHERE seq = ? AND visible <= ?"
        for queue, group in transaction.execute(sql, (seq, now)).fetchall():
            remove(transaction, seq)
            arrange(transaction, queue, group, now)
            deleted += 1
    return deleted
