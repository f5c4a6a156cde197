"""Files of every format but BLT, broken at random: none elects anybody else without a word.

A broken file is refused, or something is said about it that was not said before, or it elects the same; or it is just
another valid file, by a strict grammar of what its writer writes (`is_valid`), which no reader can tell from the first.
"""

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import read_file
from ballotcast.counting.reading import Reading
from ballotcast.counting.rules import count
from spreadsheet_files import xlsx

from .test_dialect_profiles import NAMES, Profile, abif, cef, is_plain
from .test_records import cdf, dominion, packed

OPTIONS = CsvChoices(options=NAMES)
CHARACTERS = [*"> =,:;*^#/[]{}()\n\"'019Acx.|-\t", "  ", "||", "//", "\u200b", "true", "null", "ö"]
DOMINION = (
    "Board 2026,5.10.50.85" + "," * 13 + "\n",
    "," * 3 + ",".join(['"Mayor (Number of positions=1, Number of ranks=3)"'] * 12) + "\n",
    "," * 3 + ",".join(f"{name}({rank})" for rank in (1, 2, 3) for name in NAMES) + "\n",
    "CvrNumber,BatchId,PrecinctPortion" + "," * 12 + "\n",
)


def rankings(drawn: random.Random) -> list[list[int]]:
    return [drawn.sample(range(1, 5), drawn.randint(0, 4)) for _ in range(drawn.randint(2, 9))]


def profile(ballots: list[list[int]]) -> Profile:
    return Counter(tuple((option,) for option in ballot) for ballot in ballots)


def table(ballots: list[list[int]]) -> list[list[str]]:
    rows = [[NAMES[option - 1] for option in ballot] + [""] * (4 - len(ballot)) for ballot in ballots]
    return [["ballot id", "1st", "2nd", "3rd", "4th"], *([f"b{at}", *row] for at, row in enumerate(rows))]


def as_csv(ballots: list[list[int]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table(ballots))
    return text.getvalue()


def as_dominion_csv(ballots: list[list[int]]) -> str:
    lines = list(DOMINION)
    for number, ballot in enumerate(ballots, 1):
        marks = [int(ballot[rank : rank + 1] == [option]) for rank in range(3) for option in range(1, 5)]
        lines.append(f"{number},1,P1,{','.join(map(str, marks))}\n")
    return "".join(lines)


def as_pabulib(ballots: list[list[int]]) -> str:
    head = f"META\nkey;value\nnum_projects;4\nnum_votes;{len(ballots)}\nvote_type;approval\nPROJECTS\n"
    projects = "".join(f"{number};{name}\n" for number, name in enumerate(NAMES, 1))
    votes = "".join(f"{at};{','.join(map(str, sorted(ballot)))}\n" for at, ballot in enumerate(ballots, 1))
    return f"{head}project_id;name\n{projects}VOTES\nvoter_id;vote\n{votes}"


def marks(ballots: list[list[int]]) -> list[list[tuple[str, int]]]:
    """Of the first three options, which the records of `test_records` have."""
    return [
        [("abc"[option - 1], rank) for rank, option in enumerate([o for o in ballot if o < 4], 1)] for ballot in ballots
    ]


WRITERS: dict[str, Callable[[list[list[int]]], str]] = {
    "abif": lambda ballots: abif(profile(ballots), " "),
    "cef": lambda ballots: cef(profile(ballots), " "),
    "pabulib": as_pabulib,
    "cdf": lambda ballots: json.dumps(cdf(marks(ballots))),
    "dominion": lambda ballots: json.dumps(dominion(marks(ballots))),
    "dominion csv": as_dominion_csv,
    "csv": as_csv,
    "xlsx": as_csv,
}
RECORDS = CsvChoices(contest="Mayor", options=("Ada", "Ben", "Cleo"))
CHOICES = {"cdf": RECORDS, "dominion": RECORDS}


def data_of(name: str, text: str) -> bytes:
    """A text as a file of the format. Raises ValueError where no such file can be made of it."""
    if name == "dominion":
        return packed(json.loads(text))
    return xlsx({"Ballots": list(csv.reader(StringIO(text), strict=True))}) if name == "xlsx" else text.encode()


def read(name: str, data: bytes) -> Reading:
    kind = "choice" if name == "pabulib" else "ranked"
    found = {"dominion csv": "csv", "xlsx": "spreadsheet"}.get(name, name)
    return read_file(data, found, kind, {}, CHOICES.get(name, OPTIONS))


def elected(reading: Reading) -> list[object]:
    file = reading.file
    methods = ("plurality", "schulze") if file.kind == "ranked" else ("approval",)
    done = [
        count(method, options=file.options, seats=1, ballots=file.ballots_for(method), tie="previous-stages")
        for method in methods
    ]
    return ["tie" if one.ties else [file.options[number - 1] for number in one.winners] for one in done]


def is_valid(name: str, before: str, text: str) -> bool:
    """Whether a broken text is as the writer might have written it, of other ballots."""
    if name in ("abif", "cef"):
        lines = [line for line in text.split("\n") if line.strip()]
        # Ballots of ABIF may be between the names of options.
        return is_plain(name, "\n".join(sorted(lines, key=lambda line: name == "abif" and not line.startswith("="))))
    if name in ("cdf", "dominion"):
        return _without_votes(before) == _without_votes(text)
    old, new = before.split("\n"), text.split("\n")
    head = {"pabulib": 13, "dominion csv": 4}.get(name, 1)
    if old[:head] != new[:head]:
        return False
    rows = [line for line in new[head:] if line.strip()]
    if name == "pabulib":
        return all(re.fullmatch(r"[0-9]+;(?:[1-4](?:,[1-4])*)?", row) for row in rows)
    if name == "dominion csv":
        return all(re.fullmatch(r"[^,\"]+,[^,\"]*,[^,\"]*(?:,[01]){12}", row) for row in rows)
    ranked = "|".join(map(re.escape, NAMES))
    fits = (4).__ge__ if name == "xlsx" else (4).__eq__  # where a row ends, a sheet has empty cells
    return all(re.fullmatch(rf"[^,\"]+(?:, *(?:{ranked}) *)*(?:, *)*", row) and fits(row.count(",")) for row in rows)


def _without_votes(text: str) -> str:
    text = re.sub(r'"ContestSelectionId": "[abcw]"|"CandidateId": [1239]\b', "option", text)
    return re.sub(r'"Rank": [0-9]+', "rank", text)


def broken(drawn: random.Random, text: str) -> str:
    """The text with one fault."""
    at, lines = drawn.randrange(len(text)), text.split("\n")
    line = drawn.randrange(len(lines))
    match drawn.randrange(9):
        case 0:
            return text[:at]
        case 1:
            del lines[line]
        case 2:
            lines.insert(line, lines[drawn.randrange(len(lines))])
        case 3:
            lines[line : line + 2] = ["".join(lines[line : line + 2])]
        case 4:
            name = drawn.choice([*NAMES, "Cleo", "Ada"])
            return text.replace(name, drawn.choice([name.upper(), name[:-1], name + "s", "", "None"]), 1)
        case 5:
            lines[line] = drawn.choice([lines[line][::-1], lines[line] + lines[line], " ", lines[line].swapcase()])
        case _:
            new = drawn.choice(CHARACTERS) * drawn.randint(0, 1)
            return text[:at] + new + text[at + drawn.randint(0 if new else 1, 2) :]
    return "\n".join(lines)


def kinds(reading: Reading) -> set[str]:
    """The warnings without their figures."""
    return {re.sub("[0-9]+", "", warning) for warning in reading.warnings}


def became(name: str, seed: int) -> tuple[str, str]:
    """The outcome of the file that a seed breaks, and its text."""
    drawn = random.Random(f"{name} {seed}")
    ballots = rankings(drawn)
    text = WRITERS[name](ballots)
    before = read(name, data_of(name, text))
    other = broken(drawn, text)
    try:
        after = read(name, data_of(name, other))
    except BallotFileError:
        return "refused", other
    except (ValueError, csv.Error):
        return "no file", other
    if kinds(after) - kinds(before):
        return "warned", other
    if elected(after) == elected(before):
        return "same", other
    return "another valid file" if is_valid(name, text, other) else "changed", other


@pytest.mark.parametrize("name", WRITERS)
def test_no_fault_elects_anybody_else_in_silence(name: str) -> None:
    check(became, name, range(20 if name == "xlsx" else 60))


@pytest.mark.long
@pytest.mark.parametrize("name", WRITERS)
def test_of_ten_thousand_faults_none_elects_anybody_else_in_silence(name: str) -> None:
    check(became, name, range(60, 60 + 10_000 // len(WRITERS)))


def check(became: Callable[[str, int], tuple[str, str]], name: str, seeds: range) -> None:
    """`became`: the outcome of what a seed breaks, and its text."""
    found: Counter[str] = Counter()
    for seed in seeds:
        outcome, text = became(name, seed)
        found[outcome] += 1
        assert outcome != "changed", (seed, text)
    assert found["refused"] > len(seeds) // 10, found


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_a_workbook_with_a_broken_part_is_refused_or_read_as_it_was(part: str) -> None:
    ballots = [[1, 2, 3], [1, 3], [2, 1, 4], [4], [1]]
    whole = data_of("xlsx", as_csv(ballots))
    before = read("xlsx", whole)
    drawn = random.Random(part)
    for _ in range(40):
        data = BytesIO()
        with ZipFile(BytesIO(whole)) as parts, ZipFile(data, "w") as written:
            for name in parts.namelist():
                content = parts.read(name)
                if name == part:
                    at = drawn.randrange(len(content))
                    content = content[:at] + drawn.choice([b"", b"<", b">", b'"', b"7"]) + content[at + 1 :]
                written.writestr(name, content)
        try:
            after = read("xlsx", data.getvalue())
        except BallotFileError:
            continue
        assert kinds(after) - kinds(before) or elected(after) == elected(before), (part, at)
