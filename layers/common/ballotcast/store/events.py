"""What organisers did to an election: who, what, when. Nothing that a voter did is ever here.

Roll   ELECTION#<election> / EVENT#<time>#<random>
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.store.election import election_pk
from ballotcast.store.table import Item, Table, TransactItem

PREFIX = "EVENT#"


@dataclass(frozen=True)
class Event:
    """`action`: a slug such as `roll-imported`; `detail`: counts and states, no addresses."""

    id: str
    election: str
    at: str
    organiser: str
    action: str
    detail: dict[str, Any]


def event(election: str, organiser: str, action: str, detail: dict[str, Any], now: datetime) -> Event:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    return Event(f"{stamp}-{secrets.token_hex(4)}", election, to_rfc3339(now), organiser, action, detail)


def to_item(what: Event) -> Item:
    return {"pk": election_pk(what.election), "sk": f"{PREFIX}{what.id}", **vars(what)}


class Events:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def add(self, what: Event) -> None:
        self._roll.put(to_item(what))

    def adding(self, what: Event) -> TransactItem:
        """For a transaction that also does what is told of."""
        return self._roll.putting(to_item(what))

    def page(self, election: str, *, after: str | None, limit: int) -> list[Event]:
        """Oldest first."""
        start = f"{PREFIX}{after}" if after else None
        rows = self._roll.query(election_pk(election), prefix=PREFIX, after=start, limit=limit)
        return [Event(**{name: row[name] for name in Event.__dataclass_fields__}) for row in rows]
