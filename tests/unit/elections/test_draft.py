"""What a draft must be; every error points at its field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ballotcast.ballots.contest import Contest
from ballotcast.elections.draft import CONTESTS_LENGTH, contests_of, require_window
from ballotcast.errors import Invalid
from ballotcast.faults import OTHER

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def contest(**changes: Any) -> dict[str, Any]:
    return {"title": "Council", "method": "irv", "options": ["Ada", "Bob", "Cid"], **changes}


def pointers(*given: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        contests_of(given)
    assert all(field.fault.code != OTHER for field in refused.value.errors)
    return [field.pointer for field in refused.value.errors]


def test_contests_are_numbered_and_completed() -> None:
    irv, plurality, stv = contests_of(
        [
            contest(),
            contest(method="plurality", seats=2),
            contest(method="scottish-stv", seats=2, min=1, max=3),
        ]
    )
    assert [irv.id, plurality.id, stv.id] == ["c1", "c2", "c3"]
    assert (irv.seats, irv.min, irv.max, irv.tie) == (1, 0, 3, "lot")
    assert (plurality.max, plurality.tie) == (2, "lot")
    assert (stv.min, stv.max, stv.tie) == (1, 3, "previous-stages")


def test_a_contest_with_scores_gets_a_range_of_scores() -> None:
    star, score = contests_of([contest(method="star"), contest(method="score", max=10)])
    assert (star.min, star.max, star.tie) == (0, 5, "previous-stages")
    assert (score.min, score.max, score.tie) == (0, 10, "lot")


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("40%", "40/100"),
        ("> 50 %", ">50/100"),
        ("33.5%", "335/1000"),
        ("33.50%", "335/1000"),
        ("100%", "100/100"),
        ("> 1/2", ">1/2"),
        ("2/3", "2/3"),
    ],
)
def test_parts_are_kept_as_fractions(typed: str, part: str) -> None:
    [made] = contests_of([contest(quorum=typed, threshold=typed)] if part != "100/100" else [contest(quorum=typed)])
    assert made.quorum == part
    if made.threshold:
        assert (made.threshold, made.threshold_of) == (part, "valid")


def test_texts_of_options_are_kept_as_lines() -> None:
    about = [{"statement": " One\r\ntwo\t\n"}, {"statement": "", "link": ""}, {"link": "https://example.org/cid"}]
    [made] = contests_of([contest(text="Cafe\u0301\r\r", about=about)])
    assert made.text == "Caf\u00e9"
    assert made.model_dump(mode="json")["about"] == [
        {"statement": "One\ntwo"},
        {},
        {"link": "https://example.org/cid"},
    ]
    assert contests_of([contest(text=" \n", about=[{"statement": " "}, {}, {}])]) == contests_of([contest()])


def test_conditions_that_are_switched_off_are_left_out() -> None:
    off = {"none_of_the_above": False, "abstain": False, "motion": False, "order": "fixed"}
    assert contests_of([contest(**off)]) == contests_of([contest()])
    [motion] = contests_of([contest(method="plurality", options=["Yes", "No"], motion=True, abstain=True)])
    assert motion.model_dump(mode="json") == {
        "id": "c1",
        "title": "Council",
        "method": "plurality",
        "options": ["Yes", "No"],
        "seats": 1,
        "min": 0,
        "max": 1,
        "tie": "lot",
        "abstain": True,
        "motion": True,
    }


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": ""}, "/contests/1/title"),
        ({"title": "Council\nBcc: all@example.org"}, "/contests/1/title"),
        ({"title": "x" * 201}, "/contests/1/title"),
        ({"method": "dictatorship"}, "/contests/1/method"),
        ({"options": []}, "/contests/1/options"),
        ({"options": ["Ada", "Ada"]}, "/contests/1/options"),
        ({"options": ["Ada", ""]}, "/contests/1/options/1"),
        ({"options": [f"Option {number}" for number in range(256)]}, "/contests/1/options"),
        ({"seats": 0}, "/contests/1/seats"),
        ({"seats": 2}, "/contests/1/seats"),
        ({"seats": 4, "method": "plurality"}, "/contests/1/seats"),
        ({"min": -1}, "/contests/1/min"),
        ({"max": 4}, "/contests/1/max"),
        ({"min": 3, "max": 2}, "/contests/1/max"),
        ({"tie": "coin"}, "/contests/1/tie"),
        ({"quorum": "half"}, "/contests/1/quorum"),
        ({"quorum": "0%"}, "/contests/1/quorum"),
        ({"threshold": "101%"}, "/contests/1/threshold"),
        ({"threshold": ">100%"}, "/contests/1/threshold"),
        ({"threshold": "1/2", "threshold_of": "roll"}, "/contests/1/threshold_of"),
        ({"threshold": "1/2", "method": "borda"}, "/contests/1/threshold"),
        ({"threshold_of": "valid"}, "/contests/1"),
        ({"motion": True}, "/contests/1/motion"),
        ({"none_of_the_above": True, "options": ["Ada"]}, "/contests/1/none_of_the_above"),
        ({"order": "alphabetical"}, "/contests/1/order"),
        ({"text": "a" * 2001}, "/contests/1/text"),
        ({"about": [{"statement": "a"}]}, "/contests/1/about"),
        ({"about": [{"link": "javascript:alert(1)"}, {}, {}]}, "/contests/1/about/0/link"),
        ({"about": [{}, {"statement": "a\u202eb"}, {}]}, "/contests/1/about/1/statement"),
    ],
)
def test_the_wrong_field_of_the_wrong_contest_is_named(changes: dict[str, Any], pointer: str) -> None:
    assert pointers(contest(), contest(**changes)) == [pointer]


def test_texts_are_measured_as_they_are_kept() -> None:
    """In NFC, which makes three characters of the one and one of the other two."""
    longer, shorter = "\ufb2c", "e\u0301"
    assert pointers(contest(title=longer * 200)) == ["/contests/0/title"]
    assert pointers(contest(options=[longer * 67, "Bob"])) == ["/contests/0/options/0"]
    [kept] = contests_of([contest(title=shorter * 200, options=[longer * 66, "Bob"])])
    assert kept.title == "é" * 200
    assert Contest.model_validate_json(kept.model_dump_json()) == kept


def test_every_wrong_contest_is_told_at_once() -> None:
    assert pointers(contest(title=""), contest(), contest(method="?")) == ["/contests/0/title", "/contests/2/method"]


def test_at_least_one_contest_and_no_more_than_a_manifest_holds() -> None:
    assert pointers() == ["/contests"]
    long = contest(options=[f"{number:03d} {'x' * 190}" for number in range(255)])
    assert pointers(*[long] * (CONTESTS_LENGTH // 50_000 + 1)) == ["/contests"]


def test_contests_by_committee_are_bounded_in_all() -> None:
    """20 options and 5 seats are 15,504 committees, 10 and 5 are 252: the count takes its time for each."""
    options = [f"Option {number}" for number in range(20)]
    large = contest(method="proportional-approval", options=options, seats=5)
    small = contest(method="proportional-approval", options=options[:10], seats=5)
    assert len(contests_of([large, *[small] * 17])) == 18
    assert pointers(large, *[small] * 18) == ["/contests"]
    assert len(contests_of([{**large, "method": "sequential-proportional-approval"}] * 9)) == 9


def test_an_election_closes_after_it_opens_after_now_and_before_long() -> None:
    require_window(NOW - HOUR, NOW + HOUR, NOW)
    require_window(NOW, NOW + 24 * 3660 * HOUR, NOW)
    last = datetime.max.replace(tzinfo=UTC)
    wrong = [
        (NOW + HOUR, NOW + HOUR),
        (NOW + 2 * HOUR, NOW + HOUR),
        (NOW - HOUR, NOW),
        (NOW, last),
        (last - HOUR, last),
    ]
    for opens_at, closes_at in wrong:
        with pytest.raises(Invalid) as refused:
            require_window(opens_at, closes_at, NOW)
        assert [field.pointer for field in refused.value.errors] == ["/closes_at"]
