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
    "stv": ("scottish-stv", "wigm-stv", "ers97", "meek-stv"),
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
    click.option("--quorum", type=_Part(), help="1/3, 40% or >1/2 of those --entitled must have voted."),
    click.option("--entitled", type=click.IntRange(min=0), help="How many could have voted."),
    click.option("--threshold", type=_Part(), help="The part of the ballots that is needed to be elected."),
    click.option(
        "--threshold-of",
        "of",
        type=click.Choice(["valid", "ballots", "voters"]),
        default="valid",
        show_default=True,
        help="What --threshold is a part of: valid ballots, all ballots, or those --entitled.",
    ),
    click.option(
        "--none-of-the-above", type=click.IntRange(min=0), default=0, metavar="N", help="That option's number."
    ),
    click.option("--motion", is_flag=True, help="Two options, for and against: equal votes carry nothing, by no lot."),
)


def conditions(command: Callable[..., None]) -> Callable[..., None]:
    """Add the switches of conditions to a command, which receives them as `conditions`: None if there are none."""

    @wraps(command)
    def gathered(
        *,
        quorum: "Part | None",
        entitled: "int | None",
        threshold: "Part | None",
        of: str,
        none_of_the_above: int,
        motion: bool,
        **values: Any,
    ) -> None:
        if (quorum or (threshold and of == "voters")) and entitled is None:
            raise click.UsageError("a part of those who could have voted needs --entitled")
        given = quorum or threshold or none_of_the_above or motion
        applied = _conditions(quorum, threshold, of, none_of_the_above, motion=motion) if given else None
        command(**values, conditions=applied, entitled=entitled or 0)

    decorated: Callable[..., None] = gathered
    for option in reversed(_CONDITIONS):
        decorated = option(decorated)
    return decorated


def _conditions(
    quorum: "Part | None", threshold: "Part | None", of: str, none_of_the_above: int, *, motion: bool
) -> "Conditions":
    from ballotcast.counting.conditions import Conditions, Whole

    return Conditions(quorum, threshold, none_of_the_above, Whole(of), motion)
