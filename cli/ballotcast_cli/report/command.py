"""Write the report of `ballotcast count --report`."""

import json
import shutil
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from ballotcast.counting import Count
from ballotcast.counting.reading import Reading
from ballotcast.counting.uncounted import Account

from .facts import Report

if TYPE_CHECKING:
    from ballotcast.counting.conditions import Outcome


def write(
    form: str,
    file: str,
    data: bytes,
    reading: Reading,
    counted: Count,
    uncounted: Account,
    outcome: "Outcome | None",
) -> None:
    """Print the report. form: text, html, csv or json. data: the bytes of the file that was counted."""
    name = "standard input" if file == "-" else PurePath(file).name
    report = Report(name, sha256(data).hexdigest(), len(data), reading, counted, uncounted, outcome)
    match form:
        case "text":
            from .text import as_text

            click.echo("\n".join(as_text(report, shutil.get_terminal_size().columns)))
        case "html":
            from .page import as_html

            click.echo(as_html(report), nl=False)
        case "csv":
            from .csv_table import as_csv

            click.echo(as_csv(report).encode(), nl=False)
        case "json":
            click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
