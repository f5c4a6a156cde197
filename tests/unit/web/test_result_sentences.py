"""A result in sentences: why who is elected is, ties by their name, plurals, and names that keep to themselves."""

import csv
import io
import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import pytest
from markupsafe import Markup

from ballotcast.ballots.contest import Contest
from ballotcast.counting import count
from ballotcast.counting.ballots import Ballot
from recount import Recount
from web.figures.card import Card
from web.figures.contest import ContestView, show_contest
from web.figures.table_file import table_file
from web.figures.tables import Room
from web.language import Language

PLURALITY = {"id": "c1", "title": "Contest", "method": "plurality", "min": 0, "max": 1, "tie": "lot"}


def shown(method: str, options: list[str], ballots: dict[Ballot, int], code: str = "en", seats: int = 1) -> ContestView:
    """What the page shows of a count."""
    account = count(method, options=options, seats=seats, ballots=ballots, tie="lot", seed=b"s" * 32).as_json()
    elected = [{"option": option, "name": options[option - 1]} for option in account["winners"]]
    known = {"id": "c1", "title": "Contest", "method": method, "options": options, "seats": seats, "elected": elected}
    known["conditions"] = {}
    return show_contest({**known, **account, "rounds": account["stages"]}, Language(code).text, Room())


def sentences(found: Iterable[Markup]) -> str:
    return unescape(re.sub(r"<[^>]*>", "", " ".join(found)))


def test_a_tie_is_not_called_the_most_votes() -> None:
    tied = shown("plurality", ["Yes", "No"], {(1,): 1, (2,): 1})
    assert re.fullmatch(r"Result: (Yes|No)\.", sentences(tied.card.outcome))
    assert sentences(tied.why) == "Yes and No have equally many votes: 1 each. A tie was decided by lot."
    won = shown("plurality", ["Yes", "No"], {(1,): 1, (2,): 2})
    assert sentences(won.why) == "No has the most votes: 2."
    assert sentences(shown("plurality", ["Ja", "Nein"], {(1,): 1}, "de").why) == "Ja hat die meisten Stimmen: 1."


def test_why_who_reached_the_quota_and_who_did_not() -> None:
    found = shown("scottish-stv", ["Ash", "Birch", "Cedar"], {(1,): 6, (2,): 3, (3,): 2}, seats=2)
    assert sentences(found.why) == (
        "Ash reached the quota. Birch took the last seat without it, because no more options were left than seats."
    )
    assert "2 votes find no further preference." in sentences([words for _, words in found.rounds])


def test_one_vote_is_not_several() -> None:
    found = shown("irv", ["Ada", "Ben", "Cem"], {(1,): 3, (2,): 2, (3,): 1, (2, 1): 1})
    assert "1 vote finds no further preference." in sentences([words for _, words in found.rounds])


def test_a_name_keeps_its_directions_to_itself() -> None:
    """A right-to-left override in one must not turn round what follows it."""
    turned = "\u202eAda"
    found = shown("plurality", [turned, "Ben"], {(1,): 2})
    assert all(f"<bdi>{turned}</bdi>" in sentence for sentence in (*found.card.outcome, *found.why))


def concluded(
    options: list[str], votes: tuple[int, ...], *, spoilt: int = 0, voters: int = 20, **members: Any
) -> dict[str, Any]:
    """A result of a contest by plurality; the last of `votes` are blank ballots."""
    known = {**PLURALITY, "options": options, "seats": 1, **members}
    contest = Contest.model_validate(known)
    ballots: dict[Ballot, int] = {(option,): number for option, number in enumerate(votes[:-1], 1)} | {(): votes[-1]}
    account = json.loads(Recount(contest, ballots, bytes(32), spoilt=spoilt, voters=voters).published())
    elected = [{"option": option, "name": options[option - 1]} for option in account["outcome"]["elected"]]
    return {**known, **account, "elected": elected, "conditions": contest.conditions}


def card_of(result: dict[str, Any]) -> Card:
    return show_contest(result, Language("en").text, Room()).card


def said_of(result: dict[str, Any]) -> str:
    return sentences(card_of(result).outcome)


@pytest.mark.parametrize(
    ("votes", "members", "said"),
    [
        ((5, 3, 2), {}, "The motion is carried. Yes 5, No 3."),
        ((3, 5, 0), {}, "The motion is not carried. Yes 3, No 5."),
        (
            (4, 4, 0),
            {},
            "The motion is not carried. Yes 4, No 4. Votes are equal, which carries nothing; no lot is drawn.",
        ),
        (
            (5, 3, 2),
            {"threshold": "2/3", "threshold_of": "valid"},
            "The motion is not carried. Yes 5, No 3. Needed: at least 2/3 of the 8 valid ballots.",
        ),
        (
            (5, 3, 1),
            {"quorum": ">50/100"},
            "No decision: the quorum was not reached. 10 of 20 voters cast a ballot; needed: more than 50%.",
        ),
    ],
)
def test_a_motion_is_carried_or_not_or_there_is_no_decision(
    votes: tuple[int, ...], members: dict[str, Any], said: str
) -> None:
    spoilt = 1 if "quorum" in members else 0
    assert said_of(concluded(["Yes", "No"], votes, spoilt=spoilt, motion=True, **members)) == said


def test_a_seat_that_conditions_leave_vacant_is_explained() -> None:
    options = ["Ada", "Ben", "Nobody"]
    missed = concluded(options, (5, 3, 2, 1), threshold="3/5", threshold_of="ballots")
    assert said_of(missed) == (
        "Not elected, though among the first: Ada. Needed: at least 3/5 of all 11 ballots cast."
        " 1 of 1 seats stays vacant."
    )
    none = concluded(options, (2, 3, 5, 0), none_of_the_above=True)
    assert said_of(none) == "The seat fell to Nobody, and stays vacant."
    assert said_of(concluded(options, (5, 3, 2, 0), none_of_the_above=True)) == "Result: Ada."


@pytest.mark.parametrize(
    ("options", "votes", "members"),
    [
        (["Ada", "Ben"], (5, 4, 1), {"threshold": "3/5", "threshold_of": "ballots"}),
        (["Ada", "Ben"], (4, 4, 0), {"quorum": "3/4"}),
        (["Ben", "Nobody"], (4, 5, 1), {"none_of_the_above": True}),
    ],
)
def test_nobody_is_shown_as_elected_whom_a_condition_keeps_from_the_seat(
    options: list[str], votes: tuple[int, ...], members: dict[str, Any]
) -> None:
    result = concluded(options, votes, **members)
    assert result["winners"], "the count by itself has a winner"
    card = card_of(result)
    assert (card.winners, card.elected, card.margin, card.lots) == ([], 0, "", [])
    lines = list(csv.reader(io.StringIO(table_file({"contests": [result]}, Language("en").text).lstrip("\ufeff"))))
    assert [line[2] for line in lines[1:]] == ["", ""]
    reached = concluded(["Ada", "Ben"], (7, 3, 0), threshold="3/5", threshold_of="ballots", quorum="1/2")
    assert [winner.name for winner in card_of(reached).winners] == ["Ada"]
