"""What is published after the close, made by somebody who signs whatever they like, and who finds out.

Voting is over and the door statement is public. Ann has cast a ballot; she keeps her receipt and issuance receipt, and
checks both. Gus has cast one too, and checks nothing. Ben got a credential and cast nothing. Cem did nothing, and looks
at his line of the ledger; Fay did nothing, and looks at nothing. All that is published follows from what it states:
signatures, hashes and tiles fit.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import NamedTuple

from protocol_model.explorer import Explored, Violation, violations

PEOPLE = ("Ann", "Ben", "Cem", "Fay", "Gus")
STRANGER = "Sam"
"""Is on no roll, and in the world at all only if an amendment says so."""


class Ballot(NamedTuple):
    """`by`: whose key it has. issued: the issuer signed the key. signed: the key signed the ballot."""

    by: str
    option: str = "x"
    issued: bool = True
    signed: bool = True


class Line(NamedTuple):
    """`ended`: says that its right ended. `blinded`: of whose key, nothing if none was signed."""

    voter: str
    blinded: str = ""
    ended: bool = False


ANNS, GUSS = Ballot("Ann"), Ballot("Gus")
HONEST = (Line("Ann", "Ann"), Line("Ben", "Ben"), Line("Cem"), Line("Fay"), Line("Gus", "Gus"))
DOOR = (2, 3)
"""Ballots and credentials, stated before anybody opened a ballot."""


class Export(NamedTuple):
    ballots: tuple[Ballot, ...] = (ANNS, GUSS)
    """Sorted; one may be there twice."""
    ledger: tuple[Line, ...] = HONEST
    shown: tuple[Line, ...] | None = None
    """The ledger that voters are shown, if it is another one."""
    added: frozenset[str] = frozenset()
    """Voters whom an amendment added, for everybody to see."""
    as_at_the_door: bool = False
    """The closing leaf repeats the door's numbers, whatever the log and the ledger have."""
    spoilt: frozenset[Ballot] = frozenset()
    """Listed as spoilt, though they are not."""
    result: str = ""
    """The winner that is published, if it is not the one of the count."""

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.ballots), sum(bool(line.blinded) for line in self.ledger)

    @property
    def closing(self) -> tuple[int, int]:
        return DOOR if self.as_at_the_door else self.counts


@dataclass(frozen=True)
class Rules:
    """The checks of `verify` (docs/protocol.md, section 10), and what Ann and Cem do."""

    ballots: bool = True
    credentials: bool = True
    one_ballot_each: bool = True
    ledger: bool = True
    rolls: bool = True
    endings: bool = True
    turnout: bool = True
    door: bool = True
    spoilt: bool = True
    result: bool = True
    receipts_are_checked: bool = True
    issuances_are_checked: bool = True
    lines_are_looked_at: bool = True


@dataclass(frozen=True)
class Forger:
    """issuer: has the issuer's key and writes the ledger, too: an operator. Else: whose are box, log and export."""

    issuer: bool = True
    most: int = 4
    """Edits that it makes."""

    def edits(self, edited: tuple[int, Export]) -> Iterator[tuple[str, tuple[int, Export]]]:
        done, export = edited
        if done < self.most:
            for what, after in self._edits(export):
                yield what, (done + 1, after)

    def _edits(self, export: Export) -> Iterator[tuple[str, Export]]:
        for ballot in sorted(set(export.ballots)):
            rest = list(export.ballots)
            rest.remove(ballot)
            yield f"{ballot} is dropped", export._replace(ballots=tuple(rest))
            yield f"{ballot} is listed as spoilt", export._replace(spoilt=export.spoilt | {ballot})
        new = [Ballot("Gus", "y", signed=False), Ballot("forger", "y", issued=False), ANNS]
        new += [Ballot("forger", "y"), Ballot("another", "y")] if self.issuer else []
        for ballot in new:
            yield f"{ballot} is added", export._replace(ballots=tuple(sorted([*export.ballots, ballot])))
        yield "the closing leaf repeats the door", export._replace(as_at_the_door=True)
        yield "another winner is published", export._replace(result="y")
        if self.issuer:
            yield from self._ledger(export)

    def _ledger(self, export: Export) -> Iterator[tuple[str, Export]]:
        for (at, line), blinded in product(enumerate(export.ledger), ("", "forger")):
            if line.blinded != blinded:
                yield f"{line.voter}'s line: {blinded or 'empty'}", _with(export, at, line._replace(blinded=blinded))
        for at, line in enumerate(export.ledger):
            yield f"{line.voter}'s right ends", _with(export, at, line._replace(ended=True))
            yield f"{line.voter}'s line becomes {STRANGER}'s", _with(export, at, Line(STRANGER, line.blinded))
        yield f"{STRANGER} is added", export._replace(added=frozenset({STRANGER}), ledger=(*HONEST, Line(STRANGER)))
        yield "voters are shown an honest ledger", export._replace(shown=HONEST)


def _with(export: Export, at: int, line: Line) -> Export:
    return export._replace(ledger=(*export.ledger[:at], line, *export.ledger[at + 1 :]))


def winner(ballots: tuple[Ballot, ...]) -> str:
    votes = Counter(ballot.option for ballot in ballots)
    return max("xy", key=lambda option: votes[option])


def accepted(export: Export, rules: Rules) -> bool:
    """By `verify`, and by the voters who look."""
    ballots, issued = export.counts
    voters = [line.voter for line in export.ledger]
    counted = tuple(ballot for ballot in export.ballots if ballot not in export.spoilt)
    shown = export.ledger if export.shown is None else export.shown
    verified = (
        (all(ballot.signed for ballot in export.ballots) or not rules.ballots)
        and (all(ballot.issued for ballot in export.ballots) or not rules.credentials)
        and (len({ballot.by for ballot in export.ballots}) == ballots or not rules.one_ballot_each)
        and (shown == export.ledger or not rules.ledger)
        and (voters == [*PEOPLE, *export.added] or not rules.rolls)
        and (not any(line.ended for line in export.ledger) or not rules.endings)
        and ((export.closing == export.counts and ballots <= issued) or not rules.turnout)
        and (export.closing == DOOR or not rules.door)
        and (not export.spoilt or not rules.spoilt)
        and (export.result in ("", winner(counted)) or not rules.result)
    )
    lines = {line.voter: line for line in shown}
    return (
        verified
        and (ANNS in export.ballots or not rules.receipts_are_checked)
        and (lines.get("Ann", Line("")).blinded == "Ann" or not rules.issuances_are_checked)
        and (lines.get("Cem", Line("", "lost")).blinded == "" or not rules.lines_are_looked_at)
    )


def promises(forger: Forger) -> dict[str, Callable[[Export], bool]]:
    """Of an export that nobody complained about."""

    def every_vote_that_was_cast_is_counted(export: Export) -> bool:
        return ANNS in export.ballots and ANNS not in export.spoilt

    def nobody_votes_for_an_honest_voter(export: Export) -> bool:
        """But for those who check nothing, and for voters who were added publicly, with the issuer's key."""
        own = len({ANNS, GUSS} & set(export.ballots))
        return len(export.ballots) - own <= (3 + len(export.added) if forger.issuer else 0)

    def no_ballot_comes_after_the_door(export: Export) -> bool:
        return len(export.ballots) == DOOR[0]

    def no_right_is_lost(export: Export) -> bool:
        return {line.voter for line in export.ledger if not line.ended} >= set(PEOPLE)

    def the_ledger_says_what_was_issued(export: Export) -> bool:
        return next(line.blinded for line in export.ledger if line.voter == "Ann") == "Ann"

    def nobody_gets_a_credential_for_who_looks(export: Export) -> bool:
        return not any(line.blinded for line in export.ledger if line.voter == "Cem")

    def the_result_is_that_of_the_ballots(export: Export) -> bool:
        return export.result in ("", winner(export.ballots))

    made = (
        *(every_vote_that_was_cast_is_counted, nobody_votes_for_an_honest_voter, no_ballot_comes_after_the_door),
        *(no_right_is_lost, the_result_is_that_of_the_ballots, the_ledger_says_what_was_issued),
        nobody_gets_a_credential_for_who_looks,
    )
    return {promise.__name__.replace("_", " "): promise for promise in made}


@cache
def exports(forger: Forger) -> Explored[tuple[int, Export]]:
    """All that it can publish, each with the number of edits that it took."""
    return Explored((0, Export()), forger.edits)


def unseen(forger: Forger, rules: Rules) -> list[Violation]:
    """Promises that this forger breaks, and by which edits, without anybody who finds out."""
    held = {
        name: lambda edited, holds=holds: not accepted(edited[1], rules) or holds(edited[1])
        for name, holds in promises(forger).items()
    }
    return violations(exports(forger), held)


def without(check: str) -> Rules:
    return replace(Rules(), **{check: False})
