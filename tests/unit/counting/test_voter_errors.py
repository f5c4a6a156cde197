"""Overvotes, skipped ranks and duplicates: what each setting makes of them, next to a walk down each ballot."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import Count, count
from ballotcast.counting.ballots import Ballot
from ballotcast.counting.blt import read_blt
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import read_cvr
from ballotcast.counting.voter_errors import VoterErrors, ended_by
from count_command import run
from effort import examples

Cast = list[list[int]]
NAMES = ("Ada", "Ben", "Cleo", "Di")
SETTINGS = st.builds(
    VoterErrors,
    overvote=st.sampled_from(["skip", "exhaust", "exhaust-if-several-continue"]),
    skipped=st.integers(0, 3),
    duplicates=st.sampled_from(["skip", "exhaust"]),
)


def counted(ballots: dict[Ballot, int], errors: VoterErrors, method: str = "irv") -> Count:
    return count(method, options=NAMES, seats=1, ballots=ballots, errors=errors, tie="previous-stages")


def as_ballot(cast: Cast) -> Ballot:
    return tuple(rank[0] if len(rank) == 1 else tuple(rank) for rank in cast)


def preference(cast: Cast, continuing: set[int], errors: VoterErrors) -> int:
    """The option for which a ballot counts; 0 once it is exhausted."""
    seen: set[int] = set()
    gap = 0
    for rank in cast:
        if not rank:
            gap += 1
            continue
        if errors.skipped and gap >= errors.skipped:
            return 0
        gap = 0
        if errors.duplicates == "exhaust" and seen & set(rank):
            return 0
        seen |= set(rank)
        left = [option for option in rank if option in continuing]
        if len(rank) > 1 and errors.overvote == "exhaust":
            return 0
        if len(rank) > 1 and errors.overvote == "skip":
            continue
        if left:
            return left[0] if len(left) == 1 else 0
    return 0


RANK = st.one_of(
    st.just([]),
    st.integers(1, 4).map(lambda option: [option]),
    st.integers(1, 4).map(lambda option: [option]),
    st.permutations([1, 2, 3, 4]).map(lambda order: sorted(order[:2])),
)


@given(st.lists(st.lists(RANK, max_size=5), min_size=1, max_size=12), SETTINGS)
@examples(60)
def test_irv_counts_ballots_with_errors_as_a_walk_down_each_does(casts: list[Cast], errors: VoterErrors) -> None:
    ballots: dict[Ballot, int] = {}
    for cast in casts:
        ballots[as_ballot(cast)] = ballots.get(as_ballot(cast), 0) + 1
    done = counted(ballots, errors)
    continuing = {1, 2, 3, 4}
    active = list(casts)
    for stage in done.stages:
        continuing -= set(stage.excluded)
        active = [cast for cast in active if preference(cast, continuing, errors)]
        votes = [preference(cast, continuing, errors) for cast in active]
        assert list(stage.votes) == [votes.count(option) for option in range(1, 5)]
    assert done.stages or not any(preference(cast, continuing, errors) for cast in casts)
    assert (done.spoilt, done.ballots) == (0, len(casts))


@pytest.mark.parametrize(
    ("ballot", "errors", "expected"),
    [
        ((1, (2, 3), 4), VoterErrors("skip"), {1: 1, 4: 1}),
        ((1, (2, 3), 4), VoterErrors("exhaust"), {1: 1}),
        ((1, (), 2), VoterErrors(skipped=2), {1: 1, 2: 1}),
        ((1, (), 2), VoterErrors(skipped=1), {1: 1}),
        ((1, (), (), 2), VoterErrors(skipped=2), {1: 1}),
        (((), (), 2), VoterErrors(skipped=2), {}),
        ((1, 1, 2), VoterErrors(duplicates="skip"), {1: 1, 2: 1}),
        ((1, 1, 2), VoterErrors(duplicates="exhaust"), {1: 1}),
        (((0,), 2), VoterErrors("skip"), {2: 1}),
        (((0, 1, 3), 2), VoterErrors("exhaust-if-several-continue"), {1: 1, 2: 1, 3: 1}),
        ((0, (), 0, 2), VoterErrors(skipped=2), {2: 1}),
    ],
)
def test_a_ballot_goes_as_far_as_a_setting_says(ballot: Ballot, errors: VoterErrors, expected: dict[int, int]) -> None:
    """The votes of each option once those before it on the ballot are withdrawn."""
    reached = {}
    for option in range(1, 5):
        others = [number for number in range(1, 5) if number != option]
        alone = count("irv", options=NAMES, seats=1, ballots={ballot: 1}, errors=errors, withdrawn=others)
        if alone.winners:
            reached[option] = 1
    assert reached == expected


def test_a_ballot_with_an_error_is_spoilt_where_nothing_says_what_becomes_of_it() -> None:
    for ballot in (((1, 2), 3), (1, 2, 1), (1, (), 2), ((0,), 1)):
        assert counted({ballot: 1}, VoterErrors()).spoilt == 1
    assert counted({(1, 2, 1): 1}, VoterErrors(duplicates="spoil")).spoilt == 1
    assert counted({((1, 2), 3): 1}, VoterErrors("skip"), "schulze").valid == 1


def test_an_overvote_may_wait_only_under_rules_that_transfer_ballots() -> None:
    errors = VoterErrors("exhaust-if-several-continue")
    for method in ("meek-stv", "schulze", "borda"):
        with pytest.raises(ValueError, match="is for irv and scottish-stv"):
            counted({(1,): 1}, errors, method)
    assert counted({(1, (2, 3)): 1}, errors, "scottish-stv").valid == 1


def test_an_overvote_waits_until_one_of_its_options_continues() -> None:
    ballots: dict[Ballot, int] = {(1,): 4, (2,): 3, (4, (2, 3)): 2, (3, 2): 1}
    skipping = counted(ballots, VoterErrors("skip"))
    waiting = counted(ballots, VoterErrors("exhaust-if-several-continue"))
    assert (skipping.winners, waiting.winners) == ((1,), (2,))


def test_every_format_has_the_same_ballots_as_cast() -> None:
    blt = '3 1\n7 - 1 2 0\n2 1 (2 3) 1 0\n3 1 1 2 0\n0\n"Ada"\n"Ben"\n"Cleo"\n"T"\n'
    table = "count,rank 1,rank 2,rank 3\n7,,Ada,Ben\n2,Ada,Ben=Cleo,Ada\n3,Ada,Ada,Ben\n"
    marks = "count,Ada,Ben,Cleo\n7,2,3,\n"
    expected = {((), 1, 2): 7, (1, (2, 3), 1): 2, (1, 1, 2): 3}
    assert read_blt(blt).file.rankings == expected
    assert read_cvr(table).file.rankings == expected
    assert read_cvr(marks, "ranked", CsvChoices(cells="rank")).file.rankings == {((), 1, 2): 7}
    errors = VoterErrors("skip", 1, "skip")
    assert read_blt(blt).file.ballots_for("irv", errors) == read_cvr(table).file.ballots_for("irv", errors)
    # Without a switch each format has its own way with duplicates.
    assert read_blt(blt).file.ballots == {(1, 2): 7, (1, (2, 3), 1): 2, (1, 1, 2): 3}
    assert read_cvr(table).file.ballots == {(1, 2): 10, (1, (2, 3)): 2}


def test_what_ends_ballots_is_counted() -> None:
    ballots: dict[Ballot, int] = {(1, (0,), 2): 2, (1, (0,)): 5, ((), 1): 1, (2, 2, 3): 4, (2, 2): 1}
    assert list(ended_by(ballots, VoterErrors("exhaust", 1, "exhaust"), equal=False)) == [
        "4 ballots end at a duplicate, above what is ranked below.",
        "2 ballots end at an overvote, above what is ranked below.",
        "1 ballot ends at skipped ranks, above what is ranked below.",
    ]


def of(path: Path, *switches: str) -> Any:
    result = run(path, "--method", "irv", "--json", "--seed", "00", *switches)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_command_has_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text("rank 1,rank 2,rank 3\novervote,Ada,\n,,Ben\nBen,Ben,Ada\nAda,,\n", encoding="utf-8")
    assert "--overvote exhaust" in run(path, "--method", "irv").stderr
    assert of(path, "--overvote", "skip")["stages"][0]["votes"] == ["2", "2"]
    assert of(path, "--overvote", "exhaust")["blank"] == 1
    assert of(path, "--overvote", "skip", "--skipped-ranks", "2")["stages"][0]["votes"] == ["2", "1"]
    assert of(path, "--overvote", "skip", "--duplicates", "spoil")["spoilt"] == 1
    shown = run(path, "--explain", "--overvote", "exhaust").stdout
    assert "1 with an overvote" in shown
    assert "1 with an option twice" in shown
    noted = run(path, "--method", "irv", "--overvote", "exhaust").stderr
    assert "1 ballot ends at an overvote" in noted
    assert "does not name" in run(path, "--method", "irv", "--overvote", "exhaust-if-several-continue").stderr
    assert "and not for schulze" in run(path, "--method", "schulze", "--overvote", "exhaust-if-several-continue").stderr


def test_a_cast_vote_record_that_ranks_an_option_twice_is_told() -> None:
    reading = read_cvr("rank 1,rank 2,rank 3\nAda,Ada,Ben\nBen,Ada,Cy\n")
    assert reading.warnings == ["Ballots that rank an option twice: 1. The first rank counts, without --duplicates."]
    assert reading.file.ballots == {(1, 2): 1, (2, 1, 3): 1}
