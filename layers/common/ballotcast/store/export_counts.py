"""How many exports of a channel are under way, and how many were asked for today: one row, written with each new job.

Channels  CHANNEL#<name> / EXPORT#<born>#counts   of the public and of the owner: how many today, and which; two days

Anybody may have a public channel exported, and each export is a row, a message, a call and a file. So only a
few run at once and only so many a day. One place, and as many exports a day, are reserved for the owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ballotcast.store.table import ABSENT, Condition

DAY, HOUR = 86_400, 3600
Party = Literal["public", "owner"]
MOST_JOBS, MOST_PUBLIC_JOBS = 4, 3
"""Under way for one channel: of both parties, and of the public."""
MOST_A_DAY = 200
"""Of each party, by the day in UTC."""


class AllUnderWay(Exception):
    """No place is free."""


class DaySpent(Exception):
    """`wait`: seconds until the next day."""

    def __init__(self, wait: int) -> None:
        super().__init__("as many as a day may have were asked for")
        self.wait = wait


@dataclass(frozen=True)
class ExportCounts:
    """`day`: since 1970. `version`: of the row, 0 for none. `asked`: on that day. `public`, `owner`: ids of jobs of
    which the ones under way are some."""

    day: int = 0
    version: int = 0
    public_asked: int = 0
    owner_asked: int = 0
    public: Sequence[str] = ()
    owner: Sequence[str] = ()

    @classmethod
    def from_item(cls, item: Mapping[str, Any] | None) -> "ExportCounts":
        return cls(**{name: item[name] for name in cls.__dataclass_fields__ if name in item}) if item else cls()

    @property
    def unchanged(self) -> Condition:
        return Condition("#version = :version", {":version": self.version}) if self.version else ABSENT

    @property
    def jobs(self) -> list[str]:
        return sorted({*self.public, *self.owner})

    def on(self, day: int, under_way: frozenset[str]) -> "ExportCounts":
        """As they are on a day, with only what is under way."""
        public = [job for job in self.public if job in under_way]
        owner = [job for job in self.owner if job in under_way]
        now = replace(self, public=public, owner=owner)
        return now if day == self.day else replace(now, day=day, public_asked=0, owner_asked=0)

    def and_one(self, party: Party, job: str, now: int) -> "ExportCounts":
        """With another job. Raises AllUnderWay, DaySpent. `now`: epoch seconds."""
        asked = self.public_asked if party == "public" else self.owner_asked
        if asked >= MOST_A_DAY:
            raise DaySpent((now // DAY + 1) * DAY - now)
        of_public = party == "public" and len(self.public) >= MOST_PUBLIC_JOBS
        if of_public or len(self.public) + len(self.owner) >= MOST_JOBS:
            raise AllUnderWay
        following = replace(self, version=self.version + 1)
        if party == "public":
            return replace(following, public=[*self.public, job], public_asked=asked + 1)
        return replace(following, owner=[*self.owner, job], owner_asked=asked + 1)
