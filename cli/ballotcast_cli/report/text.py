"""The report as text."""

from collections.abc import Iterator

from ballotcast.counting.uncounted import Uncounted
from ballotcast_cli.sheet import sheet, table

from .facts import Report


def as_text(report: Report, width: int) -> Iterator[str]:
    """Lines for a terminal, or for paper, of `width` columns."""
    label = max(len(name) for name, _ in report.facts())
    yield from (f"{name.ljust(label)}  {text}" for name, text in report.facts())
    yield from (f"Warning: {warning}" for warning in report.reading.warnings)
    yield ""
    yield "Options:"
    for number in range(1, len(report.options) + 1):
        yield f"  {report.named(number)}{' (withdrawn)' if number in report.counted.withdrawn else ''}"
    for title, uncounted in (("Blank", report.uncounted.blank), ("Spoilt", report.uncounted.spoilt)):
        if uncounted:
            yield f"{title} ballots:"
            yield from (f"  {told(one)}" for one in uncounted)
    yield ""
    yield from sheet(report.reading.file, report.counted, width, report.outcome)
    if any(report.percent(units) for stage in report.counted.stages for units in stage.votes):
        yield ""
        yield "Percentages of the valid ballots:"
        columns = [[f"stage {stage.number}", *map(report.percent, stage.votes)] for stage in report.counted.stages]
        names = [report.named(number) for number in range(1, len(report.options) + 1)]
        yield from table(["", *names], columns, width)
    for stage in report.counted.stages:
        transfer = report.transfer(stage)
        if transfer.to:
            source = f" from {', '.join(map(report.named, transfer.given_by))}" if transfer.given_by else ""
            went = ", ".join(f"{votes} to {report.named(to)}" for to, votes in transfer.to)
            yield f"Transferred at stage {stage.number}{source}: {went}"
    if exhausted := list(report.exhausted()):
        yield "Exhausted:"
        yield from (f"  {votes}: {reason}" for reason, votes in exhausted)


def told(one: Uncounted) -> str:
    """Ballots that were not counted, in one line."""
    where = f" (line {one.line})" if one.line else ""
    return f"{one.ballots} that {one.reason}{where}"
