"""Event patterns: what each rule lets through, and what the template's patterns do with real records."""

import json
import re
from typing import Any

import pytest

from ballotcast_tools.runtime.services.streams import Change
from ballotcast_tools.runtime.sources.filters import UnknownPattern, any_of
from ballotcast_tools.runtime.sources.stream_events import Record
from checkout import ROOT

PATTERNS = [json.loads(found) for found in re.findall(r"Pattern: '(\{.*\})'", (ROOT / "template.yaml").read_text())]


def pattern_with(text: str) -> dict[str, Any]:
    [found] = [pattern for pattern in PATTERNS if text in json.dumps(pattern)]
    return dict(found)


@pytest.mark.parametrize(
    ("rules", "passing", "refused"),
    [
        (["a", "b"], ["a", "b", ["x", "b"]], ["c", "", None, ["x"], {"a": 1}]),
        ([1], [1, [0, 1]], ["1", True, 1.5]),
        ([True], [True], [1, "true"]),
        ([None], [None], ["", "null"]),
        ([{"prefix": "VOTER#"}], ["VOTER#", "VOTER#e1", ["x", "VOTER#"]], ["voter#", "", None, 7]),
        ([{"exists": True}], ["", None, 0, []], [{}, {"inner": 1}]),
        ([{"prefix": "a"}, "b"], ["ab", "b"], ["c"]),
    ],
)
def test_rules(rules: list[Any], passing: list[Any], refused: list[Any]) -> None:
    passes = any_of([{"name": rules}])
    assert [one for one in passing if not passes({"name": one})] == []
    assert [one for one in refused if passes({"name": one})] == []
    assert not passes({})


def test_what_is_absent_does_not_exist_however_much_of_its_path_is_missing() -> None:
    passes = any_of([{"a": {"b": {"c": [{"exists": False}]}}}])
    assert all(passes(record) for record in ({}, {"a": {}}, {"a": {"b": {}}}, {"a": "text"}, {"a": {"b": {"d": 1}}}))
    assert not passes({"a": {"b": {"c": "here"}}})


def test_all_members_must_match_and_any_pattern() -> None:
    passes = any_of([{"a": ["1"], "b": ["2"]}, {"c": ["3"]}])
    assert passes({"a": "1", "b": "2"})
    assert passes({"a": "1", "c": "3"})
    assert not passes({"a": "1"})
    assert any_of([])({"anything": 1})


@pytest.mark.parametrize(
    "pattern",
    [
        {"a": [{"anything-but": ["x"]}]},
        {"a": [{"numeric": ["<", 5]}]},
        {"a": [{"prefix": "x", "suffix": "y"}]},
        {"a": [{"exists": "true"}]},
        {"a": "text"},
        {"a": []},
        {"a": [["x"]]},
        {},
        {"a": {}},
    ],
)
def test_a_rule_that_is_not_known_is_refused_when_it_is_read(pattern: dict[str, Any]) -> None:
    with pytest.raises(UnknownPattern):
        any_of([pattern])


def record(event: str, new: dict[str, str] | None, old: dict[str, str] | None = None, **keys: str) -> dict[str, Any]:
    def item(members: dict[str, str] | None) -> str | None:
        return None if members is None else json.dumps({name: {"S": value} for name, value in (keys | members).items()})

    return Record(Change(1, "Table", event, item({}) or "", item(old), item(new), 0.0)).filtered


CREDENTIAL = {"blinded_sha256": "cd"}


@pytest.mark.parametrize(
    ("event", "new", "old", "pk", "passes"),
    [
        ("MODIFY", CREDENTIAL, {}, "VOTER#e1#ab", True),  # issued
        ("MODIFY", CREDENTIAL, CREDENTIAL, "VOTER#e1#ab", False),  # issued before
        ("MODIFY", {}, {}, "VOTER#e1#ab", False),
        ("MODIFY", {}, CREDENTIAL, "VOTER#e1#ab", False),
        ("INSERT", CREDENTIAL, None, "VOTER#e1#ab", False),
        ("REMOVE", None, CREDENTIAL, "VOTER#e1#ab", False),
        ("MODIFY", CREDENTIAL, {}, "ELECTION#e1", False),
    ],
)
def test_the_census_is_told_of_a_credential_when_it_is_issued(
    event: str, new: dict[str, str] | None, old: dict[str, str] | None, pk: str, *, passes: bool
) -> None:
    assert any_of([pattern_with("blinded_sha256")])(record(event, new, old, pk=pk, sk="x")) is passes


def test_the_others_are_told_of_ballots_publications_and_transitions() -> None:
    ballots, published = any_of([pattern_with("BALLOT#")]), any_of([pattern_with("CHECKPOINT")])
    begun = any_of([pattern_with("repairing")])
    assert ballots(record("INSERT", {"b": "…"}, pk="BALLOT#e1#ab", sk="ab"))
    assert not ballots(record("INSERT", {}, pk="LOG#e1", sk="CHECKPOINT"))
    assert published(record("MODIFY", {}, pk="LOG#e1", sk="CHECKPOINT"))
    assert published(record("INSERT", {}, pk="LOG#e1", sk="RESULT"))
    assert not published(record("INSERT", {}, pk="LOG#e1", sk="HEAD"))
    assert begun(record("MODIFY", {"status": "stopping"}, pk="CHANNEL#a", sk="META"))
    assert not begun(record("MODIFY", {"status": "active"}, pk="CHANNEL#a", sk="META"))
    assert not begun(record("REMOVE", None, pk="CHANNEL#a", sk="META"))
    assert len(PATTERNS) == 4
