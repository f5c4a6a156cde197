"""What observers see of an election, and which voters could have cast which ballot for all they know.

Two honest voters and one of the organiser's, who reports everything to it. A ballot is known by its leaf hash only, a
number that nobody chooses, and the log shows what it says after the count. Observers remember everything that they ever
saw, in order: `seen`. Two histories of voters that look the same in `seen` cannot be told apart.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from typing import Any, NamedTuple

from protocol_model.explorer import Explored, Violation

ANN, BEN, EVE = range(3)
NAMES = ("Ann", "Ben", "Eve")
HONEST = (ANN, BEN)
OPTIONS = ("x", "y")


class Step(IntEnum):
    ABSENT, INVITED, ISSUED, CAST = range(4)


class Voter(NamedTuple):
    step: Step = Step.ABSENT
    leaf: int = -1
    option: str = ""
    amendments: int = 0
    """That the software saw before it sealed."""


class State(NamedTuple):
    voters: tuple[Voter, ...]
    order: tuple[int, ...] = ()
    """Leaves as they were cast."""
    amended: int | None = None
    """Ballots that had been cast by then."""
    asked: frozenset[int] = frozenset()
    closed: bool = False
    checked: frozenset[int] = frozenset()
    seen: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What keeps observers from telling who cast what, or who has voted. Without any of these, they can."""

    no_ballot_in_the_log_before_the_close: bool = True
    ballots_in_order_of_hash: bool = True
    amendments_before_ballots: bool = True
    requests_are_blinded: bool = True
    keys_are_fresh: bool = True
    one_manifest_for_all: bool = True
    ballots_name_no_amendment: bool = True
    checks_name_no_ballot: bool = True
    ends_are_told_at_the_close: bool = True
    turnout_is_rounded: bool = True


@dataclass(frozen=True)
class Observer:
    """voters: 2 without the organiser's own. late: Ben is added while voting runs.

    times: requests and casts are recorded as they come. tables: roll and box are, after each.
    """

    voters: int = 3
    late: bool = False
    times: bool = False
    tables: bool = False


class Election:
    def __init__(self, rules: Rules, observer: Observer) -> None:
        self.rules = rules
        self.observer = observer
        self.first = State((Voter(),) * observer.voters)

    def moves(self, state: State) -> Iterator[tuple[str, State]]:
        if state.closed:
            yield from self._check(state)
            return
        for number, voter in enumerate(state.voters):
            match voter.step:
                case Step.ABSENT:
                    yield from self._invite(state, number)
                case Step.INVITED:
                    yield from self._issue(state, number)
                case Step.ISSUED:
                    yield f"{NAMES[number]} casts", self._cast(state, number)
        if ANN not in state.asked and state.voters[ANN].step and not self.observer.times | self.observer.late:
            after = state._replace(asked=state.asked | {ANN})
            took = state.voters[ANN].step < Step.ISSUED
            told = ("Ann's right is to end",) if self.rules.ends_are_told_at_the_close else ("Ann's right", took)
            yield "the organiser asks to end Ann's right", _seeing(after, told)
        yield "the poll closes", self._close(state)

    def _invite(self, state: State, number: int) -> Iterator[tuple[str, State]]:
        after = _with(state, number, step=Step.INVITED)
        if number == BEN and self.observer.late:
            after = after._replace(amended=len(state.order))
            yield "Ben is added and invited", _seeing(after, ("added", BEN))
        else:
            yield f"{NAMES[number]} is invited", _seeing(after, ("invited", number))

    def _issue(self, state: State, number: int) -> Iterator[tuple[str, State]]:
        taken = {voter.leaf for voter in state.voters}
        leaves = {0, 1, 2} - taken if self.rules.keys_are_fresh else {number}
        known = 0 if state.amended is None else 1
        for leaf in leaves:
            for option in OPTIONS if number in HONEST else "x":
                after = _with(state, number, step=Step.ISSUED, leaf=leaf, option=option, amendments=known)
                if not self.rules.requests_are_blinded:
                    after = _seeing(after, ("issued", number, leaf))
                elif self.observer.times:
                    after = _seeing(after, ("issued", number))
                yield f"{NAMES[number]} seals {option} as leaf {leaf} and gets a credential", self._looked_at(after)

    def _cast(self, state: State, number: int) -> State:
        leaf = state.voters[number].leaf
        after = _with(state, number, step=Step.CAST)
        after = after._replace(order=(*state.order, leaf))
        if number == EVE:
            after = _seeing(after, ("Eve cast", leaf))
        if self.observer.times or not self.rules.no_ballot_in_the_log_before_the_close:
            after = _seeing(after, ("cast", leaf))
        if not self.rules.turnout_is_rounded:
            after = _seeing(after, ("ballots", len(after.order)))
        if self.rules.ballots_in_order_of_hash and self.rules.amendments_before_ballots:
            after = after._replace(order=tuple(sorted(after.order)))
        return self._looked_at(after)

    def _looked_at(self, state: State) -> State:
        """By an operator who looks into both tables while people vote."""
        if not self.observer.tables:
            return state
        roll = tuple(voter.step >= Step.ISSUED for voter in state.voters)
        return _seeing(state, ("tables", roll, tuple(sorted(state.order))))

    def _close(self, state: State) -> State:
        cast = {voter.leaf: (number, voter) for number, voter in enumerate(state.voters) if voter.step is Step.CAST}
        rules = self.rules
        log = []
        for leaf in sorted(cast) if rules.ballots_in_order_of_hash else state.order:
            number, voter = cast[leaf]
            before = rules.amendments_before_ballots or state.order.index(leaf) >= (state.amended or 0)
            issuer = 0 if rules.one_manifest_for_all else number
            log.append((leaf, voter.option, issuer, before, 0 if rules.ballots_name_no_amendment else voter.amendments))
        ledger = tuple(voter.step >= Step.ISSUED for voter in state.voters)
        manifests = () if rules.one_manifest_for_all else NAMES
        return _seeing(state._replace(closed=True), ("closed", tuple(log), ledger, manifests))

    def _check(self, state: State) -> Iterator[tuple[str, State]]:
        """From an address that the observer knows."""
        for number in HONEST:
            voter = state.voters[number]
            if voter.step is Step.CAST and number not in state.checked and not self.rules.checks_name_no_ballot:
                after = state._replace(checked=state.checked | {number})
                yield f"{NAMES[number]} checks", _seeing(after, ("checked", number, voter.leaf))


def _with(state: State, number: int, **changes: Any) -> State:
    voter = state.voters[number]._replace(**changes)
    return state._replace(voters=(*state.voters[:number], voter, *state.voters[number + 1 :]))


def _seeing(state: State, what: Any) -> State:
    return state._replace(seen=(*state.seen, what))


def leaks(rules: Rules, observer: Observer) -> list[Violation]:
    """What an observer learns that it must not: a way to a state in which it knows."""
    election = Election(rules, observer)
    explored = Explored(election.first, election.moves)
    alike = defaultdict(list)
    for state in explored:
        alike[state.seen].append(state)
    found: dict[str, Violation] = {}
    for states in alike.values():
        for promise in _learnt(states):
            found.setdefault(promise, Violation(promise, tuple(explored.way_to(states[0]))))
    return list(found.values())


def _learnt(alike: list[State]) -> Iterator[str]:
    """Of states that look the same: what all of them have in common, and an observer therefore knows.

    Published data hide the link if, whatever two honest voters cast, they could have cast each other's ballots.
    """
    links = {tuple(state.voters[number].leaf for number in HONEST) for state in alike if _both_cast(state)}
    for one, other in combinations(HONEST, 2):
        if any(_swapped(link, one, other) not in links for link in links):
            yield "nobody links a ballot to a voter"
    voting = [state for state in alike if not state.closed]
    for number in HONEST:
        steps = {state.voters[number].step >= Step.ISSUED for state in voting if state.voters[number].step}
        if len(steps) == 1:
            yield "nobody learns before the close who has voted"


def _both_cast(state: State) -> bool:
    return state.closed and all(state.voters[number].step is Step.CAST for number in HONEST)


def _swapped(link: tuple[int, ...], one: int, other: int) -> tuple[int, ...]:
    exchanged = list(link)
    exchanged[one], exchanged[other] = link[other], link[one]
    return tuple(exchanged)
