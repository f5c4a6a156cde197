"""Types and switches of `ballotcast count`: its rule, how a file is read, and the conditions for taking a seat."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ballotcast.counting import RULES

if TYPE_CHECKING:
    from ballotcast.counting.conditions import Conditions, Part


class _Part(click.ParamType["Part"]):
    name = "part"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Part":
        from ballotcast.counting.conditions import Part  # here, because few counts have conditions

        try:
            return Part.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


FAMILIES = {
    "stv": ("scottish-stv", "wigm-stv", "meek-stv"),
    "pav": ("proportional-approval", "sequential-proportional-approval"),
    "runoff": ("irv", "contingent-vote"),
}
"""Names that people use for several rules, with these rules."""


class Method(click.Choice[str]):
    """A counting rule by its name. A name that several rules share is refused with these; it is never one of them."""

    def __init__(self) -> None:
        super().__init__(list(RULES))

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        asked = str(value).lower()
        if asked in FAMILIES and asked not in RULES:
            self.fail(f"{value!r} is several rules: {', '.join(FAMILIES[asked])}", param, ctx)
        return super().convert(value, param, ctx)


class Switch(click.ParamType[tuple[str, str]]):
    """A `--read NAME=VALUE`."""

    name = "name=value"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        from ballotcast.counting.formats import known_switches

        known = known_switches()
        name, _, chosen = str(value).partition("=")
        if chosen not in known.get(name, ()):
            listed = ", ".join(f"{key}={'|'.join(values)}" for key, values in known.items())
            self.fail(f"{value!r} is not one of {listed}", param, ctx)
        return name, chosen


_CONDITIONS = (
    click.option("--turnout", type=_Part(), help="Quorum: 1/3, 40% or >1/2 of those --entitled must have voted."),
    click.option("--entitled", type=click.IntRange(min=0), default=0, help="How many could have voted."),
    click.option("--share", type=_Part(), help="The part of the valid ballots that is needed to be elected."),
    click.option(
        "--none-of-the-above", type=click.IntRange(min=0), default=0, metavar="N", help="That option's number."
    ),
)


def conditions(command: Callable[..., None]) -> Callable[..., None]:
    """Add the switches of conditions to a command, which receives them as `conditions`: None if there are none."""

    @wraps(command)
    def gathered(
        *, turnout: "Part | None", entitled: int, share: "Part | None", none_of_the_above: int, **values: Any
    ) -> None:
        if turnout and not entitled:
            raise click.UsageError("--turnout needs --entitled")
        given = turnout or share or none_of_the_above
        applied = _conditions(turnout, share, none_of_the_above) if given else None
        command(**values, conditions=applied, entitled=entitled)

    decorated: Callable[..., None] = gathered
    for option in reversed(_CONDITIONS):
        decorated = option(decorated)
    return decorated


def _conditions(turnout: "Part | None", share: "Part | None", none_of_the_above: int) -> "Conditions":
    from ballotcast.counting.conditions import Conditions

    return Conditions(turnout, share, none_of_the_above)
