"""A result in sentences: why who is elected is, ties by their name, plurals, and names that keep to themselves."""

import re
from collections.abc import Iterable
from html import unescape

from markupsafe import Markup

from ballotcast.counting import count
from ballotcast.counting.ballots import Ballot
from web.figures.contest import ContestView, show_contest
from web.figures.tables import Room
from web.language import Language


def shown(method: str, options: list[str], ballots: dict[Ballot, int], code: str = "en", seats: int = 1) -> ContestView:
    """What the page shows of a count."""
    account = count(method, options=options, seats=seats, ballots=ballots, tie="lot", seed=b"s" * 32).as_json()
    known = {"id": "c1", "title": "Contest", "method": method, "options": options, "seats": seats}
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
