"""Voting, closing and the log, with an honest service and everybody else hostile (docs/protocol.md, sections 3, 6, 9).

The network keeps every message and delivers it when, as often and in whatever order it likes, or never: so answers are
lost, requests are repeated, and each is played against each. Keys and signatures are symbols: without a key, nobody
signs with it. A blinded value is named by its key, which only its device knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

Key = str
"""A credential's key (vk): the device that made it, and a number."""


class Phase(IntEnum):
    OPEN, GRACE, SHUT = range(3)
    """GRACE: the poll has ended, and some processes do not know yet. SHUT: the box is read."""


class Step(IntEnum):
    LOOKING, SEALED, SIGNED, CAST, REFUSED, GONE = range(6)


class Ballot(NamedTuple):
    """`form` tells two ballots with one key apart: signed again, or with the other value of s."""

    key: Key
    form: str = ""


class Issue(NamedTuple):
    """A request for a credential, or one on its way through `register`."""

    line: int
    key: Key


class Device(NamedTuple):
    step: Step = Step.LOOKING
    key: Key = ""
    tries: int = 0


class Line(NamedTuple):
    """Of the roll. asked: that the right end. ended: it is marked so, and was used or unused then. key: of the voter
    whose blinded value was signed."""

    asked: bool = False
    ended: str = ""
    key: Key = ""


class Log(NamedTuple):
    """What one machine that closes makes of what it reads; `closed_at` differs from one to the other."""

    closed_at: int
    ballots: frozenset[Ballot]
    roll: tuple[Line, ...]


class State(NamedTuple):
    phase: Phase
    devices: tuple[Device, ...]
    roll: tuple[Line, ...]
    sent: frozenset[Issue | Ballot] = frozenset()
    under_way: frozenset[Issue | Ballot] = frozenset()
    """Accepted by a process that has not written yet. It may be suspended for as long as it likes."""
    issued: frozenset[Issue] = frozenset()
    """Credentials whose signature and issuance receipt somebody has."""
    box: frozenset[Ballot] = frozenset()
    receipts: frozenset[Ballot] = frozenset()
    read: frozenset[Log] = frozenset()
    final: frozenset[Log] = frozenset()


@dataclass(frozen=True)
class Rules:
    """What the service and the voters' software make sure of. Without any of these, some promise breaks."""

    right_is_on_the_roll: bool = True
    one_credential_a_line: bool = True
    issue_is_one_conditional_write: bool = True
    ended_rights_get_nothing: bool = True
    used_rights_pass_nothing_on: bool = True
    end_and_new_right_are_one_transaction: bool = True
    credential_is_verified: bool = True
    one_ballot_a_key: bool = True
    lower_s_only: bool = True
    late_casts_look_again: bool = True
    closed_receipts_are_of_the_log: bool = True
    late_credentials_look_again: bool = True
    closed_is_closed: bool = True
    one_write_decides_the_log: bool = True
    looking_binds_nothing: bool = True
    written_before_sent: bool = True
    signed_once: bool = True


@dataclass(frozen=True)
class Cast:
    """Who takes part.

    devices: for each, the lines of the roll whose link it has. persons: lines of one person each. replaces: pairs of a
    line and the one that it replaces. dishonest: lines whose voter does as they like, with two keys. closers: machines
    that close the poll.
    """

    devices: tuple[tuple[int, ...], ...]
    persons: tuple[tuple[int, ...], ...]
    replaces: tuple[tuple[int, int], ...] = ()
    dishonest: tuple[int, ...] = ()
    closers: int = 1

    @property
    def lines(self) -> int:
        return sum(map(len, self.persons))


class Voting:
    """The moves of a cast of people under these rules."""

    def __init__(self, cast: Cast, rules: Rules) -> None:
        self.cast = cast
        self.rules = rules
        self._replaced = dict(cast.replaces)
        hostile: set[Issue | Ballot] = set()
        for line in cast.dishonest:
            keys = [f"own{number} of {line}" for number in range(2)]
            hostile |= {Issue(line, key) for key in keys} | {Ballot(key) for key in keys}
            hostile |= {Ballot(keys[0], "signed again"), Ballot("forged"), Issue(cast.lines, "stranger")}
            hostile.add(Ballot("stranger"))
        self.first = State(
            Phase.OPEN, (Device(),) * len(cast.devices), (Line(),) * (cast.lines + 1), sent=frozenset(hostile)
        )
        """The line behind the last is no line: of somebody who is not on the roll."""

    def moves(self, state: State) -> Iterator[tuple[str, State]]:
        for number in range(len(state.devices)):
            yield from self._device(state, number)
        yield from self._network(state)
        for message in state.under_way:
            yield f"written: {message}", self._written(state, message)
        for ballot in state.box - state.receipts:
            if self._gets_receipt_when_asked(state, ballot):
                yield f"sent again: {ballot}", state._replace(receipts=state.receipts | {ballot})
        yield from self._organiser(state)
        yield from self._close(state)

    def _device(self, state: State, number: int) -> Iterator[tuple[str, State]]:
        device = state.devices[number]
        name = f"device {number}"

        def at(step: Step, *messages: Issue | Ballot, **changes: object) -> State:
            changed = device._replace(step=step, **changes)
            devices = (*state.devices[:number], changed, *state.devices[number + 1 :])
            return state._replace(devices=devices, sent=state.sent.union(messages))

        match device.step:
            case Step.LOOKING:
                key = f"device {number}, {device.tries}"
                bound = () if self.rules.looking_binds_nothing else self._requests(number, key)
                if bound and not state.sent.issuperset(bound):
                    yield f"{name} asks for a credential while the voter looks", at(Step.LOOKING, *bound)
                yield f"{name} seals, and asks for a credential", at(Step.SEALED, *self._requests(number, key), key=key)
                if self.cast.devices[number] == self.cast.devices[-1] and number < len(self.cast.devices) - 1:
                    yield f"{name} is thrown away", at(Step.GONE)
            case Step.SEALED:
                lines = [state.roll[line] for line in self.cast.devices[number]]
                if any(Issue(line, device.key) in state.issued for line in self.cast.devices[number]):
                    yield f"{name} gets its credential and casts", at(Step.SIGNED, Ballot(device.key))
                elif all(line.key or line.ended for line in lines):
                    yield f"{name} is refused a credential", at(Step.REFUSED)
                if not self.rules.written_before_sent and not device.tries:
                    yield f"{name} is killed and begins again", at(Step.LOOKING, key="", tries=1)
            case Step.SIGNED:
                again = Ballot(device.key, "signed again")
                kept = again if again in state.sent else Ballot(device.key)
                if kept in state.receipts:
                    yield f"{name} gets its receipt", at(Step.CAST)
                if kept != again and not self.rules.signed_once:
                    yield f"{name} signs again", at(Step.SIGNED, again)

    def _requests(self, number: int, key: Key) -> list[Issue]:
        return [Issue(line, key) for line in self.cast.devices[number]]

    def _network(self, state: State) -> Iterator[tuple[str, State]]:
        for message in state.sent:
            if isinstance(message, Ballot) and not message.form and message.key.startswith("device"):
                turned = Ballot(message.key, "the other s")
                if turned not in state.sent:
                    yield f"the network turns s of {message.key}", state._replace(sent=state.sent | {turned})
            if message not in state.under_way and self._accepted(state, message):
                yield f"accepted: {message}", state._replace(under_way=state.under_way | {message})

    def _accepted(self, state: State, message: Issue | Ballot) -> bool:
        """By `register` or `vote`, which may look some seconds back, but never to before the grace."""
        if state.phase is Phase.SHUT and self.rules.closed_is_closed:
            return False
        if isinstance(message, Issue):
            return self._free(state, message) and self._unused_before(state, message)
        if message in state.box:
            return False
        signed = any(issue.key == message.key for issue in state.issued)
        lower = message.form != "the other s" or not self.rules.lower_s_only
        return lower and (signed or not self.rules.credential_is_verified)

    def _free(self, state: State, issue: Issue) -> bool:
        """What the condition of the write says of the line itself."""
        line, rules = state.roll[issue.line], self.rules
        if issue.line == self.cast.lines and rules.right_is_on_the_roll:
            return False
        if line.key and (rules.one_credential_a_line or line.key == issue.key):
            return False
        return not (line.ended and rules.ended_rights_get_nothing)

    def _unused_before(self, state: State, issue: Issue) -> bool:
        """What is read before that of a line which this one replaces, and not looked at again."""
        if issue.line not in self._replaced:
            return True
        before = state.roll[self._replaced[issue.line]]
        return before.asked and not (before.key and self.rules.used_rights_pass_nothing_on)

    def _written(self, state: State, message: Issue | Ballot) -> State:
        """The one write, whose condition is looked at again where the store does that."""
        state = state._replace(under_way=state.under_way - {message})
        if isinstance(message, Issue):
            if self.rules.issue_is_one_conditional_write and not self._free(state, message):
                return state
            state = _with_line(state, message.line, key=message.key)
            return state._replace(issued=state.issued | {message}) if self._is_signed(state) else state
        taken = any(ballot.key == message.key for ballot in state.box)
        if taken and self.rules.one_ballot_a_key and message not in state.box:
            return state
        state = state._replace(box=state.box | {message})
        return state._replace(receipts=state.receipts | {message}) if self._gets_receipt_when_cast(state) else state

    def _is_signed(self, state: State) -> bool:
        """The process knows by the time since it looked whether the roll may have been read; if so, it looks again."""
        open_still = not self.rules.closed_is_closed
        return state.phase is not Phase.SHUT or open_still or not self.rules.late_credentials_look_again

    def _gets_receipt_when_cast(self, state: State) -> bool:
        """The process knows by the time since it looked whether the box may have been read; if so, it looks again."""
        open_still = not self.rules.closed_is_closed
        return state.phase is not Phase.SHUT or open_still or not self.rules.late_casts_look_again

    def _gets_receipt_when_asked(self, state: State, ballot: Ballot) -> bool:
        """Of a ballot in the box that has none: it came late."""
        if not self.rules.closed_receipts_are_of_the_log:
            return True
        return any(ballot in log.ballots for log in state.final)

    def _organiser(self, state: State) -> Iterator[tuple[str, State]]:
        if state.phase is Phase.SHUT:
            return
        for line in self._replaced.values():
            right = state.roll[line]
            mark = "used" if right.key else "unused"
            if not right.asked:
                marked = mark if self.rules.end_and_new_right_are_one_transaction else ""
                yield f"line {line} is to end, and has a successor", _with_line(state, line, asked=True, ended=marked)
            elif not right.ended:
                yield f"line {line} is marked", _with_line(state, line, ended=mark)

    def _close(self, state: State) -> Iterator[tuple[str, State]]:
        rules = self.rules
        if state.phase is Phase.OPEN:
            yield "the poll ends", state._replace(phase=Phase.GRACE)
            return
        if len(state.read) < self.cast.closers:
            log = Log(len(state.read), state.box, state.roll)
            yield "roll and box are read", state._replace(phase=Phase.SHUT, read=state.read | {log})
        for log in state.read - state.final:
            if not (state.final and rules.one_write_decides_the_log):
                yield f"the log of {log.closed_at} is signed", state._replace(final=state.final | {log})


def _with_line(state: State, number: int, **changes: object) -> State:
    line = state.roll[number]._replace(**changes)
    return state._replace(roll=(*state.roll[:number], line, *state.roll[number + 1 :]))
