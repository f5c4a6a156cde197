"""What the pages know of counting methods is what the rules have."""

from typing import get_args

import pytest

from ballotcast.ballots.contest import Method
from ballotcast.counting import RULES
from ballotcast.elections.draft import contests_of
from web.language import Language, languages
from web.methods import BALLOT, left_out


def test_every_method_is_offered_under_its_ballot() -> None:
    assert {method: rule.ballot for method, rule in RULES.items()} == BALLOT
    assert set(BALLOT) == set(get_args(Method))


@pytest.mark.parametrize("method", sorted(BALLOT))
def test_what_is_left_out_is_what_a_draft_gets(method: str) -> None:
    for seats in {1, 1 if RULES[method].one_seat else 2}:
        [contest] = contests_of([{"title": "t", "method": method, "options": ["a", "b", "c"], "seats": seats}])
        told = left_out(method, seats, 3)
        assert {name: getattr(contest, name) for name in told} == told


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_method_is_explained(code: str) -> None:
    explained = [str(Language(code).text(f"manage.about_{method}")) for method in BALLOT]
    assert len(set(explained)) == len(BALLOT)
