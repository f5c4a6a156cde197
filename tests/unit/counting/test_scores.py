"""Score voting and STAR: published examples, a naive sum, and the ties that STAR decides by its own protocol."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given

from ballotcast.counting import Action, Decides, Separator, count
from effort import examples

from .elections import elections

CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")


def scored(text: str) -> dict[tuple[Any, ...], int]:
    """Ballots of scores as a textbook writes them: ``"42 5210"``: 42 ballots that score option 1 five, option 2 two …
    A dash scores nothing."""
    ballots: dict[tuple[Any, ...], int] = {}
    for row in text.split(","):
        number, marks = row.split()
        ballot = tuple((option, int(mark)) for option, mark in enumerate(marks, 1) if mark != "-")
        ballots[ballot] = ballots.get(ballot, 0) + int(number)
    return ballots


def by(method: str, text: str, **settings: Any) -> Any:
    options = "ABCDEFGH"[: len(text.split(",")[0].split()[1])]
    return count(method, **{"options": options, "seats": 1, "ballots": scored(text), **settings})


def test_tennessee_by_score_is_nashville() -> None:
    """Wikipedia, "Score voting": scores of 0 to 10 by distance."""
    ballots = {
        ((1, 10), (2, 4), (3, 2), (4, 0)): 42,
        ((1, 0), (2, 10), (3, 4), (4, 2)): 26,
        ((1, 0), (2, 6), (3, 10), (4, 6)): 15,
        ((1, 0), (2, 5), (3, 7), (4, 10)): 17,
    }
    counted = count("score", options=CITIES, seats=1, ballots=ballots)
    assert counted.stages[0].votes == (420, 603, 457, 312)
    assert counted.why == "Nashville has the most points: 603 from 100 ballots."


def test_tennessee_by_star_is_nashville() -> None:
    """Wikipedia, "STAR voting": stars of 0 to 5 by distance; Nashville and Chattanooga go into the runoff."""
    counted = by("star", "42 5210, 26 0522, 15 0354, 17 0245", options=CITIES)
    assert [stage.votes for stage in counted.stages] == [(210, 293, 237, 197), (0, 68, 32, 0)]
    assert [stage.action for stage in counted.stages] == [Action.SCORES, Action.RUNOFF]
    assert counted.winners == (2,)
    assert counted.why == (
        "Nashville and Chattanooga had the highest totals (293 and 237), and of these two 68 ballots prefer Nashville"
        " and 32 Chattanooga."
    )


def test_the_runoff_can_turn_the_totals_round() -> None:
    counted = by("star", "3 45, 2 50, 1 55")
    assert [stage.votes for stage in counted.stages] == [(27, 20), (2, 3)]
    assert (counted.winners, counted.stages[1].non_transferable) == ((2,), 1)


def test_bloc_star_fills_each_seat_by_a_runoff_of_its_own() -> None:
    counted = by("star", "6 5400, 4 0054, 1 0500", seats=3)
    assert counted.winners == (1, 2, 3)
    assert [stage.action for stage in counted.stages] == [Action.SCORES, Action.RUNOFF] * 3
    assert counted.stages[2].votes[0] == 0


def test_whoever_has_no_points_takes_no_seat() -> None:
    for method in ("score", "star"):
        counted = by(method, "3 500, 1 100", seats=3)
        assert (counted.winners, len(counted.stages)) == ((1,), 1)
        assert by(method, "3 000").winners == ()
        assert by(method, "3 000").why == "Nobody is elected."


def test_a_tie_for_the_runoff_goes_to_the_one_preferred_head_to_head() -> None:
    """B and C have 10 each behind A; three ballots prefer B, two prefer C."""
    counted = by("star", "1 520, 1 521, 1 521, 1 505, 1 543", tie="previous-stages", seed=b"x")
    (tie,) = counted.ties
    assert counted.stages[0].votes == (25, 10, 10)
    assert (tie.decides, tie.by, tie.order) == (Decides.FINALIST, Separator.HEAD_TO_HEAD, (2, 3))
    assert counted.why.endswith("; a tie was decided by head to head.")


def test_the_tied_with_the_most_losses_drop_out_first() -> None:
    """B, C and D have 3 each behind A; B beats both of the others and C beats D, each by 2 ballots to 1."""
    counted = by("star", "1 9003, 1 9020, 1 9100, 1 9210", tie="previous-stages")
    assert counted.stages[0].votes == (36, 3, 3, 3)
    (tie,) = counted.ties
    assert (tie.by, tie.order) == (Separator.HEAD_TO_HEAD, (2, 3, 4))


def test_a_circle_of_three_goes_to_lot_and_so_does_every_tie_under_lot() -> None:
    """B beats C, C beats D, D beats B, each 2:1."""
    text = "1 9321, 1 9132, 1 9213"
    drawn = {by("star", text, tie="previous-stages", seed=bytes([n])).ties[0].order[0] for n in range(20)}
    assert drawn == {2, 3, 4}
    tied = "1 520, 1 521, 1 521, 1 505, 1 543"
    ties = [by("star", tied, tie="lot", seed=bytes([n])).ties[0] for n in range(20)]
    assert {(tie.by, tie.order[0]) for tie in ties} == {(Separator.LOT, 2), (Separator.LOT, 3)}


def test_a_tied_runoff_goes_to_the_higher_total() -> None:
    counted = by("star", "1 30, 1 12", tie="previous-stages", seed=b"x")
    assert [stage.votes for stage in counted.stages] == [(4, 2), (1, 1)]
    assert (counted.winners, counted.ties[0].by) == ((1,), Separator.PREVIOUS_STAGES)


def test_a_tied_runoff_looks_at_no_earlier_seat() -> None:
    """C was in an earlier runoff and D was not, for a lot kept it out: no merit of C's. Their totals are equal, too."""
    text = "1 00400, 1 00040, 1 03000, 1 31000"
    drawn = set()
    for number in range(40):
        counted = by("star", text, seats=3, tie="previous-stages", seed=bytes([number]))
        ties = [tie for tie in counted.ties if tie.decides is Decides.SEAT and tie.options == (3, 4)]
        drawn |= {(tie.by, tie.order[0]) for tie in ties}
    assert drawn == {(Separator.LOT, 3), (Separator.LOT, 4)}


def test_the_order_of_scores_on_a_ballot_says_nothing() -> None:
    ballots = {((2, 5), (1, 0)): 3, ((1, 1), (2, 0)): 2}
    for method in ("star", "score", "majority-judgment"):
        counted = count(method, options="AB", seats=1, ballots=ballots)
        assert counted.winners == (2,), method
        in_order = {tuple(sorted(ballot)): number for ballot, number in ballots.items()}
        assert count(method, options="AB", seats=1, ballots=in_order).stages == counted.stages


def naive_totals(election: Mapping[str, Any]) -> dict[int, int]:
    totals = {option: 0 for option, _ in enumerate(election["options"], 1) if option not in election["withdrawn"]}
    for ballot, number in election["ballots"].items():
        for _ in range(number):
            for option, points in ballot:
                if option in totals:
                    totals[option] += points
    return totals


@given(elections("score"))
@examples(100)
def test_score_elects_the_highest_of_the_naive_totals(election: dict[str, Any]) -> None:
    counted = count("score", **election)
    totals = naive_totals(election)
    winning = sorted((points for points in totals.values() if points), reverse=True)[: election["seats"]]
    assert [totals[option] for option in counted.winners] == winning
    assert not counted.stages or {n: v for n, v in enumerate(counted.stages[0].votes, 1) if v} == {
        option: points for option, points in totals.items() if points
    }


def prefer(election: Mapping[str, Any], one: int, other: int) -> int:
    return sum(
        number
        for ballot, number in election["ballots"].items()
        if dict(ballot).get(one, 0) > dict(ballot).get(other, 0)
    )


@given(elections("star"))
@examples(200)
def test_star_elects_one_of_two_with_the_highest_totals_that_is_not_beaten_by_the_other(
    election: dict[str, Any],
) -> None:
    election["seats"] = 1
    counted = count("star", **election)
    totals = {option: points for option, points in naive_totals(election).items() if points}
    if len(totals) < 2:
        assert counted.winners == tuple(totals)
        return
    (winner,) = counted.winners
    votes = counted.stages[1].votes
    rivals = [
        rival
        for rival in totals
        if rival != winner
        and all(
            points <= min(totals[winner], totals[rival]) for o, points in totals.items() if o not in (winner, rival)
        )
        and prefer(election, winner, rival) == votes[winner - 1] >= votes[rival - 1] == prefer(election, rival, winner)
    ]
    assert rivals
