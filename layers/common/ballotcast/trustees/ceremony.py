"""A ceremony as far as it has come: its messages, what it waits for, and who broke it where a message shows that.

    joining → dealing → confirming → confirmed        over: a complaint stands, or the parts make no key

Every message is checked when it arrives, so only right ones are in here. A trustee either confirms or complains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from ballotcast.trustees.complaint import Complaint, judge
from ballotcast.trustees.confirmation import Confirmation, require_confirmation
from ballotcast.trustees.deal import Deal, require_deal
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, require_joins
from ballotcast.trustees.message import Message
from ballotcast.trustees.record import CeremonyRecord
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript

M = TypeVar("M", bound=Message)


class Stage(StrEnum):
    JOINING = "joining"
    DEALING = "dealing"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    OVER = "over"


class NotYet(ValueError):
    """The message is of a round whose turn has not come."""


@dataclass(frozen=True)
class CeremonyState:
    """The messages by the indices of their trustees. manifest_hash: M of the manifest to confirm; None before it."""

    setup: Setup
    joins: Mapping[int, Join] = field(default_factory=dict)
    deals: Mapping[int, Deal] = field(default_factory=dict)
    verdicts: Mapping[int, Confirmation | Complaint] = field(default_factory=dict)
    manifest_hash: bytes | None = None

    @classmethod
    def of(cls, setup: Setup, messages: Sequence[Message], manifest_hash: bytes | None = None) -> "CeremonyState":
        verdicts = {one.index: one for one in messages if isinstance(one, Confirmation | Complaint)}
        return cls(setup, _by_index(messages, Join), _by_index(messages, Deal), verdicts, manifest_hash)

    @property
    def confirmations(self) -> tuple[Confirmation, ...]:
        return tuple(one for _, one in sorted(self.verdicts.items()) if isinstance(one, Confirmation))

    @property
    def confirmed(self) -> bool:
        """Whether every trustee has."""
        return len(self.confirmations) == self.setup.n

    @property
    def stage(self) -> Stage:
        if self.blame:
            return Stage.OVER
        if len(self.joins) < self.setup.n:
            return Stage.JOINING
        if len(self.deals) < self.setup.n:
            return Stage.DEALING
        return Stage.CONFIRMED if self.confirmed else Stage.CONFIRMING

    @property
    def waits_for(self) -> tuple[int, ...]:
        """The indices of the trustees whose message of this round is missing."""
        rounds = {Stage.JOINING: self.joins, Stage.DEALING: self.deals, Stage.CONFIRMING: self.verdicts}
        there: Mapping[int, Message] | None = rounds.get(self.stage)
        return () if there is None else tuple(one for one in range(1, self.setup.n + 1) if one not in there)

    @cached_property
    def transcript(self) -> Transcript:
        """Raises CeremonyError unless everybody has dealt, and the parts make a key."""
        return Transcript(self.setup, _all(self.joins), _all(self.deals))

    @cached_property
    def blame(self) -> CeremonyError | None:
        """Why the ceremony is over, and who broke it; None while it is not."""
        if len(self.joins) < self.setup.n:
            return None
        try:
            require_joins(self.setup, _all(self.joins))
            if len(self.deals) < self.setup.n:
                return None
            transcript = self.transcript
        except CeremonyError as fault:
            return fault
        for _, one in sorted(self.verdicts.items()):
            if isinstance(one, Complaint):
                return judge(self.setup, transcript.joins, transcript.deals, one)
        return None

    def require(self, message: Message) -> None:
        """Raise CeremonyError unless the message is right, NotYet if its turn has not come.

        Messages that are there already are not looked at: whether this one is another than before, the store tells.
        """
        index = message.index
        if message.ceremony != self.setup.hash:
            raise CeremonyError(Reason.ANOTHER_CEREMONY, index)
        if index > self.setup.n:
            raise CeremonyError(Reason.ANOTHER_INDEX)
        match message:
            case Join():
                self._require_join(message)
            case Deal():
                if len(self.joins) < self.setup.n:
                    raise NotYet
                require_deal(self.setup, _all(self.joins), message, index)
            case Confirmation():
                if self.manifest_hash is None:
                    raise NotYet
                require_confirmation(self._whole(), self.manifest_hash, message, index)
            case Complaint():
                judge(self.setup, (whole := self._whole()).joins, whole.deals, message)
            case _:
                raise NotYet

    def record(self) -> CeremonyRecord:
        """What is published of a ceremony that all have confirmed."""
        transcript = self.transcript
        return CeremonyRecord(
            setup=self.setup, joins=transcript.joins, deals=transcript.deals, confirmations=self.confirmations
        )

    def _require_join(self, join: Join) -> None:
        join.require(self.setup, join.index, join.signing_key)
        others = [one for index, one in self.joins.items() if index != join.index]
        used = {one for other in others for one in (other.signing_key, other.encryption_key, other.commitment)}
        mine = (join.signing_key, join.encryption_key, join.commitment)
        if len({*mine}) < len(mine) or used & {*mine}:  # copied from another trustee, or from another's keys
            raise CeremonyError(Reason.SHARED_KEY, join.index)

    def _whole(self) -> Transcript:
        if len(self.joins) < self.setup.n or len(self.deals) < self.setup.n:
            raise NotYet
        return self.transcript


def _by_index(messages: Sequence[Message], kind: type[M]) -> dict[int, M]:
    return {one.index: one for one in messages if isinstance(one, kind)}


def _all(messages: Mapping[int, M]) -> tuple[M, ...]:
    return tuple(one for _, one in sorted(messages.items()))
