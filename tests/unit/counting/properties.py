"""Properties of single-winner rules, each as the changes of an election to try and what must hold after each.

A property is a function of a rule and an election that yields True or False for every change; it skips what a tie
decided. Voters of equal ballots act together.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ballotcast.counting import RULES, Count, count

Ballots = Mapping[tuple[Any, ...], int]
Property = Callable[[str, Ballots, int], Iterator[bool]]


def winner_of(method: str, ballots: Ballots, options: int) -> int:
    """The winner; 0 if there is none or a tie decided anything."""
    counted: Count = count(method, options="ABCDEFGH"[:options], seats=1, ballots=ballots)
    return 0 if counted.ties or not counted.winners else counted.winners[0]


def changed(ballots: Ballots, ballot: tuple[Any, ...], new: tuple[Any, ...]) -> dict[tuple[Any, ...], int]:
    """The ballots with all of one kind turned into another."""
    after = {other: number for other, number in ballots.items() if other != ballot}
    after[new] = after.get(new, 0) + ballots[ballot]
    return after


def raised(kind: str, ballot: tuple[Any, ...], option: int) -> tuple[Any, ...]:
    """The ballot, kinder to an option that it names, by one step and no other option touched (choice: named now)."""
    if kind == "choice":
        return tuple(sorted({*ballot, option}))
    if kind in ("scores", "points"):
        return tuple((o, score + (o == option)) for o, score in ballot)
    place = ballot.index(option) if option in ballot else 0
    if not place:
        return ballot
    return (*ballot[: place - 1], option, ballot[place - 1], *ballot[place + 1 :])


def monotonic(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """Anyone who wins still wins when voters raise them."""
    before = winner_of(method, ballots, options)
    for ballot in ballots if before else ():
        after = winner_of(method, changed(ballots, ballot, raised(RULES[method].ballot, ballot, before)), options)
        if after:
            yield after == before


def level(ballot: tuple[Any, ...], option: int) -> int:
    """The higher, the more the ballot likes the option; 0 for one that it does not name."""
    if ballot and isinstance(ballot[0], tuple):
        return dict(ballot).get(option, 0)
    return len(ballot) - ballot.index(option) if option in ballot else 0


def beats(ballots: Ballots, one: int, other: int) -> bool:
    return (
        sum(n * ((level(b, one) > level(b, other)) - (level(b, one) < level(b, other))) for b, n in ballots.items()) > 0
    )


def elects_the_condorcet_winner(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """An option that beats every other head to head wins."""
    everyone = range(1, options + 1)
    for one in everyone:
        if all(beats(ballots, one, other) for other in everyone if other != one):
            yield winner_of(method, ballots, options) in (0, one)


def spares_the_condorcet_loser(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """An option that every other beats head to head does not win."""
    everyone = range(1, options + 1)
    for one in everyone:
        if options > 1 and all(beats(ballots, other, one) for other in everyone if other != one):
            yield winner_of(method, ballots, options) != one


def elects_a_majority_s_first(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """An option that more than half of the ballots alone like best wins."""
    total = sum(number for ballot, number in ballots.items() if ballot)
    everyone = range(1, options + 1)
    for one in everyone:
        first = sum(n for b, n in ballots.items() if all(level(b, one) > level(b, o) for o in everyone if o != one))
        if first * 2 > total:
            yield winner_of(method, ballots, options) in (0, one)


def independent_of_clones(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """A second option next to the first on every ballot changes nothing but which of the two wins."""
    before = winner_of(method, ballots, options)
    clone = options + 1
    for one in range(1, options + 1) if before else ():
        cloned = {}
        for turn, (ballot, number) in enumerate(ballots.items()):
            pair = (one, clone) if turn % 3 else (clone, one)
            places = [pair if option == one else (option,) for option in ballot]
            cloned[tuple(option for place in places for option in place)] = number
        after = winner_of(method, cloned, clone)
        if after:
            yield after in (one, clone) if before == one else after == before


def later_preferences_do_no_harm(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """Anyone who wins on a ballot cut off after them still wins when the rest of it is added."""
    for ballot in ballots:
        for length in range(1, len(ballot)):
            before = winner_of(method, changed(ballots, ballot, ballot[:length]), options)
            if before in ballot[:length]:
                yield winner_of(method, ballots, options) in (0, before)


def voting_does_no_harm(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """Voters who stay at home do not get a winner whom they like better (participation)."""
    after = winner_of(method, ballots, options)
    for ballot in ballots if after else ():
        before = winner_of(method, {b: n for b, n in ballots.items() if b != ballot}, options)
        if before:
            yield level(ballot, before) <= level(ballot, after)


def reversal_changes_the_winner(method: str, ballots: Ballots, options: int) -> Iterator[bool]:
    """If every ballot ranks everyone and all are turned round, anyone who won does not win."""
    before = winner_of(method, ballots, options)
    if before and options > 1 and all(len(ballot) == options for ballot in ballots):
        yield winner_of(method, {ballot[::-1]: number for ballot, number in ballots.items()}, options) != before
