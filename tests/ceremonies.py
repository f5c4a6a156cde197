"""Whole ceremonies of trustees, played by their own code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.confirmation import Confirmation
from ballotcast.trustees.release import Release
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript

NAMES = ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus")


def setup_of(t: int, n: int, election: str = "e1", attempt: int = 1) -> Setup:
    return Setup(election=election, attempt=attempt, t=t, trustees=NAMES[:n])


@dataclass(frozen=True)
class Ceremony:
    """A ceremony in which everybody has dealt; each step returns the next state."""

    trustees: tuple[Secrets, ...]
    transcript: Transcript

    @classmethod
    def of(cls, setup: Setup) -> "Ceremony":
        joined = [Secrets.begin(setup, index) for index in range(1, setup.n + 1)]
        return cls.dealt(joined)

    @classmethod
    def dealt(cls, joined: Sequence[Secrets]) -> "Ceremony":
        joins = tuple(one.join for one in joined)
        dealt = tuple(one.with_deal(joins) for one in joined)
        return cls(dealt, Transcript(joined[0].setup, joins, tuple(one.deal for one in dealt if one.deal)))

    def confirmed(self, manifest_hash: bytes) -> "Ceremony":
        return replace(
            self, trustees=tuple(one.with_confirmation(self.transcript, manifest_hash) for one in self.trustees)
        )

    def agreed(self, checkpoint: Checkpoint, *indices: int) -> "Ceremony":
        """By those with these indices; the others have not been seen since."""
        return replace(
            self,
            trustees=tuple(one.with_agreement(checkpoint) if one.index in indices else one for one in self.trustees),
        )

    def released(self, checkpoint: Checkpoint) -> "Ceremony":
        """By all who have agreed."""
        return replace(
            self,
            trustees=tuple(
                one.with_release(self.transcript, checkpoint, self.agreements) if one.agreement else one
                for one in self.trustees
            ),
        )

    @property
    def confirmations(self) -> tuple[Confirmation, ...]:
        return tuple(one.confirmation for one in self.trustees if one.confirmation)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        return tuple(one.agreement for one in self.trustees if one.agreement)

    @property
    def releases(self) -> tuple[Release, ...]:
        return tuple(one.release for one in self.trustees if one.release)
