"""Published examples with published answers."""

from ballotcast.counting import count

from .elections import aggregate, rows

# Wikipedia's and electowiki's "Tennessee example": where shall the capital be?
CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
TENNESSEE = rows("42 ABCD, 26 BCDA, 15 CDBA, 17 DCBA")


def test_tennessee_by_plurality_is_memphis() -> None:
    first = {ballot[:1]: number for ballot, number in TENNESSEE.items()}
    counted = count("plurality", options=CITIES, seats=1, ballots=first)
    assert counted.winners == (1,)
    assert counted.stages[0].votes == (42, 26, 15, 17)


def test_tennessee_by_approval_of_the_two_nearest_is_nashville() -> None:
    nearest = aggregate((tuple(sorted(ballot[:2])), number) for ballot, number in TENNESSEE.items())
    counted = count("approval", options=CITIES, seats=1, ballots=nearest)
    assert counted.winners == (2,)
    assert counted.stages[0].votes == (42, 68, 58, 32)


def test_tennessee_by_instant_runoff_is_knoxville() -> None:
    counted = count("irv", options=CITIES, seats=1, ballots=TENNESSEE)
    assert counted.winners == (4,)
    assert [(stage.votes, stage.excluded, stage.elected) for stage in counted.stages] == [
        ((42, 26, 15, 17), (), ()),
        ((42, 26, 0, 32), (3,), ()),
        ((42, 0, 0, 58), (2,), (4,)),
    ]


def test_instant_runoff_is_not_monotonic() -> None:
    """Wikipedia, "Monotonicity criterion": ten voters raise the winner A to the top, and A loses."""
    before = count("irv", options="ABC", seats=1, ballots=rows("39 ABC, 35 BCA, 26 CAB"))
    after = count("irv", options="ABC", seats=1, ballots=rows("49 ABC, 25 BCA, 26 CAB"))
    assert (before.winners, after.winners) == ((1,), (3,))
    assert before.stages[-1].votes == (65, 35, 0)
    assert after.stages[-1].votes == (49, 0, 51)


def test_food_for_the_party_by_stv() -> None:
    """Wikipedia, "Single transferable vote" (example of earlier editions): chocolate, oranges and strawberries."""
    food = ("Oranges", "Pears", "Chocolate", "Strawberries", "Sweets")
    ballots = rows("4 A, 2 BA, 8 CD, 4 CE, 1 D, 1 E")
    counted = count("scottish-stv", options=food, seats=3, ballots=ballots, tie="previous-stages")
    assert counted.winners == (3, 1, 4)
    described = counted.as_json()
    assert described["quota"] == "6.00000"
    assert [[vote.removesuffix(".00000") for vote in stage["votes"]] for stage in described["stages"]] == [
        ["4", "2", "12", "1", "1"],
        ["4", "2", "6", "5", "3"],
        ["6", "0", "6", "5", "3"],
        ["6", "0", "6", "5", "0"],
    ]
    assert [stage["elected"] for stage in described["stages"]] == [[3], [], [1], [4]]
    assert described["stages"][1]["transferred"] == [{"to": 4, "votes": "4.00000"}, {"to": 5, "votes": "2.00000"}]


def test_block_plurality_can_give_one_side_every_seat() -> None:
    """Three seats, three votes each: the larger of two disciplined sides takes all (the rule's well-known defect)."""
    counted = count("plurality", options="ABCDEF", seats=3, ballots={(1, 2, 3): 51, (4, 5, 6): 40, (4, 5): 9})
    assert set(counted.winners) == {1, 2, 3}
    assert counted.stages[0].votes == (51, 51, 51, 49, 49, 40)


def test_a_paper_passed_on_twice_is_cut_to_five_decimals_each_time() -> None:
    """By hand, after SSI 2011/399 rule 49(3): 15 ballots for 3 seats, quota 15 // 4 + 1 = 4.

    A has 7, surplus 3: 3 × 1 ÷ 7 = 0.42857(1) a paper; 4 × 0.42857 = 1.71428 to B, 3 × 0.42857 = 1.28571 to C.
    B has 4.71428, surplus 0.71428. To D go 3 papers at 0.71428 × 1 ÷ 4.71428 = 0.15151(4) and 4 papers at
    0.71428 × 0.42857 ÷ 4.71428 = 0.06493(3), together 0.45453 + 0.25972 = 0.71425.
    """
    counted = count("scottish-stv", options="ABCDE", seats=3, ballots=rows("4 ABD, 3 AC, 3 BD, 3 E, 2 D")).as_json()
    assert counted["quota"] == "4.00000"
    _, second, third = counted["stages"][:3]
    assert (second["action"], second["option"], second["elected"]) == ("surplus", 1, [2])
    assert second["votes"] == ["4.00000", "4.71428", "1.28571", "2.00000", "3.00000"]
    assert (second["rounding"], second["non_transferable"]) == ("0.00001", "0.00000")
    assert (third["action"], third["option"]) == ("surplus", 2)
    assert third["transferred"] == [{"to": 4, "votes": "0.71425"}]
    assert third["votes"] == ["4.00000", "4.00000", "1.28571", "2.71425", "3.00000"]
    assert third["rounding"] == "0.00004"
