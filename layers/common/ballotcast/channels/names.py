"""What channels and ports are called, and which queue carries a channel."""

import hashlib
import re
from dataclasses import dataclass

from ballotcast.errors import FieldError, field_error, invalid

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
RESERVED = "election-"
"""Channels of elections begin so; nobody else's may."""
PORTS = range(1024, 65536)
MOST_PORTS = 10_000
"""Ports in one question."""
QUEUES = 4
BLOCK = 1000
"""Ports whose claims lie in one partition."""


def name_errors(name: str) -> list[FieldError]:
    if not NAME.fullmatch(name):
        return [field_error("/name", "bad-channel-name")]
    if name.lower().startswith(RESERVED):
        return [field_error("/name", "reserved-name", prefix=RESERVED)]
    return []


def port_errors(port: int | None) -> list[FieldError]:
    if port is None or port in PORTS:
        return []
    return [field_error("/port", "port-range", first=PORTS[0], last=PORTS[-1])]


def port_range(start: int, end: int) -> range:
    """Both ends included. Invalid, naming the field, for one that is empty, outside the ports or too long."""
    errors = [
        field_error(f"/query/{field}", "port-range", first=PORTS[0], last=PORTS[-1])
        for field, port in (("start", start), ("end", end))
        if port not in PORTS
    ]
    if not errors and start >= end:
        errors = [field_error("/query/end", "end-before-start")]
    if not errors and end - start >= MOST_PORTS:
        errors = [field_error("/query/end", "too-many-ports", most=MOST_PORTS)]
    if errors:
        raise invalid(errors)
    return range(start, end + 1)


@dataclass(frozen=True)
class RelayId:
    """`name#generation`: one generation of a channel's relay, and the message group that carries its records."""

    channel: str
    generation: int

    def __str__(self) -> str:
        return f"{self.channel}#{self.generation}"

    @classmethod
    def parse(cls, text: str) -> "RelayId":
        """ValueError for anything that is not written so."""
        channel, mark, generation = text.partition("#")
        if not mark or not NAME.fullmatch(channel):
            raise ValueError("not a relay's id")
        relay = cls(channel, int(generation))
        if str(relay) != text:  # `int` also reads " 5", "05" and "1_000", which are groups of their own
            raise ValueError("not a relay's id")
        return relay


def queue_of(channel: str) -> int:
    """Which of the four queues carries a channel: by its name's hash, so that nothing has to remember it."""
    return hashlib.sha256(channel.encode()).digest()[0] % QUEUES
