"""A large CSV file: its rows are grouped in blocks, and what they say is what they say one by one."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import parse_cvr, read_cvr

NAMES = ["Ada", "Ben", "Chloé", "Şafak"]


def test_many_rows_with_ids_and_counts_are_the_ballots_that_a_plain_reader_finds() -> None:
    drawn = random.Random(3)
    expected: Counter[tuple[int, ...]] = Counter()
    lines = ["ballot id,1st,count,2nd,precinct,3rd"]
    for number in range(2_500):
        ranking, times = drawn.sample(range(4), drawn.randint(0, 3)), drawn.randint(0, 3)
        cells = [NAMES[option] for option in ranking] + [""] * (3 - len(ranking))
        lines.append(f"b{number},{cells[0]},{times},{cells[1]},P{number % 7},{cells[2]}")
        expected[tuple(option + 1 for option in ranking)] += times
    reading = read_cvr("\n".join(lines), "ranked", CsvChoices(options=NAMES))
    assert +Counter(reading.file.ballots) == +expected
    assert reading.ignored == ["ballot id", "precinct"]
    with pytest.raises(BallotFileError, match="line 2502: 'x' where a number of ballots is expected"):
        read_cvr("\n".join([*lines, "b,Ada,x,,P1,"]), "ranked", CsvChoices(options=NAMES))
    assert reading.line_of((4, 3, 2)) == next(
        place for place, line in enumerate(lines, 1) if ",Şafak," in line and ",Chloé," in line and line.endswith("Ben")
    )


def test_a_row_id_that_is_new_on_every_row_takes_no_memory_of_its_ballot() -> None:
    rows = "".join(f"{number},Ada,Ben\n" for number in range(1, 3_001))
    assert parse_cvr(f"ballot id,1st,2nd\n{rows}").ballots == {(1, 2): 3_000}


SCORES = """
import re, sys
from pathlib import Path
from ballotcast_cli.main import main
main(["count", sys.argv[1], "--method", "score", "--seed", "00"], standalone_mode=False)
print(re.search("VmHWM:\\s*([0-9]+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the largest memory of this program alone")
def test_a_hundred_thousand_different_ballots_of_scores_fit_into_70_mb(tmp_path: Path) -> None:
    drawn = random.Random(4)
    file = tmp_path / "scores.csv"
    with file.open("w") as opened:
        opened.write(",".join(f"Option {number}" for number in range(10)) + "\n")
        opened.writelines(",".join(drawn.choices("012345", k=10)) + "\n" for _ in range(100_000))
    ran = subprocess.run([sys.executable, "-c", SCORES, str(file)], check=True, capture_output=True, text=True)
    assert int(ran.stdout.split()[-1]) < 70_000
