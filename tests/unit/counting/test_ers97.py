"""ERS97 against counts that others made by it, and its own turns: what no rule of the same family has."""

from collections.abc import Mapping
from typing import Any

from ballotcast.counting import Ballots, count

from .elections import rows

NAMES = ("Hall", "Jennings", "O'Brien", "Poblete", "Roberts", "van Couvering")
# First preferences, and where the papers of each batch went that the result sheet shows: the rest is not known.
NAMES_COUNCIL: Ballots = {
    (2, 1, 4): 7,
    (2, 1, 6): 4,
    (2, 1): 6,
    (2, 3, 1): 2,
    (2, 3, 4): 1,
    (2, 3, 6): 1,
    (2, 4): 7,
    (2, 5): 2,
    (2, 6): 2,
    (2,): 2,
    (3, 4): 3,
    (3, 5): 1,
    (3, 6): 1,
    (1, 4): 1,
    (1, 5): 1,
    (1, 6): 1,
    (4,): 14,
    (5,): 20,
    (6,): 13,
}


def votes(counted: Mapping[str, Any], *options: int) -> list[list[str]]:
    return [[stage["votes"][option - 1] for option in options] for stage in counted["stages"]]


def test_the_names_council_of_1999_as_the_society_s_own_company_counted_it() -> None:
    """Result sheet of the ccTLD constituency's election, August 1999: 89 votes, three seats, four stages."""
    counted = count("ers97", options=NAMES, seats=3, ballots=NAMES_COUNCIL, tie="previous-stages").as_json()
    assert counted["quota"] == "22.25"
    assert votes(counted, 1, 2, 3, 4, 5, 6) == [
        ["3.00", "34.00", "5.00", "14.00", "20.00", "13.00"],
        ["9.12", "22.25", "6.44", "16.52", "20.72", "13.72"],
        ["9.84", "22.25", "0.00", "19.88", "21.72", "15.08"],
        ["0.00", "22.25", "0.00", "23.40", "22.72", "17.52"],
    ]
    assert [stage["elected"] for stage in counted["stages"]] == [[2], [], [], [5, 4]]
    # 11.75 for 32 papers is 0.36 each; what is left is the "nondistributable remainder".
    assert [stage["rounding"] for stage in counted["stages"]] == ["0.00", "0.23", "0.23", "0.23"]


def test_a_students_union_as_openstv_counted_it() -> None:
    """UCL, hockey club, March 2021: elected below the quota, by the active vote."""
    counted = count("ers97", options="OJR", seats=2, ballots=rows("5 A, 17 BA, 3 B")).as_json()
    assert counted["quota"] == "8.34"
    assert votes(counted, 1, 2) == [["5.00", "20.00"], ["16.56", "8.34"]]
    assert (counted["stages"][1]["rounding"], counted["winners"]) == ("0.10", [2, 1])


def test_several_are_excluded_together_and_no_surplus_is_transferred_that_changes_nothing() -> None:
    counted = count("ers97", options="ABCDE", seats=2, ballots=rows("12 A, 8 B, 6 C, 2 DB, 1 EB")).as_json()
    assert [(stage["action"], stage["excluded"], stage["elected"]) for stage in counted["stages"]] == [
        ("first-preferences", [], [1]),
        ("exclusion", [4, 5], [2]),
    ]
    assert "option" not in counted["stages"][1]
    assert counted["stages"][1]["transferred"] == [{"to": 2, "votes": "3.00"}]


def test_the_quota_falls_until_somebody_is_elected() -> None:
    counted = count("ers97", options="ABCD", seats=2, ballots=rows("5 A, 5 B, 5 C, 3 D")).as_json()
    assert [stage["quota"] for stage in counted["stages"]] == ["6.00", "5.00"]
    # Three have the quota and two seats are free: nobody is elected yet (5.6.2), and a lot excludes one of them.
    assert [(tie["decides"], tie["by"]) for tie in counted["ties"]] == [("exclusion", "lot"), ("election-order", "lot")]


def test_equal_votes_go_by_the_earliest_point_not_the_latest() -> None:
    """B is ahead of C at first, C ahead of B after D's papers; E's make them equal."""
    ballots = rows("7 A, 4 B, 3 C, 2 DC, 1 EB, 2 E")
    counted = count("ers97", options="ABCDE", seats=1, ballots=ballots, tie="previous-stages")
    assert [(tie.options, tie.by, tie.order) for tie in counted.ties] == [((2, 3), "previous-stages", (2, 3))]
    assert [stage.excluded for stage in counted.stages] == [(), (4,), (5,), (3,)]


def test_only_the_last_batch_of_papers_gives_a_surplus() -> None:
    """B gets its surplus from A's papers, so B's own first preferences do not continue."""
    counted = count("ers97", options="ABCD", seats=3, ballots=rows("40 ABC, 18 BD, 15 C, 14 D")).as_json()
    assert counted["quota"] == "21.75"
    third = counted["stages"][2]
    assert (third["action"], third["option"], [one["to"] for one in third["transferred"]]) == ("surplus", 2, [3])
