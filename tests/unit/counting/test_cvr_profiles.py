"""Any profile, written as CSV by an independent writer, reads back equal or is refused; what is done to the file by
accident never changes who is elected in silence."""

import csv
import io
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import count
from ballotcast.counting.ballot_file import BallotFile, BallotFileError
from ballotcast.counting.ballots import options
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import read_cvr
from effort import examples

NAMES = ("Ada", "Björn", "Lee, Cleo", 'Di "Dee" Fox', "Émile\nÉlan", "Ward", "1st Fan", "O'Neil;x")
PLAIN = ("Ada", "Björn", "Chloé", "Dmitri")
RANK_HEADERS = ("rank {}", "Choice {}", "Rank_{}", "Board [Rank {}]", "For Mayor Choice {} (45)", "Mayor - Choice {}")
Table = list[list[str]]


def written(table: Table, mark: str, *, quoting: Any = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=end).writerows(table)
    return text.getvalue()


@st.composite
def rankings(draw: st.DrawFn, names: tuple[str, ...]) -> list[list[str]]:
    """A ranking per ballot, as names."""
    one = st.permutations(names).flatmap(lambda order: st.integers(0, len(order)).map(lambda size: list(order[:size])))
    return draw(st.lists(one, min_size=1, max_size=8))


def rank_table(ballots: list[list[str]], width: int, header: str, *, ids: bool) -> Table:
    rows = [[*ballot, *[""] * (width - len(ballot))] for ballot in ballots]
    table = [[header.format(rank) for rank in range(1, width + 1)], *rows]
    return [["id", *table[0]], *([f"b{number}", *row] for number, row in enumerate(rows))] if ids else table


def by_name(file: BallotFile) -> Counter[tuple[str, ...]]:
    flat = {tuple(file.options[n - 1] for n in options(ballot)): times for ballot, times in file.ballots.items()}
    return Counter(flat)


@given(
    rankings(NAMES),
    st.sampled_from(RANK_HEADERS),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
@examples(400)
def test_a_profile_of_rankings_reads_back(
    ballots: list[list[str]], header: str, mark: str, encoding: str, quoting: Any, end: str
) -> None:
    data = written(rank_table(ballots, len(NAMES), header, ids=True), mark, quoting=quoting, end=end).encode(encoding)
    reading = read_cvr(data, "ranked", CsvChoices(options=NAMES))
    expected = Counter(tuple(" ".join(name.split()) for name in ballot) for ballot in ballots)
    assert by_name(reading.file) == expected
    assert reading.file.options == tuple(" ".join(name.split()) for name in NAMES)


@given(rankings(NAMES), st.sampled_from(",;\t"), st.booleans())
@examples(300)
def test_without_the_options_it_reads_back_or_is_refused(ballots: list[list[str]], mark: str, ids: bool) -> None:
    text = written(rank_table(ballots, len(NAMES), "rank {}", ids=ids), mark)
    try:
        reading = read_cvr(text, "ranked", CsvChoices(blank_rows=True))
    except BallotFileError:
        return
    assert by_name(reading.file) == Counter(tuple(" ".join(name.split()) for name in ballot) for ballot in ballots)


@given(
    st.lists(st.lists(st.none() | st.integers(0, 5), min_size=4, max_size=4), min_size=1, max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["", "rank", "score"]),
    st.sampled_from(["scores", "ranked"]),
)
@examples(400)
def test_a_profile_of_numbers_reads_back_in_the_direction_said_or_is_refused(
    ballots: list[list[int | None]], mark: str, cells: Any, kind: Any
) -> None:
    rows = [[f"v{at}", *("" if score is None else str(score) for score in ballot)] for at, ballot in enumerate(ballots)]
    text = written([["Voter ID", *PLAIN], *rows], mark)
    try:
        file = read_cvr(text, kind, CsvChoices(cells=cells)).file
    except BallotFileError:
        assert cells != "score" or not any(cell for _, *votes in rows for cell in votes)
        return
    pairs = [[(at, n) for at, n in enumerate(ballot, 1) if n is not None] for ballot in ballots]
    if file.kind == "scores":
        assert kind == "scores" or cells == "score"
        assert file.ballots == Counter(map(tuple, pairs))
    elif any(pairs):
        assert cells == "rank"
        firsts = Counter(min((n for _, n in pair), default=0) for pair in pairs)
        assert 0 not in {n for pair in pairs for _, n in pair}
        assert sum(firsts.values()) == sum(file.ballots.values())


def winner(data: str | bytes, kind: Any, **choices: Any) -> tuple[tuple[str, ...], bool] | None:
    """Who is elected, and whether the reader said something; None if the file is refused."""
    try:
        reading = read_cvr(data, kind, CsvChoices(**choices))
    except BallotFileError:
        return None
    file = reading.file
    method = {"ranked": "irv", "scores": "score", "choice": "approval"}[file.kind]
    done = count(method, options=file.options, seats=1, ballots=file.ballots, tie="previous-stages")
    # Ties go to lot by the numbers of options, which follow from the options that are there.
    tied = tuple("tie" for _ in done.ties)
    return tied or tuple(file.options[number - 1] for number in done.winners), bool(reading.warnings)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, Table]:
    """A file of ballots and its kind: ranks with names, or scores."""
    if draw(st.booleans()):
        # Every name is on two ballots, so that one row in disorder leaves it known.
        ballots = [list(PLAIN), list(PLAIN), *draw(rankings(PLAIN))]
        return "ranked", rank_table(ballots, len(PLAIN), draw(st.sampled_from(RANK_HEADERS)), ids=True)
    row = st.lists(st.integers(0, 5).map(str), min_size=4, max_size=4)
    rows = draw(st.lists(row, min_size=1, max_size=8))
    return "scores", [["id", *PLAIN], *([f"b{number}", *cells] for number, cells in enumerate(rows))]


def accidents() -> st.SearchStrategy[tuple[str, int, int, str]]:
    kinds = ["column", "rename", "shift right", "shift left", "encoding", "delimiter", "drop cell", "blank row", "sort"]
    # Another name over a column of numbers can be one more option, which no reader can tell.
    names = ["votes", "number", "ballots", "Comment", "Total", "precinct", "Timestamp", "rank 9", "", "Ada"]
    return st.tuples(st.sampled_from(kinds), st.integers(0, 7), st.integers(0, 4), st.sampled_from(names))


def damaged(table: Table, accident: tuple[str, int, int, str]) -> bytes:
    kind, at, place, name = accident
    table = [list(row) for row in table]
    row = table[1 + at % (len(table) - 1)]
    if kind == "column":
        values = {"Comment": "fine", "Timestamp": "2026-05-01 09:00", "precinct": "P1", "": ""}
        for number, cells in enumerate(table):
            cells.insert(place, values.get(name, str(number)) if number else name)
    elif kind == "rename":
        # A column that is named so and does number the rows is their number, whatever it was before.
        table[0][place] = name if name != "number" else "votes"
    elif kind == "shift right":
        row.insert(place, "")
        row.pop()
    elif kind == "shift left":
        row.append(row.pop(0))
    elif kind == "drop cell":
        row.pop(place)
    elif kind == "blank row":
        table.insert(at, [""] * len(row))
    elif kind == "sort":
        table[1:] = sorted(table[1:], reverse=True)
    text = written(table, ",")
    if kind == "delimiter":
        lines = text.split("\r\n")
        line = 1 + at % (len(lines) - 2)
        cells = lines[line].split(",")
        lines[line] = ",".join([*cells[:place], "", *cells[place:]])
        text = "\r\n".join(lines)
    return text.encode("cp1252" if kind == "encoding" else "utf-8")


@given(tables(), accidents())
@examples(1500)
def test_an_accident_never_changes_who_is_elected_in_silence(
    file: tuple[str, Table], accident: tuple[str, int, int, str]
) -> None:
    kind, table = file
    before = winner(written(table, ","), kind)
    after = winner(damaged(table, accident), kind)
    if before is None or after is None:
        return
    # An option with another name is still who it is.
    renamed = {table[0][accident[2]]: accident[3]} if accident[0] == "rename" and kind == "scores" else {}
    assert after[1] or after[0] == tuple(renamed.get(name, name) for name in before[0]), damaged(
        table, accident
    ).decode("cp1252")


@pytest.mark.parametrize("name", ["votes", "number", "Comment", "rank 9"])
def test_a_column_that_could_count_is_refused_or_no_count(name: str) -> None:
    rows = [[str(n), "Ada" if n == 3 else "Ben"] for n in (1, 1, 3)]
    assert winner(written([[name, "rank 1"], *rows], ","), "ranked") is None
