"""Tables of every layout and PrefLib's orders, broken as people and programs break them: none elects anybody else
without a word.

Next to the faults of `test_format_mutations`, which hit characters and lines, these hit cells, columns and rows.
"""

import csv
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.ballots import Kind
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import read_file
from ballotcast.counting.reading import Reading
from ballotcast.counting.rules import count

from .test_dialect_profiles import NAMES
from .test_format_mutations import OPTIONS, broken, check, kinds, rankings

Rows = list[list[str]]
ORDINALS = ("1st choice", "2nd choice", "3rd choice", "4th choice")
METHODS = {"ranked": ("plurality", "schulze"), "scores": ("score", "star"), "choice": ("approval",)}


@dataclass(frozen=True)
class Layout:
    """write: the rows below the header. row: a row as its writer may write it."""

    header: list[str]
    write: Callable[[random.Random], Rows]
    row: str
    kind: Kind = "ranked"
    choices: CsvChoices = OPTIONS
    format_name: str = "csv"


def _numbered(rows: Rows) -> Rows:
    return [[f"b{at}", *row] for at, row in enumerate(rows)]


def _scores(drawn: random.Random) -> Rows:
    return _numbered([[str(drawn.randint(0, 9)) for _ in NAMES] for _ in range(drawn.randint(3, 9))])


def _ranks(drawn: random.Random) -> Rows:
    return _numbered(
        [[str(one.index(option) + 1) if option in one else "" for option in range(1, 5)] for one in rankings(drawn)]
    )


def _grid(drawn: random.Random) -> Rows:
    said = {"": "", **{str(rank): ordinal for rank, ordinal in enumerate(ORDINALS, 1)}}
    return [["2026/05/01 9:00:01 AM GMT+2", *map(said.__getitem__, row[1:])] for row in _ranks(drawn)]


def _marks(drawn: random.Random) -> Rows:
    return _numbered([[drawn.choice("01") for _ in NAMES] for _ in range(drawn.randint(3, 9))])


def _list(drawn: random.Random) -> Rows:
    chosen = [[NAMES[0]], *([NAMES[option - 1] for option in one] for one in rankings(drawn) if one)]
    return _numbered([[";".join([*one, ""])] for one in chosen])


def _counted(drawn: random.Random) -> Rows:
    named = [[NAMES[option - 1] for option in one] for one in rankings(drawn)]
    return [[str(3 * drawn.randint(1, 20)), *one, *[""] * (4 - len(one))] for one in named]


def _orders(drawn: random.Random) -> Rows:
    head = ["# DATA TYPE: soi", "# NUMBER ALTERNATIVES: 4"]
    head += [f"# ALTERNATIVE NAME {number}: {name}" for number, name in enumerate(NAMES, 1)]
    orders = [f"{drawn.randint(1, 9)}: {','.join(map(str, one))}" for one in [[1], *rankings(drawn)] if one]
    voters = sum(int(order.split(":")[0]) for order in orders)
    return [[line] for line in [*head, f"# NUMBER VOTERS: {voters}", *orders]]


ANY = "|".join(map(re.escape, NAMES))
LAYOUTS = {
    "scores": Layout(["id", *NAMES], _scores, '[^,"]+(, *[0-9]+ *){4}', "scores"),
    "ranks": Layout(["id", *NAMES], _ranks, '[^,"]+(, *[1-4]? *){4}', choices=CsvChoices(NAMES, "rank")),
    "grid": Layout(
        ["Timestamp", *(f"Board [{name}]" for name in NAMES)], _grid, '[^,"]+(, *((1st|2nd|3rd|4th) choice)? *){4}'
    ),
    "marks": Layout(["id", *NAMES], _marks, '[^,"]+((, *[01] *){4}|(, *1? *){4})', "choice"),
    "list": Layout(["id", "Whom?"], _list, f'[^,"]+, *(({ANY})( *; *({ANY}))*;?)?', "choice"),
    "counted": Layout(["count", "1st", "2nd", "3rd", "4th"], _counted, f"[0-9]+(, *({ANY})? *){{4}}"),
    "preflib": Layout([], _orders, "", format_name="preflib"),
}
FAULTS = ("a character or line", "drop", "add", "rename", "swap", "shift", "cell", "headless", "totals", "turn", "lost")
HEADERS = ("", "votes", "count", "number", "2nd choice", "rank 5", "Comment", "Weight", "id", "Eve", "Total", "Ada")
CELLS = ("", " ", "0", "1", "5", "-1", "2.5", "x", "yes", "None", "N/A", "overvote", "abstain", "Eve", "Ada", "#REF!")


def written(rows: Rows) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def damaged(drawn: random.Random, rows: Rows) -> str:
    """The table with one fault."""
    fault = drawn.choice(FAULTS)
    table = [list(row) for row in rows]
    row = table[drawn.randrange(len(table))]
    at = drawn.randrange(len(row))
    match fault:
        case "a character or line":
            return broken(drawn, written(rows))
        case "drop":
            for one in table:
                del one[at]
        case "add":
            name, kind = drawn.choice(HEADERS), drawn.randrange(4)
            for line, one in enumerate(table):
                cell = [str(line), str(drawn.randint(0, 9)), "", drawn.choice(NAMES)][kind]
                one.insert(at, cell if line else name)
        case "rename":
            table[0][at % len(table[0])] = drawn.choice(HEADERS)
        case "swap" if len(row) > 1:
            row[at], row[at - 1] = row[at - 1], row[at]
        case "shift":
            if drawn.random() < 0.5:
                row.insert(at, "")
            else:
                row.append(row.pop(0))
            del row[drawn.choice([len(row), len(rows[0])]) :]
        case "cell":
            row[at] = drawn.choice(CELLS)
        case "headless":
            del table[0]
        case "totals":
            sums = [sum(one[place] not in ("", "0") for one in rows[1:]) for place in range(1, len(rows[0]))]
            table.append([drawn.choice(["Total", f"b{len(table)}"]), *map(str, sums)])
        case "turn":
            table = [list(one) for one in zip(*table, strict=False)]
        case "lost":
            row.pop(at)
    return written(table)


def elected(reading: Reading, kind: Kind) -> list[object]:
    """By each method: the winners, or a tie."""
    file = reading.file
    done = [
        count(method, options=file.options, seats=1, ballots=file.ballots_for(method), tie="previous-stages")
        for method in METHODS[kind]
    ]
    return ["tie" if one.ties else [file.options[number - 1] for number in one.winners] for one in done]


def is_valid(layout: Layout, before: str, text: str) -> bool:
    """Whether a broken table is one of other ballots, as its writer might have written it."""
    if layout.format_name == "preflib":
        metadata = [line for line in text.split("\n") if line.startswith("#")]
        return metadata == [line for line in before.split("\n") if line.startswith("#")]
    head, _, body = text.partition("\n")
    rows = [line for line in body.split("\n") if line.strip()]
    # Out of any reader's reach are names that changed places, and rows that stand for one ballot each in a whole file.
    known = before.partition("\n")[0]
    if layout.header[0] == "count" and re.match("id,|1st,", head):
        rows, head = [re.sub("^(?=[^0-9])", "1,", row) for row in rows], known
    named = sorted(head.split(",")) == sorted(known.split(",")) and head[:2] == known[:2]
    return named and all(re.fullmatch(layout.row, row) for row in rows)


def became(name: str, seed: int) -> tuple[str, str]:
    """The outcome of the table that a seed breaks, and its text."""
    layout, drawn = LAYOUTS[name], random.Random(f"{name} {seed}")
    body = layout.write(drawn)
    rows = [layout.header, *body] if layout.header else body
    text = written(rows) if layout.header else "\n".join(row[0] for row in rows)
    other = damaged(drawn, rows) if layout.header else broken(drawn, text)

    def read(text: str) -> Reading:
        return read_file(text.encode(), layout.format_name, layout.kind, {}, layout.choices)

    before = read(text)
    try:
        after = read(other)
    except BallotFileError:
        return "refused", other
    if kinds(after) - kinds(before):
        return "warned", other
    if after.file.kind == before.file.kind and elected(after, layout.kind) == elected(before, layout.kind):
        return "same", other
    return "another valid file" if is_valid(layout, text, other) else "changed", other


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_fault_in_a_table_elects_anybody_else_in_silence(name: str) -> None:
    check(became, name, range(60))


@pytest.mark.long
@pytest.mark.parametrize("name", LAYOUTS)
def test_of_ten_thousand_faults_in_tables_none_elects_anybody_else_in_silence(name: str) -> None:
    check(became, name, range(60, 60 + 10_000 // len(LAYOUTS)))
