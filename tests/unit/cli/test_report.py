"""The returning officer's report, in each of its forms."""

import csv
import io
import json
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import RULES, count
from ballotcast.counting.ballots import PAIRED
from ballotcast.counting.blt import read_blt
from ballotcast.counting.formats import read_file
from ballotcast.counting.uncounted import account_for, by_reason
from ballotcast_cli.count import command
from unit.counting.schema import complaints

DOCS = Path(__file__).resolve().parents[3] / "docs"
WARD = """4 2
-4
6 1 2 0
3 2 2 0
4 2 3 0
3 3 1 2 0
2 3 0
1 4 0
2 0
0
"Ada <b>"
"=Ben"
"Chloé"
"Dmitri"
"Board & co"
"""


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    file = tmp_path / "ward.blt"
    file.write_text(WARD, encoding="utf-8")
    return file


def report(file: Path, form: str, *arguments: str) -> Result:
    method = () if "--method" in arguments else ("--method", "scottish-stv")
    return CliRunner().invoke(command, [str(file), *method, "--report", form, *arguments])


def as_json(file: Path, *arguments: str) -> dict[str, Any]:
    printed = report(file, "json", *arguments)
    assert printed.exit_code == 0, printed.output
    found: dict[str, Any] = json.loads(printed.stdout)
    return found


def test_json_follows_both_schemas(ward: Path) -> None:
    schema = json.loads((DOCS / "report.schema.json").read_text())
    account = json.loads((DOCS / "count.schema.json").read_text())

    found = as_json(ward)

    assert complaints(schema, found, schema) == []
    assert complaints(account, found["account"], account) == []


def test_what_it_is_of_and_by_what(ward: Path) -> None:
    found = as_json(ward)

    assert found["input"]["sha256"] == sha256(ward.read_bytes()).hexdigest()
    assert (found["input"]["name"], found["input"]["format"]) == ("ward.blt", "BLT")
    assert found["program"] == "ballotcast 0.1.0"
    assert [one["withdrawn"] for one in found["options"]] == [False, False, False, True]


def test_ballots_that_are_not_counted_have_a_reason_and_a_line(ward: Path) -> None:
    found = as_json(ward)

    assert found["spoilt"] == [{"reason": "names an option twice", "ballots": 3, "line": 4}]
    assert found["blank"] == [
        {"reason": "names withdrawn options only", "ballots": 1, "line": 8},
        {"reason": "names nothing", "ballots": 2, "line": 9},
    ]


def test_the_limit_spoils_by_line_as_well(ward: Path) -> None:
    spoilt = as_json(ward, "--limit", "2")["spoilt"]

    assert {"reason": "names more than 2 options", "ballots": 3, "line": 6} in spoilt


def test_equal_ranks_are_a_reason_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "equal.blt"
    file.write_text('3 1\n2 1 2 0\n1 1=2 3 0\n0\n"Ada"\n"Ben"\n"Eve"\n"T"\n')

    assert as_json(file, "--method", "irv")["spoilt"] == [{"reason": "ranks options equally", "ballots": 1, "line": 3}]


def test_a_csv_file_s_ballots_have_lines(tmp_path: Path) -> None:
    file = tmp_path / "cvr.csv"
    file.write_text("1st,2nd\nAda,Ben\nAda,\nBen,Ada\n")

    spoilt = as_json(file, "--method", "irv", "--limit", "1")["spoilt"]

    assert [one["line"] for one in spoilt] == [2, 4]


def test_ballots_that_an_error_ends_are_told(tmp_path: Path) -> None:
    file = tmp_path / "cvr.csv"
    file.write_text("1st,2nd,3rd\nAda,Ben,\novervote,Ben,\nBen,overvote,Ada\nBen,,\n")

    found = as_json(file, "--method", "irv", "--overvote", "exhaust")

    assert found["ended"] == [{"reason": "ends at an overvote", "ballots": 1, "line": 4}]
    assert found["blank"] == [{"reason": "names nothing", "ballots": 1, "line": 3}]


@given(
    lines=st.lists(st.tuples(st.integers(1, 5), st.lists(st.integers(1, 4), max_size=5)), min_size=1, max_size=10),
    method=st.sampled_from(["plurality", "approval", "irv", "schulze"]),
    limit=st.sampled_from([None, 1, 2, 3]),
)
def test_reasons_add_up_to_the_account(lines: list[tuple[int, list[int]]], method: str, limit: int | None) -> None:
    ballots = "".join(" ".join(map(str, [number, *ranking, 0])) + "\n" for number, ranking in lines)
    reading = read_blt(f'4 1\n-2\n{ballots}0\n"A"\n"B"\n"C"\n"D"\n"T"\n')
    file = reading.file
    counted = count(
        method, options=file.options, seats=1, ballots=file.ballots_for(method), withdrawn=[2], limit=limit, seed=b"1"
    )

    found = account_for(reading, method, limit=limit)

    assert sum(number for _, number in by_reason(found.spoilt)) == counted.spoilt
    assert sum(number for _, number in by_reason(found.blank)) == counted.blank
    assert all(one.line for one in (*found.spoilt, *found.blank))


def test_percentages_are_of_the_valid_ballots(ward: Path) -> None:
    found = as_json(ward)

    assert found["account"]["valid"] == 15
    assert found["percentages"][0] == ["40.00", "26.67", "33.33", "0.00"]
    assert as_json(ward, "--method", "borda", "--seed", "07")["percentages"] == []


def test_text_has_everything(ward: Path) -> None:
    text = report(ward, "text").stdout

    assert sha256(ward.read_bytes()).hexdigest() in text
    for part in (
        "Quota                6.00000",
        "4 Dmitri (withdrawn)",
        "3 that names an option twice (line 4)",
        "33.33%",
        "Transferred at stage 2 from 2 =Ben: ",
        ": no further option of the ballot continues",
    ):
        assert part in text


def test_csv_is_one_table_without_formulas(ward: Path) -> None:
    printed = report(ward, "csv").stdout_bytes.decode()
    rows = list(csv.DictReader(printed.splitlines()))

    assert printed.count("\r\n") == printed.count("\n") == len(rows) + 1
    assert {row["section"] for row in rows} >= {"facts", "options", "blank", "spoilt", "stages", "elected", "why"}
    stages = [row for row in rows if row["section"] == "stages" and row["stage"] == "1"]
    assert [row["value"] for row in stages] == ["6.00000", "4.00000", "5.00000", "0.00000", "0.00000", "0.00000"]
    assert [row["name"] for row in rows if row["section"] == "options"][1] == "'=Ben"


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_whole_escaped_and_loads_nothing(ward: Path) -> None:
    page = _Page(report(ward, "html").stdout)

    assert page.open == []
    assert not {"script", "img", "link", "b"} & set(page.tags)
    assert "Ada <b>" in page.text
    assert "Count: Board & co" in page.text
    assert "3 that names an option twice (line 4)" in page.text


@pytest.mark.parametrize("method", RULES)
@pytest.mark.parametrize("form", ["text", "html", "csv", "json"])
def test_every_rule_has_every_form(method: str, form: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    cells = "--cells=score" if RULES[method].ballot in PAIRED else "--cells=choice"
    file.write_text(
        "Ada,Ben,Eve\n1,0,1\n1,1,0\n0,1,1\n1,0,0\n"
        if RULES[method].ballot != "ranked"
        else "1st,2nd\nAda,Ben\nBen,Eve\nAda,\n"
    )
    arguments = [] if RULES[method].ballot == "ranked" else [cells]

    printed = report(file, form, "--method", method, "--seed", "0614", *arguments)

    assert printed.exit_code == 0, printed.output
    assert "Ada" in printed.stdout
    assert "0614" in printed.stdout


def test_a_lot_without_a_seed_is_refused_with_the_way_to_get_one(tmp_path: Path) -> None:
    file = tmp_path / "tie.blt"
    file.write_text('2 1\n1 1 0\n1 2 0\n0\n"Ada"\n"Ben"\n"T"\n')

    refused = CliRunner().invoke(command, [str(file), "--method", "irv"])
    drawn = CliRunner().invoke(command, [str(file), "--method", "irv", "--seed", "0614"])

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "a lot has to decide at stage 1 between Ada and Ben, and it needs a --seed" in refused.stderr
    assert drawn.exit_code == 0
    assert "decided by lot" in drawn.stdout


def test_the_bytes_that_were_read_are_hashed(tmp_path: Path) -> None:
    wide = WARD.encode("utf-16")
    file = tmp_path / "wide.blt"
    file.write_bytes(wide)

    assert as_json(file)["input"]["sha256"] == sha256(wide).hexdigest()
    assert read_file(wide, "blt", "ranked").encoding.startswith("UTF-16")


QUORUM = ("--method", "plurality", "--seats", "1", "--entitled", "1000", "--quorum", "1/2")


@pytest.mark.parametrize("kind", ["text", "html", "csv", "json"])
def test_a_report_says_plainly_that_nobody_is_elected_where_a_quorum_is_missed(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "board.blt"
    file.write_text('2 1\n3 1 0\n1 2 0\n0\n"Ada"\n"Bob"\n"Board"\n')
    done = CliRunner().invoke(command, [str(file), *QUORUM, "--report", kind])
    assert done.exit_code == 0, done.output
    if kind == "json":
        report = json.loads(done.stdout)
        assert (report["elected"], report["account"]["winners"], report["outcome"]["elected"]) == ([], [1], [])
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert [row["status"] for row in rows if row["section"] == "elected"] == []
        assert [row["status"] for row in rows if row["section"] == "by the count alone"] == ["not elected"]
    if kind == "html":
        assert "<strong>Elected: nobody</strong>" in done.stdout
        assert "By the count alone, and not elected under the conditions: 1 Ada" in done.stdout
    if kind == "text":
        assert "by the count alone: 1 Ada" in done.stdout
        assert "elected: nobody; vacant: 1" in done.stdout


def test_the_count_as_json_lists_as_elected_who_is_under_the_conditions(tmp_path: Path) -> None:
    file = tmp_path / "board.blt"
    file.write_text('2 1\n3 1 0\n1 2 0\n0\n"Ada"\n"Bob"\n"Board"\n')
    done = CliRunner().invoke(command, [str(file), *QUORUM, "--json"])
    counted = json.loads(done.stdout)
    assert (counted["elected"], counted["by_the_count"]) == ([], [{"option": 1, "name": "Ada"}])


def test_of_nobody_no_part_is_reached(tmp_path: Path) -> None:
    file = tmp_path / "board.blt"
    file.write_text('2 1\n3 1 0\n0\n"Ada"\n"Bob"\n"Board"\n')
    done = CliRunner().invoke(
        command, [str(file), "--method", "plurality", "--entitled", "0", "--quorum", "1/2", "--json"]
    )
    assert (done.exit_code, json.loads(done.stdout)["elected"]) == (0, [])
