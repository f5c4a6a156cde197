"""The amendments of a log, one after the other: which of them may stand where they are, and what holds after them."""

from datetime import datetime
from typing import NamedTuple

from ballotcast.ballots.amendment import LATEST, AmendmentLeaf, RollRevision, Schedule
from ballotcast.ballots.manifest import Manifest


class StatedRoll(NamedTuple):
    """A roll as the manifest or an amendment states it. `ended`: commitments of the rights that were asked to end."""

    size: int
    root: bytes
    ended: frozenset[bytes] = frozenset()


class AmendmentAudit:
    """`rolls`: by revision, from the manifest's on. `newest`: when the last amendment was made; None without one.

    `closes_at`: the end in force.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.rolls = [StatedRoll(manifest.roll_size, manifest.roll_root)]
        self.newest: datetime | None = None
        self.closes_at = manifest.closes_at
        self._latest = manifest.closes_at + LATEST

    def take(self, amendment: AmendmentLeaf) -> str:
        """What is wrong with the next amendment; empty if nothing is, and then it counts."""
        if amendment.at >= self.closes_at:
            return "it was made after the end"
        if self.newest and amendment.at < self.newest:
            return "it was made before the amendment in front of it"
        if amendment.schedule:
            fault = self._take_schedule(amendment.schedule)
        else:
            assert amendment.roll
            fault = self._take_roll(amendment.roll)
        if not fault:
            self.newest = amendment.at
        return fault

    def _take_schedule(self, schedule: Schedule) -> str:
        if schedule.closes_at <= self.closes_at:
            return "it ends voting no later than before"
        if schedule.closes_at > self._latest:
            return f"it ends voting more than {LATEST.days} days after the manifest's end"
        self.closes_at = schedule.closes_at
        return ""

    def _take_roll(self, roll: RollRevision) -> str:
        before = self.rolls[-1]
        if roll.revision != len(self.rolls):
            return f"the roll's next revision is {len(self.rolls)}"
        if roll.roll_size < before.size:
            return "a roll never shrinks: rights end, and their lines stay"
        if roll.roll_size == before.size and not roll.ended:
            return "it changes nothing"
        self.rolls.append(StatedRoll(roll.roll_size, roll.roll_root, frozenset(roll.ended)))
        return ""

    def could_close(self, closed_at: datetime) -> bool:
        """Whether voting can have ended then, for all that the amendments say."""
        return closed_at <= self.closes_at and (self.newest is None or self.newest <= closed_at)
