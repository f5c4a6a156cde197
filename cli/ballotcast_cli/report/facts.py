"""What a report on a count says, whatever it looks like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ballotcast.counting import RULES, Count, Stage
from ballotcast.counting.reading import Reading
from ballotcast.counting.uncounted import Account, Uncounted

if TYPE_CHECKING:
    from ballotcast.counting.conditions import Outcome

PROGRAM = "ballotcast"


@dataclass(frozen=True)
class Transfer:
    """given_by: whose votes continued; nobody where the rule does not say. to: (option, votes) pairs, votes as text."""

    given_by: Sequence[int]
    to: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Report:
    """A count with the file that it is of.

    name, sha256, size: of the file's bytes. uncounted: which ballots were blank or spoilt, or ended early. outcome:
    what conditions make of the count, if there are any.
    """

    name: str
    sha256: str
    size: int
    reading: Reading
    counted: Count
    uncounted: Account
    outcome: "Outcome | None" = None
    program: str = field(default_factory=lambda: f"{PROGRAM} {version(PROGRAM)}")

    @property
    def title(self) -> str:
        return self.reading.file.title or self.name

    @property
    def options(self) -> Sequence[str]:
        return self.reading.file.options

    @property
    def elected(self) -> Sequence[int]:
        """Under the conditions, if there are any; in order of election."""
        return self.counted.winners if self.outcome is None else self.outcome.elected

    @property
    def unseated(self) -> Sequence[int]:
        """Winners of the count whom the conditions do not let be elected."""
        return [option for option in self.counted.winners if option not in self.elected]

    def named(self, option: int) -> str:
        """Return an option's number and name."""
        return f"{option} {self.options[option - 1]}"

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what was counted, by what and how, as pairs of a label and a text."""
        counted = self.counted
        yield "File", self.name
        yield "SHA-256 of the file", self.sha256
        yield "Format", f"{self.reading.format}, {self.size} bytes, {self.reading.encoding}"
        yield "Counted by", self.program
        yield "Method", counted.method
        yield "Seats", str(counted.seats)
        yield "Ballots", f"{counted.ballots}: {counted.valid} valid, {counted.blank} blank, {counted.spoilt} spoilt"
        if counted.quota:
            yield "Quota", counted.in_votes(counted.quota)
        yield "Ties", counted.tie.value.replace("-", " ")
        if counted.seed:
            yield "Seed of the lot", counted.seed.hex()

    def percent(self, units: int) -> str:
        """Return a part of the valid ballots, or of the points and the like of a rule whose figures are no ballots:
        empty.
        """
        whole = self.counted.unit * self.counted.valid
        if not RULES[self.counted.method].shares or not whole:
            return ""
        hundredths = (units * 20_000 + whole) // (2 * whole)
        return f"{hundredths // 100}.{hundredths % 100:02d}%"

    def moved(self, stage: Stage) -> Sequence[int]:
        """Return whose papers were transferred at a stage."""
        return [stage.option] if stage.option else stage.excluded if stage.transferred else ()

    def transfer(self, stage: Stage) -> Transfer:
        """Return what was transferred at a stage."""
        return Transfer(self.moved(stage), [(to, self.counted.in_votes(units)) for to, units in stage.transferred])

    def transfers_votes(self) -> bool:
        """Return whether the rule hands votes on."""
        return any(stage.option or stage.non_transferable for stage in self.counted.stages)

    def exhausted(self) -> Iterator[tuple[str, str]]:
        """Votes that count for nobody at the end, by reason."""
        last = self.counted.stages[-1] if self.counted.stages else None
        if last and self.transfers_votes():
            yield "no further option of the ballot continues", self.counted.in_votes(last.non_transferable)
            yield "cut off by rounding", self.counted.in_votes(last.rounding)
        for one in self.uncounted.ended:
            yield f"the ballot {one.reason} (ballots)", str(one.ballots)

    def as_json(self) -> dict[str, Any]:
        """Return the report in JSON types, as docs/report.schema.json has it."""
        withdrawn, reading = self.counted.withdrawn, self.reading
        described: dict[str, Any] = {
            "title": reading.file.title,
            "program": self.program,
            "input": {
                "name": self.name,
                "sha256": self.sha256,
                "size": self.size,
                "format": reading.format,
                "dialect": list(reading.dialect),
                "encoding": reading.encoding,
                "warnings": list(reading.warnings),
            },
            "options": [
                {"option": number, "name": name, "withdrawn": number in withdrawn}
                for number, name in enumerate(self.options, 1)
            ],
            "blank": [_json(one) for one in self.uncounted.blank],
            "spoilt": [_json(one) for one in self.uncounted.spoilt],
            "ended": [_json(one) for one in self.uncounted.ended],
            "exhausted": [{"reason": reason, "votes": votes} for reason, votes in self.exhausted()],
            "percentages": [
                [self.percent(units).removesuffix("%") for units in stage.votes] for stage in self.counted.stages
            ]
            if RULES[self.counted.method].shares
            else [],
            "account": self.counted.as_json(),
        }
        described["elected"] = list(self.elected)
        return described | ({"outcome": self.outcome.as_json()} if self.outcome else {})


def _json(one: Uncounted) -> dict[str, Any]:
    return {"reason": one.reason, "ballots": one.ballots} | ({"line": one.line} if one.line else {})
