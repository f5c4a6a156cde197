"""How many files and connections this process may have open, and how that number is shared out.

    half        connections
    a quarter   connections that are just being accepted or closed: asyncio accepts `accepted_at_once` in each turn
    a quarter   the database, objects, workers

A process that runs out of them can neither accept nor write.
"""

import resource

WANTED = 65_536
MOST_CONNECTIONS, MOST_ACCEPTED = 8_192, 512
BACKLOG = 4_096
"""Connections that the kernel holds until they are accepted; one that finds no room is tried again after seconds."""


def raise_limit() -> None:
    """Allow this process and its children as many as the system lets it, at most WANTED."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connections_at_once() -> int:
    return min(MOST_CONNECTIONS, _limit() // 2)


def accepted_at_once() -> int:
    """What asyncio is to be given as a backlog; it accepts so many in each turn. Set BACKLOG once it listens."""
    return min(MOST_ACCEPTED, _limit() // 16)


def _limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else soft
