"""Ballots in spreadsheets: read as the same table in a CSV file is, or refused by row."""

from pathlib import Path
from typing import Any

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import read_cvr
from ballotcast.counting.formats import read_file
from ballotcast.counting.reading import Reading
from count_command import run
from spreadsheet_files import Rows, ods, xlsx

RANKS: Rows = [
    ["Precinct", "Mayor - 1st Choice", "Mayor - 2nd Choice"],
    ["P1", "Ada", "Ben"],
    ["P1", "Ben", "undervote"],
    ["P2", "Ada", None],
]
BALLOTS = {(1, 2): 1, (2,): 1, (1,): 1}


def read(data: bytes, kind: Any = "ranked", **choices: Any) -> Reading:
    return read_file(data, "spreadsheet", kind, {}, CsvChoices(**choices))


def refusal(data: bytes, **choices: Any) -> BallotFileError:
    with pytest.raises(BallotFileError) as caught:
        read(data, **choices)
    return caught.value


@pytest.mark.parametrize("data", [xlsx({"Votes": RANKS}), ods(RANKS, "Votes")], ids=["xlsx", "ods"])
def test_ranks_in_a_sheet_are_read(data: bytes) -> None:
    reading = read(data)
    assert reading.file.ballots == BALLOTS
    assert reading.format == "Spreadsheet"
    assert "sheet 'Votes'" in reading.dialect


@pytest.mark.parametrize("write", [lambda rows: xlsx({"S": rows}), ods], ids=["xlsx", "ods"])
def test_numbers_are_those_that_a_csv_file_would_have(write: Any) -> None:
    rows: Rows = [["id", "count", "Ada", "Ben"], [1001, 3, 5, 0], [1002, 30, 2.0, 4]]
    text = "id,count,Ada,Ben\n1001,3,5,0\n1002,30,2,4\n"
    assert read(write(rows), "scores").file == read_cvr(text, "scores").file
    half = [*rows, [1003, 1, 2.5, 4]]
    with pytest.raises(BallotFileError, match=r"line 4: '2\.5' where a number"):
        read(write(half), "scores")


@pytest.mark.parametrize("write", [lambda rows: xlsx({"S": rows}), ods], ids=["xlsx", "ods"])
def test_a_row_is_blamed_by_its_number_whatever_line_breaks_cells_have(write: Any) -> None:
    rows: Rows = [["rank 1", "rank 2"], ["Ada\nBen", "Ada"], ["Bem", None]]
    assert refusal(write(rows), options=("Ada", "Ben"), overvote="skip").line == 3
    assert "--options" in str(refusal(write(rows)))
    assert read(write(rows), options=("Ada", "Ben", "Bem"), overvote="skip").file.ballots == {(1,): 1, (3,): 1}


def test_one_sheet_is_read_or_the_one_that_is_named() -> None:
    two = xlsx({"May": RANKS, "June": [["rank 1"], ["Cy"]], "Notes": []})
    assert "--sheet names the one to read: 'May', 'June'" in str(refusal(two))
    assert read(two, sheet="June").file.options == ("Cy",)
    assert "no sheet 'July'; there is 'May', 'June', 'Notes'" in str(refusal(two, sheet="July"))
    reading = read(xlsx({"May": RANKS, "Old": [["rank 1"], ["Cy"]]}, hidden=["Old"]))
    assert reading.file.ballots == BALLOTS
    assert reading.warnings[0] == "Hidden sheets are not read: 'Old'."
    assert "--sheet is for spreadsheets" in str(_csv_with_a_sheet())


def _csv_with_a_sheet() -> BallotFileError:
    with pytest.raises(BallotFileError) as caught:
        read_cvr("rank 1\nAda\n", "ranked", CsvChoices(sheet="May"))
    return caught.value


def test_what_a_sheet_hides_is_refused_or_said() -> None:
    merged = xlsx({"S": RANKS}, extra='<mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells>')
    assert "merged cells from B3" in str(refusal(merged))
    formula = '<row r="5"><c r="B5" t="str"><f>A1</f>{}</c></row>'
    error = refusal(xlsx({"S": RANKS}, cells=formula.format("")))
    assert (error.line, "a formula without a result" in str(error)) == (5, True)
    error = refusal(xlsx({"S": RANKS}, cells='<row r="5"><c r="B5" t="e"><v>#REF!</v></c></row>'))
    assert (error.line, "a cell with an error" in str(error)) == (5, True)
    empty = '<row r="5"><c r="B5" t="str"><f>A1</f><v></v></c><c r="C5" t="inlineStr"><is><t>Ben</t></is></c></row>'
    assert read(xlsx({"S": RANKS}, cells=empty), ignore_columns=["Precinct"]).file.ballots[2,] == 2
    calculated = read(xlsx({"S": RANKS}, cells=formula.format("<v>Ben</v>")), ignore_columns=["Precinct"])
    assert (calculated.file.ballots[2,], "Formulas are" in calculated.warnings[0]) == (2, True)
    assert read(xlsx({"S": RANKS, "Old": [["rank 1"], ["Cy"]]}, hidden=["Old"]), sheet="Old").file.options == ("Cy",)
    hidden = xlsx({"S": RANKS}, cells='<row r="5" hidden="1"><c r="B5" t="inlineStr"><is><t>Ben</t></is></c></row>')
    reading = read(hidden, ignore_columns=["Precinct"])
    assert (reading.file.ballots[2,], "hidden rows" in reading.warnings[0]) == (2, True)


@pytest.mark.parametrize(
    "data", [b"", b"rank 1\nAda\n", b"PK\x03\x04", xlsx({"S": RANKS})[:-30], xlsx({"S": []}), xlsx({"S": [[""]]})]
)
def test_what_is_no_sheet_is_refused(data: bytes) -> None:
    assert refusal(data).line == 1


def test_a_cell_far_from_all_others_ends_no_process_of_ours() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "not a spreadsheet that can be read" in str(refusal(xlsx({"S": RANKS}, cells=far)))


def test_the_command_reads_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "ballots.xlsx"
    path.write_bytes(xlsx({"Votes": RANKS}))
    shown = run(path, "--method", "irv", "--explain").stdout
    assert "format: Spreadsheet, sheet 'Votes'" in shown
    assert "Ada" in run(path, "--method", "irv").stdout
