"""The amendments of a log, one after the other: which of them may stand where they are, and what holds after them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Self

from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import LATEST, AmendmentLeaf, RollRevision, Schedule, Withdrawal
from ballotcast.ballots.manifest import Manifest

Withdrawn = Mapping[str, Collection[int]]
"""By the id of a contest, the numbers of its options that were withdrawn; a contest without any may be missing."""


class StatedRoll(NamedTuple):
    """A roll as the manifest or an amendment states it. `ended`: commitments of the rights that were asked to end."""

    size: int
    root: bytes
    ended: frozenset[bytes] = frozenset()


class AmendmentAudit:
    """`rolls`: by revision, from the manifest's on. `newest`: when the last amendment was made; None without one.

    `closes_at`: the end in force. `withdrawn`: options that nobody can elect any more.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.rolls = [StatedRoll(manifest.roll_size, manifest.roll_root)]
        self.newest: datetime | None = None
        self.closes_at = manifest.closes_at
        self.withdrawn: dict[str, set[int]] = defaultdict(set)
        self._contests = {contest.id: contest for contest in manifest.contests}
        self._announced = manifest.closes_at

    @classmethod
    def over(cls, manifest: Manifest, amendments: Iterable[bytes]) -> Self:
        """What holds after these leaves, in order. ValueError unless each is an amendment that may stand there."""
        audit = cls(manifest)
        for number, data in enumerate(amendments, 1):
            amendment = leaf.parse(data)
            if not isinstance(amendment, AmendmentLeaf):
                raise ValueError(f"amendment {number}: it is another kind of leaf")
            if fault := audit.take(amendment):
                raise ValueError(f"amendment {number}: {fault}")
        return audit

    def take(self, amendment: AmendmentLeaf) -> str:
        """What is wrong with the next amendment; empty if nothing is, and then it counts."""
        if amendment.at >= self.closes_at:
            return "it was made after the end"
        if self.newest and amendment.at < self.newest:
            return "it was made before the amendment in front of it"
        if amendment.schedule:
            fault = self._take_schedule(amendment.schedule)
        elif amendment.withdrawn:
            fault = self._take_withdrawal(amendment.withdrawn)
        else:
            assert amendment.roll
            fault = self._take_roll(amendment.roll)
        if not fault:
            self.newest = amendment.at
        return fault

    def _take_schedule(self, schedule: Schedule) -> str:
        if schedule.closes_at <= self.closes_at:
            return "it ends voting no later than before"
        if schedule.closes_at - self._announced > LATEST:
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

    def _take_withdrawal(self, withdrawal: Withdrawal) -> str:
        contest, option = self._contests.get(withdrawal.contest), withdrawal.option
        if contest is None or option > len(contest.options):
            return "there is no such option"
        gone = self.withdrawn[contest.id]
        if option in gone:
            return "that option was withdrawn before"
        if contest.stays(option):
            return "none of the above and a default option stay"
        if len(contest.options) - len(gone) - 1 < contest.fewest_options:
            return f"at least {contest.fewest_options} of the contest's options must be left"
        gone.add(option)
        return ""

    def could_close(self, closed_at: datetime) -> bool:
        """Whether voting can have ended then, for all that the amendments say."""
        return closed_at <= self.closes_at and (self.newest is None or self.newest <= closed_at)
