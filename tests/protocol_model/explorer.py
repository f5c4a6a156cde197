"""Breadth-first search through all states of a machine, which finds the shortest way to a state that must not be."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)
Moves = Callable[[S], Iterable[tuple[str, S]]]
"""What can happen next: by whom and what, and the state after it."""


class Explored(Generic[S]):
    """All states that can be reached from the first, and how each was reached first."""

    def __init__(self, first: S, moves: Moves[S], most: int = 1_000_000) -> None:
        self._before: dict[S, tuple[str, S] | None] = {first: None}
        self._next: dict[S, list[S]] = {}
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            following = self._next[state] = []
            for move, after in moves(state):
                following.append(after)
                if after not in self._before:
                    self._before[after] = (move, state)
                    waiting.append(after)
            if len(self._before) > most:
                raise AssertionError(f"more than {most} states")

    def __len__(self) -> int:
        return len(self._before)

    def __iter__(self) -> Iterator[S]:
        """In the order in which they were found, those with the shortest way first."""
        return iter(self._before)

    def way_to(self, state: S) -> list[str]:
        """The moves that lead there, one of the shortest ways."""
        way = []
        while step := self._before[state]:
            move, state = step
            way.append(move)
        return way[::-1]

    def leading_to(self, goal: Callable[[S], bool]) -> set[S]:
        """The states from which a state with this property can be reached, or that have it."""
        earlier: dict[S, list[S]] = {}
        for state, following in self._next.items():
            for after in following:
                earlier.setdefault(after, []).append(state)
        found = {state for state in self if goal(state)}
        waiting = list(found)
        while waiting:
            new = [state for state in earlier.get(waiting.pop(), ()) if state not in found]
            found.update(new)
            waiting += new
        return found


class Violation(NamedTuple):
    """`promise`: its name. `way`: the moves that break it."""

    promise: str
    way: tuple[str, ...]


def violations(explored: Explored[S], promises: dict[str, Callable[[S], bool]]) -> list[Violation]:
    """Of each promise that some state breaks, the first such state."""
    broken = {}
    for state in explored:
        for name, holds in promises.items():
            if name not in broken and not holds(state):
                broken[name] = Violation(name, tuple(explored.way_to(state)))
    return list(broken.values())
