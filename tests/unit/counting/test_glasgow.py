"""Scottish STV on real ballots: eight Glasgow wards of 2007 against a reference count, figure by figure.

A reference is a table with tabs. Column R is the round (0: first preferences), Action what its row shows; then come the
quota, the non-transferable votes and name, state and votes of each candidate. States: H hopeful, e elected with its
surplus still to transfer, E elected, D defeated. A round's figures are those of its last row; `unpend` begins a
surplus, `defeat` an exclusion.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ballotcast.counting import Action, Count, count
from ballotcast.counting.blt import format_blt, parse_blt
from ballotcast.counting.result import in_votes

ELECTIONS = Path(__file__).parents[4] / "shared" / "data" / "elections"
WARDS = [
    "Calton",
    "Govan",
    "Hillhead",
    "Langside",
    "Linn",
    "Partick-West",
    "Pollokshields",
    "Southside-Central",
]
pytestmark = pytest.mark.skipif(not ELECTIONS.is_dir(), reason="the Glasgow ballots are not on this machine")


@dataclass
class Round:
    quota: str = ""
    non_transferable: str = ""
    votes: list[str] = field(default_factory=list)
    action: Action = Action.FIRST_PREFERENCES
    option: int = 0
    elected: set[int] = field(default_factory=set)


def reference(ward: str) -> list[Round]:
    rounds: list[Round] = []
    states: list[str] = []
    with (ELECTIONS / f"glasgow-2007-{ward}.rounds.txt").open(encoding="utf-8", newline="") as file:
        for number, action, *figures in list(csv.reader(file, delimiter="\t"))[1:]:
            if action in ("log", "round", "end"):
                continue
            if int(number) == len(rounds):
                rounds.append(Round())
            this = rounds[-1]
            this.quota, this.non_transferable = figures[:2]
            this.votes = figures[4::3]
            before, states = states, figures[3::3]
            changed = (
                {i for i, (old, new) in enumerate(zip(before, states, strict=True), start=1) if old != new}
                if before
                else set()
            )
            match action:
                case "unpend":
                    this.action, (this.option,) = Action.SURPLUS, changed
                case "defeat":
                    this.action, (this.option,) = Action.EXCLUSION, changed
                case "elect":
                    this.elected |= changed
    return rounds


def counted(ward: str) -> Count:
    blt = parse_blt((ELECTIONS / f"glasgow-2007-{ward}.blt").read_bytes())
    return count("scottish-stv", options=blt.options, seats=blt.seats, ballots=blt.ballots, tie="previous-stages")


@pytest.mark.parametrize("ward", WARDS)
def test_every_figure_of_every_stage_is_the_reference_s(ward: str) -> None:
    result = counted(ward)
    ours = [
        Round(
            quota=in_votes(result.quota, 5),
            non_transferable=in_votes(stage.non_transferable, 5),
            votes=[in_votes(units, 5) for units in stage.votes],
            action=stage.action,
            option=stage.option,
            elected=set(stage.elected),
        )
        for stage in result.stages
    ]
    assert ours == reference(ward)
    assert not result.ties


@pytest.mark.parametrize("ward", WARDS)
def test_a_ward_survives_being_written_and_read(ward: str) -> None:
    blt = parse_blt((ELECTIONS / f"glasgow-2007-{ward}.blt").read_bytes())
    assert parse_blt(format_blt(blt)) == blt
