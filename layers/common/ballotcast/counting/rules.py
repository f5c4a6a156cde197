"""The table of counting rules and the one way to count.

A rule is a module with one function from `Contest` to `Sheet`; to add one, write the module and enter it here. Modules
are imported with their first count: anyone who takes ballots needs the table alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from ballotcast.faults import FaultError

from .ballots import Ballots, Kind, sift
from .result import Count, TieRule
from .voter_errors import NO_ERRORS, SEVERAL, VoterErrors, correct, end_at_once

if TYPE_CHECKING:
    from .contest import Contest, Sheet


@dataclass(frozen=True)
class Rule:
    """A rule, the kind of ballot it reads (see `ballots`), whether rankings may hold equal ranks, if it can fill one
    seat only, whether its votes are ballots, so that they are shares of the valid ones, and whether it compares options
    two by two, so that one of them can be the default. Its function is `function` in the module `module` of this
    package."""

    function: str
    module: str
    ballot: Kind
    equal: bool = False
    one_seat: bool = False
    shares: bool = False
    compares: bool = False

    def fill(self, contest: "Contest") -> "Sheet":
        """Count the contest's papers."""
        rule = getattr(import_module(f".{self.module}", __package__), self.function)
        return cast("Callable[[Contest], Sheet]", rule)(contest)


def _named(
    method: str,
    ballot: Kind,
    *,
    within: str = "",
    equal: bool = False,
    one_seat: bool = False,
    shares: bool = False,
    compares: bool = False,
) -> Rule:
    function = method.replace("-", "_")
    return Rule(function, within or function, ballot, equal, one_seat, shares, compares)


RULES: Mapping[str, Rule] = {
    "plurality": _named("plurality", "choice", shares=True),
    "approval": _named("approval", "choice", shares=True),
    "satisfaction-approval": _named("satisfaction-approval", "choice"),
    "proportional-approval": _named("proportional-approval", "choice"),
    "sequential-proportional-approval": _named(
        "sequential-proportional-approval", "choice", within="proportional_approval"
    ),
    "cumulative": _named("cumulative", "points"),
    "score": _named("score", "scores"),
    "star": _named("star", "scores"),
    "majority-judgment": _named("majority-judgment", "scores"),
    "borda": _named("borda", "ranked", equal=True),
    "modified-borda": _named("modified-borda", "ranked", within="borda", equal=True),
    "condorcet": _named("condorcet", "ranked", equal=True, one_seat=True, compares=True),
    "schulze": _named("schulze", "ranked", equal=True, compares=True),
    "ranked-pairs": _named("ranked-pairs", "ranked", equal=True, compares=True),
    "minimax": _named("minimax", "ranked", equal=True, compares=True),
    "tideman-alternative": _named("tideman-alternative", "ranked", one_seat=True, compares=True),
    "contingent-vote": _named("contingent-vote", "ranked", one_seat=True, shares=True),
    "irv": _named("irv", "ranked", one_seat=True, shares=True),
    "scottish-stv": _named("scottish-stv", "ranked", shares=True),
    "wigm-stv": _named("wigm-stv", "ranked", shares=True),
    "ers97": _named("ers97", "ranked", shares=True),
    "meek-stv": _named("meek-stv", "ranked", equal=True, shares=True),
}


def require_countable(method: str, *, seats: int, tie: str, options: int = 0) -> None:
    """Raise FaultError unless a contest with these settings can be counted.

    options: how many the contest has.
    """
    if method not in RULES:
        raise FaultError("unknown-method", method=method, known=", ".join(RULES))
    if tie not in list(TieRule):
        raise FaultError("unknown-tie", tie=tie, known=", ".join(TieRule))
    if seats < 1:
        raise FaultError("at-least", bound=1)
    if seats > 1 and RULES[method].one_seat:
        raise FaultError("one-seat", method=method)
    if method == "proportional-approval":
        from .proportional_approval import require_small_field

        require_small_field(options, seats)


def require_default(method: str, default: int, *, options: int) -> None:
    """Raise ValueError unless a method can be counted with this default option; 0 if there is no such option."""
    if default and not RULES[method].compares:
        able = ", ".join(name for name, rule in RULES.items() if rule.compares)
        raise ValueError(f"{method} compares no options, so none of them can be the default; those that do are {able}")
    if not 0 <= default <= options:
        raise ValueError(f"the default option is not one of the {options} options")


def require_motion(method: str, *, seats: int, options: int) -> None:
    """Raise ValueError unless a motion can be counted like this."""
    if (method, seats, options) != ("plurality", 1, 2):
        raise ValueError("a motion is one seat by plurality for one of two options: for and against")


def count(
    method: str,
    *,
    options: Sequence[str],
    seats: int,
    ballots: Ballots,
    tie: str = "lot",
    seed: bytes = b"",
    contest: str = "c1",
    withdrawn: Collection[int] = (),
    limit: int | None = None,
    errors: VoterErrors = NO_ERRORS,
    motion: bool = False,
    default: int = 0,
) -> Count:
    """Count a contest. Pure: the same input gives the same account, whatever the order of the ballots.

    options: their names, which enter `why` only. seed and contest (its id) enter the lot only. withdrawn: option
    numbers, struck from every ballot before the count; a ballot with nothing left is counted as blank. limit: the most
    options a ballot may name, or the highest score it may give. A bad ballot (see `ballots`) is spoilt: it is told in
    the account and counted nowhere else. errors: what becomes of voters' errors in rankings as cast (see
    `voter_errors`); a ballot with an overvote is spoilt where it says nothing of one. motion: one seat, by plurality,
    for one of two options, the first of which is for the motion; equal votes elect neither. default: the option that
    others have to beat (see `default_option`); 0 for none.

    No valid ballot: no winner and no stage, under every rule; so too when there are no options or all are
    withdrawn. Fewer options than seats: the other seats stay vacant.

    Raises ValueError for what no stored contest can hold: settings that `require_countable` refuses, withdrawn options
    that do not exist, a negative number of ballots.
    """
    from .contest import Contest, Sheet

    require_countable(method, seats=seats, tie=tie, options=len(options))
    require_default(method, default, options=len(options))
    if motion:
        require_motion(method, seats=seats, options=len(options))
    numbers = range(1, len(options) + 1)
    if any(number not in numbers for number in withdrawn):
        raise ValueError(f"withdrawn options {sorted(withdrawn)} are not all within 1..{len(options)}")
    rule = RULES[method]
    errors.require_applicable(method)
    if errors != NO_ERRORS and rule.ballot == "ranked":
        ballots = correct(ballots, errors, equal=rule.equal)
    equal = rule.equal or errors.overvote == SEVERAL
    sifted = sift(ballots, kind=rule.ballot, equal=equal, options=len(options), withdrawn=withdrawn, limit=limit)
    if errors.overvote == SEVERAL:
        sifted = end_at_once(sifted)
    valid = sum(map(itemgetter(1), sifted.papers))
    standing = frozenset(numbers).difference(withdrawn)
    ready = Contest(contest, options, standing, seats, sifted.papers, valid, TieRule(tie), seed, motion)
    against = None
    if default in standing and valid:
        from .default_option import drop_unbeaten

        ready, against = drop_unbeaten(ready, default)
    sheet = rule.fill(ready) if valid else Sheet(ready)
    return Count(
        method=method,
        contest=contest,
        seats=seats,
        tie=ready.tie,
        seed=seed,
        withdrawn=tuple(sorted(set(withdrawn))),
        ballots=sifted.blank + sifted.spoilt + valid,
        blank=sifted.blank,
        spoilt=sifted.spoilt,
        valid=valid,
        decimals=sheet.decimals,
        unit=sheet.unit,
        quota=sheet.quota,
        winners=tuple(sheet.winners),
        why=sheet.sentence() + (against.sentence(options) if against else ""),
        against_default=against,
        stages=tuple(sheet.stages),
        ties=tuple(sheet.ties),
    )
