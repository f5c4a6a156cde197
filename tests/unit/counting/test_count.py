"""What every rule does at its edges, and the account as JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import RULES, Action, Count, count, require_countable
from ballotcast.counting.ballots import Kind, parse_ballot
from ballotcast.counting.result import in_votes
from effort import examples

from .elections import aggregate, cast_as, rows

METHODS = list(RULES)
THREE = ("Ada", "Björn", "Chloé")


def tally(method: str, rankings: dict[tuple[int, ...], int], **settings: Any) -> Count:
    """Count rankings as ballots of the kind that the method reads."""
    ballots = aggregate((cast_as(RULES[method].ballot, ranking), number) for ranking, number in rankings.items())
    return count(method, **{"options": THREE, "seats": 1, "ballots": ballots, **settings})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("ballots", "settings", "blank"),
    [
        ({}, {}, 0),
        ({(): 7}, {}, 7),
        ({(1,): 0}, {}, 0),
        ({}, {"options": ()}, 0),
        ({(): 3}, {"options": ()}, 3),
        ({(1,): 2, (1, 2): 3, (3,): 1}, {"withdrawn": (1, 2, 3)}, 6),
        ({(2,): 2, (): 1}, {"withdrawn": (2,)}, 3),
    ],
    ids=[
        "no ballots",
        "all blank",
        "none cast",
        "no options",
        "nothing to vote on",
        "all withdrawn",
        "only withdrawn named",
    ],
)
def test_without_a_valid_ballot_nobody_wins(
    method: str, ballots: dict[tuple[int, ...], int], settings: dict[str, Any], blank: int
) -> None:
    counted = tally(method, ballots, **settings)
    assert (counted.winners, counted.stages, counted.ties, counted.quota) == ((), (), (), 0)
    assert (counted.ballots, counted.blank, counted.valid) == (blank, blank, 0)


@pytest.mark.parametrize("method", METHODS)
def test_one_candidate_with_one_vote_wins(method: str) -> None:
    counted = tally(method, {(1,): 1, (): 5}, options=["Ada"])
    assert counted.winners == counted.stages[-1].elected == (1,)
    assert (counted.ballots, counted.blank, counted.valid) == (6, 5, 1)


# Where seats go by an order of all options, or by who is left, they go to anyone who stands; elsewhere nobody is
# elected whom no ballot names.
ORDERED = {"schulze", "ranked-pairs", "minimax", "majority-judgment"}
ALL_WHO_STAND = {"scottish-stv", "wigm-stv", "ers97", "meek-stv", *ORDERED}


@pytest.mark.parametrize("method", [method for method, rule in RULES.items() if not rule.one_seat])
def test_more_seats_than_candidates(method: str) -> None:
    counted = tally(method, {(1,): 3, (2,): 2}, seats=5)
    assert counted.winners == ((1, 2, 3) if method in ALL_WHO_STAND else (1, 2))
    assert counted.ties == ()
    assert counted.why.endswith(".")


ANYTHING = st.recursive(
    st.integers(-2, 5) | st.none() | st.text(max_size=1), lambda inner: st.lists(inner, max_size=4).map(tuple)
)


@pytest.mark.parametrize("method", METHODS)
@given(
    ballots=st.dictionaries(st.lists(ANYTHING, max_size=4).map(tuple), st.integers(0, 3), max_size=5),
    withdrawn=st.sets(st.integers(1, 3)),
    limit=st.none() | st.integers(1, 4),
)
@examples(40)
def test_whatever_the_ballots_they_are_valid_blank_or_spoilt(
    method: str, ballots: Any, withdrawn: set[int], limit: int | None
) -> None:
    counted = count(method, options=THREE, seats=1, ballots=ballots, withdrawn=withdrawn, limit=limit)
    assert counted.ballots == sum(ballots.values()) == counted.blank + counted.spoilt + counted.valid
    assert not set(counted.winners) & withdrawn


@pytest.mark.parametrize("method", METHODS)
def test_a_withdrawn_option_passes_its_ballots_on(method: str) -> None:
    counted = tally(method, {(1, 2): 3, (2,): 1, (3,): 2}, withdrawn=[1])
    assert counted.winners == (2,)
    assert counted.withdrawn == (1,)
    assert counted.valid == 6
    assert all(stage.votes[0] == 0 for stage in counted.stages)
    assert all(1 not in stage.elected for stage in counted.stages)


def test_the_quota_leaves_out_blank_ballots() -> None:
    counted = tally("scottish-stv", {(1,): 3, (2,): 2, (): 95}, seats=2)
    assert in_votes(counted.quota, counted.decimals) == "2.00000"
    assert counted.winners == (1, 2)


def test_exactly_half_is_no_majority() -> None:
    counted = tally("irv", {(1,): 2, (2,): 1, (3, 2): 1}, tie="previous-stages")
    assert len(counted.stages) > 1
    assert tally("irv", {(1,): 3, (2,): 1, (3, 2): 1}).stages[0].elected == (1,)


def test_whoever_has_exactly_the_quota_has_no_surplus() -> None:
    ballots = rows("4 AB, 2 B, 3 C, 1 DC")
    counted = count("scottish-stv", options="ABCD", seats=2, ballots=ballots)
    assert (counted.quota, counted.stages[0].elected) == (400000, (1,))
    assert [(stage.action, stage.option, stage.votes[0]) for stage in counted.stages] == [
        (Action.FIRST_PREFERENCES, 0, 400000),
        (Action.EXCLUSION, 4, 400000),
    ]
    assert counted.winners == (1, 3)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"method": "dictatorship"}, "dictatorship"),
        ({"tie": "alphabet"}, "alphabet"),
        ({"seats": 0}, "At least 1"),
        ({"method": "irv", "seats": 2}, "one seat"),
        ({"withdrawn": (4,)}, "withdrawn"),
        ({"withdrawn": (0,)}, "withdrawn"),
        ({"ballots": {(1,): -1}}, "negative"),
    ],
)
def test_a_programmer_s_mistake_is_a_value_error_that_names_it(settings: dict[str, Any], word: str) -> None:
    right = {"method": "plurality", "options": THREE, "seats": 1, "ballots": {(1,): 1}}
    with pytest.raises(ValueError, match=word):
        count(**{**right, **settings})


@pytest.mark.parametrize("method", METHODS)
def test_settings_that_can_be_counted_are_accepted(method: str) -> None:
    require_countable(method, seats=1, tie="lot")
    require_countable(method, seats=1, tie="previous-stages")
    if not RULES[method].one_seat:
        require_countable(method, seats=9, tie="lot")


SPOILT: dict[str, list[tuple[Any, ...]]] = {
    "choice": [(1, 1), (4,), (0,), (-1,), (1, 2, 3), ((1, 2),), (None,)],
    "ranked": [(1, 1), (2, 1, 2), (4,), (0,), (-1,), (1, 2, 3), ((1, 2), 1), ((),), (None,)],
    "points": [
        ((1, 1), (1, 1)),
        ((4, 1),),
        ((0, 1),),
        ((1, -1), (2, 2)),
        ((1, 3),),
        ((1, 1), (2, 2)),
        ((1,),),
        (1,),
        ((4, 0),),
    ],
    "scores": [((1, 5), (1, 4)), ((4, 1),), ((0, 1),), ((1, -1),), ((1, 3),), ((1,),), (1,), ((1, None),)],
}


@pytest.mark.parametrize("method", METHODS)
def test_a_bad_ballot_is_told_as_spoilt_and_counted_nowhere_else(method: str) -> None:
    """An option twice, an option unknown, more options or a higher score than the limit of 2, another form."""
    good = cast_as(RULES[method].ballot, (2,), options=1)
    bad = dict.fromkeys(SPOILT[RULES[method].ballot], 7)
    counted = count(method, options=THREE, seats=1, ballots={good: 1, (): 2, **bad}, limit=2)
    assert (counted.ballots, counted.blank, counted.spoilt, counted.valid) == (3 + 7 * len(bad), 2, 7 * len(bad), 1)
    assert counted.winners == (2,)
    assert counted.as_json()["spoilt"] == 7 * len(bad)
    alone = count(method, options=THREE, seats=1, ballots={good: 1, (): 2}, limit=2)
    assert alone.stages == counted.stages


@pytest.mark.parametrize("method", [method for method, rule in RULES.items() if not rule.equal])
def test_equal_ranks_spoil_a_ballot_where_the_rule_cannot_read_them(method: str) -> None:
    assert count(method, options=THREE, seats=1, ballots={((1, 2), 3): 4}).spoilt == 4


def test_the_highest_score_is_what_a_byte_can_hold() -> None:
    counted = count("score", options=THREE, seats=1, ballots={((1, 254),): 1, ((2, 255),): 1})
    assert (counted.valid, counted.spoilt, counted.stages[0].votes) == (1, 1, (254, 0, 0))


@pytest.mark.parametrize(
    ("text", "kind", "ballot"),
    [
        ("", "ranked", ()),
        ("  ", "scores", ()),
        ("3,1,2", "ranked", (3, 1, 2)),
        (" 3 , 1 = 2 ", "ranked", (3, (1, 2))),
        ("4=1=2,3", "ranked", ((1, 2, 4), 3)),
        ("3,1", "choice", (3, 1)),
        ("2:0,1:5", "scores", ((1, 5), (2, 0))),
        ("255", "choice", (255,)),
    ],
)
def test_a_ballot_is_read_as_people_write_it(text: str, kind: Kind, ballot: Any) -> None:
    assert parse_ballot(text, kind) == ballot


@pytest.mark.parametrize("kind", ["ranked", "choice", "scores"])
@pytest.mark.parametrize(
    "text", ["a", "1,,2", "1;2", "-1", "1:2:3", "1=2:3", "1:", "=1", "1.5", "٣", "9999", ",", "1:5,2"]
)
def test_what_is_no_ballot_is_refused(text: str, kind: Kind) -> None:
    with pytest.raises(ValueError, match="is not a ballot such as"):
        parse_ballot(text, kind)


def test_a_score_is_no_rank_and_a_rank_no_score() -> None:
    """As tuples, a tie of options 1 and 5 and a 5 for option 1 are the same; as text they never are."""
    for text, kind in (("1:5", "ranked"), ("1:5", "choice"), ("1=5", "scores"), ("1", "scores")):
        with pytest.raises(ValueError, match="such as"):
            parse_ballot(text, kind)


def only_canonical_types(value: Any) -> bool:
    match value:
        case dict():
            return all(type(key) is str and only_canonical_types(item) for key, item in value.items())
        case list():
            return all(map(only_canonical_types, value))
        case _:
            return type(value) in (str, int, bool)


@pytest.mark.parametrize("method", METHODS)
def test_the_account_is_plain_json_without_floats_or_nulls(method: str) -> None:
    described = tally(method, rows("5 AB, 5 BA, 2 C"), seed=b"\x01\xff").as_json()
    assert only_canonical_types(described)
    assert json.loads(json.dumps(described)) == described
    assert described["seed"] == "01ff"


def test_the_whole_account_of_a_small_count() -> None:
    """SHA-256("ballotcast/lot/1\\nboard\\n1\\n3") is below the hash that ends in option 2, so option 3 stays."""
    counted = tally("irv", rows("3 A, 2 BC, 2 CA"), tie="lot", seed=b"", contest="board")
    assert counted.as_json() == {
        "method": "irv",
        "contest": "board",
        "seats": 1,
        "tie": "lot",
        "seed": "",
        "withdrawn": [],
        "ballots": 7,
        "blank": 0,
        "spoilt": 0,
        "valid": 7,
        "winners": [3],
        "why": "Chloé has 4 of the 7 votes that count at stage 2, more than half; a tie was decided by lot.",
        "stages": [
            {
                "stage": 1,
                "action": "first-preferences",
                "votes": ["3", "2", "2"],
                "transferred": [],
                "non_transferable": "0",
                "rounding": "0",
                "elected": [],
                "excluded": [],
            },
            {
                "stage": 2,
                "action": "exclusion",
                "option": 2,
                "votes": ["3", "0", "4"],
                "transferred": [{"to": 3, "votes": "2"}],
                "non_transferable": "0",
                "rounding": "0",
                "elected": [3],
                "excluded": [2],
            },
        ],
        "ties": [
            {"stage": 1, "decides": "exclusion", "options": [2, 3], "by": "lot", "order": [3, 2]},
        ],
    }


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [(0, 0, "0"), (12, 0, "12"), (0, 5, "0.00000"), (13000041, 5, "130.00041"), (7, 5, "0.00007")],
)
def test_units_are_written_as_votes(units: int, decimals: int, text: str) -> None:
    assert in_votes(units, decimals) == text
