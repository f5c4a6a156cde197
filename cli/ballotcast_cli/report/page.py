"""The report as a page to print: one file without scripts, addresses or anything to load."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from .facts import Report
from .text import told

STAGES_ACROSS = 5
_STYLE = """body{font:11pt/1.4 serif;margin:2em auto;max-width:60em;padding:0 1em}
table{border-collapse:collapse;margin:.5em 0 1.5em;break-inside:avoid}
th,td{border-bottom:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}
td.figure,th.figure{text-align:right;font-variant-numeric:tabular-nums}
small{color:#444}.elected{font-weight:bold}.sign{margin-top:4em;display:flex;gap:4em}
.sign span{border-top:1px solid;flex:1;padding-top:.3em}
@page{size:A4;margin:18mm}@media print{body{margin:0;max-width:none}}"""


def as_html(report: Report) -> str:
    """Return a whole HTML document."""
    title = escape(f"Count: {report.title}")
    body = "\n".join(_body(report))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(report: Report) -> Iterator[str]:
    counted = report.counted
    yield f"<h1>{escape(report.title)}</h1>"
    yield _table((), [(_cell(name), _cell(text)) for name, text in report.facts()])
    yield from (f"<p>Warning: {escape(warning)}</p>" for warning in report.reading.warnings)
    elected = ", ".join(map(report.named, report.elected)) or "nobody"
    yield f"<h2>Result</h2>\n<p><strong>Elected: {escape(elected)}</strong></p>\n<p>{escape(counted.why)}</p>"
    yield from (f"<p>{escape(reason)}</p>" for reason in (report.outcome.reasons if report.outcome else ()))
    if report.unseated:
        alone = ", ".join(map(report.named, report.unseated))
        yield f"<p>By the count alone, and not elected under the conditions: {escape(alone)}</p>"
    yield "<h2>Options</h2>"
    yield _list(
        f"{report.named(number)}{' (withdrawn)' if number in counted.withdrawn else ''}"
        for number in range(1, len(report.options) + 1)
    )
    for name, uncounted in (("Blank", report.uncounted.blank), ("Spoilt", report.uncounted.spoilt)):
        if uncounted:
            yield f"<h2>{name} ballots</h2>\n{_list(map(told, uncounted))}"
    if counted.stages:
        yield "<h2>Stages</h2>"
        yield from _stages(report)
    if exhausted := list(report.exhausted()):
        yield "<h2>Exhausted</h2>\n" + _list(f"{votes}: {reason}" for reason, votes in exhausted)
    if counted.ties:
        yield "<h2>Ties</h2>\n" + _list(
            f"stage {tie.stage} ({tie.decides}), decided by {tie.by}, best first: "
            + ", ".join(map(report.named, tie.order))
            for tie in counted.ties
        )
    yield '<p class="sign"><span>Returning officer</span><span>Place, date</span></p>'


def _stages(report: Report) -> Iterator[str]:
    stages = report.counted.stages
    for start in range(0, len(stages), STAGES_ACROSS):
        block = stages[start : start + STAGES_ACROSS]
        head = ["Option"]
        for stage in block:
            source = f" of {', '.join(map(report.named, moved))}" if (moved := report.moved(stage)) else ""
            head.append(f"{stage.number}. {stage.action.value.replace('-', ' ')}{source}")
        rows = []
        for number, name in enumerate(report.options, 1):
            cells = [_cell(f"{number} {name}")]
            for stage in block:
                units = stage.votes[number - 1]
                received = dict(report.transfer(stage).to).get(number, "")
                status = "elected" if number in stage.elected else "excluded" if number in stage.excluded else ""
                notes = [report.percent(units), f"+{received}" if received else "", status]
                cells.append(_figure(report.counted.in_votes(units), notes, elected=number in stage.elected))
            rows.append(cells)
        if report.transfers_votes():
            lost = [_figure(report.counted.in_votes(stage.non_transferable), []) for stage in block]
            cut = [_figure(report.counted.in_votes(stage.rounding), []) for stage in block]
            rows += [[_cell("non-transferable"), *lost], [_cell("rounding"), *cut]]
        yield _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>\n{f'<tr>{top}</tr>' if head else ''}\n{lines}\n</table>"


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _figure(text: str, notes: Sequence[str], *, elected: bool = False) -> str:
    shown = "".join(f"<br><small>{escape(note)}</small>" for note in notes if note)
    return f'<td class="figure{" elected" if elected else ""}">{escape(text)}{shown}</td>'


def _list(items: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in items) + "\n</ul>"
