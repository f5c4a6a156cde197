"""The report as one CSV table, a row for each figure, for spreadsheets."""

import csv
from collections.abc import Iterator
from io import StringIO

from .facts import Report

HEADER = ("section", "stage", "action", "option", "name", "value", "percent", "transferred", "status")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """RFC 4180, line ends CRLF. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADER)
    for row in _rows(report):
        writer.writerow([_harmless(cell) for cell in row])
    return written.getvalue()


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    counted = report.counted
    for name, text in report.facts():
        yield "facts", "", "", "", name, text, "", "", ""
    for number, name in enumerate(report.options, 1):
        yield "options", "", "", str(number), name, "", "", "", "withdrawn" if number in counted.withdrawn else ""
    for section in ("blank", "spoilt"):
        for one in getattr(report.uncounted, section):
            line = f"line {one.line}" if one.line else ""
            yield section, "", "", "", one.reason, str(one.ballots), "", "", line
    for stage in counted.stages:
        received = dict(report.transfer(stage).to)
        at = (str(stage.number), stage.action.value)
        for number, units in enumerate(stage.votes, 1):
            status = "elected" if number in stage.elected else "excluded" if number in stage.excluded else ""
            figures = counted.in_votes(units), report.percent(units), received.get(number, "")
            yield "stages", *at, str(number), report.options[number - 1], *figures, status
        if report.transfers_votes():
            lost, cut = stage.non_transferable, stage.rounding
            yield "stages", *at, "", "non-transferable", counted.in_votes(lost), report.percent(lost), "", ""
            yield "stages", *at, "", "rounding", counted.in_votes(cut), report.percent(cut), "", ""
    for reason, votes in report.exhausted():
        yield "exhausted", "", "", "", reason, votes, "", "", ""
    for tie in counted.ties:
        order = ", ".join(map(report.named, tie.order))
        yield "ties", str(tie.stage), tie.decides.value, "", order, tie.by.value, "", "", ""
    for number in report.elected:
        yield "elected", "", "", str(number), report.options[number - 1], "", "", "", "elected"
    for number in report.unseated:
        yield "by the count alone", "", "", str(number), report.options[number - 1], "", "", "", "not elected"
    yield "why", "", "", "", counted.why, "", "", "", ""
    for reason in report.outcome.reasons if report.outcome else ():
        yield "conditions", "", "", "", reason, "", "", "", ""


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
