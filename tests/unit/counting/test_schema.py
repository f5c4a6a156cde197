"""Every rule's account against the published JSON Schema."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.contest import Method
from ballotcast.counting import RULES, Action, Decides, Separator, TieRule, count
from effort import examples

from .elections import elections, rows
from .schema import complaints

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "count.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("method", RULES)
@given(data=st.data())
@examples(40)
def test_every_count_has_the_published_form(method: str, data: st.DataObject) -> None:
    account = count(method, **data.draw(elections(method))).as_json()
    assert complaints(SCHEMA, account, SCHEMA) == []
    assert all(len(stage["votes"]) >= len(account["winners"]) for stage in account["stages"])


def test_the_schema_s_vocabularies_are_the_program_s() -> None:
    stage, tie = SCHEMA["$defs"]["stage"]["properties"], SCHEMA["$defs"]["tie"]["properties"]
    assert set(SCHEMA["properties"]["method"]["enum"]) == set(RULES) == set(get_args(Method))
    assert set(SCHEMA["properties"]["tie"]["enum"]) == set(TieRule)
    assert set(stage["action"]["enum"]) == set(Action)
    assert set(tie["decides"]["enum"]) == set(Decides)
    assert set(tie["by"]["enum"]) == set(Separator)


def account() -> dict[str, Any]:
    return count("irv", options="ABC", seats=1, ballots=rows("3 A, 2 BC, 2 CA")).as_json()


@pytest.mark.parametrize(
    "damage",
    [
        lambda a: a.pop("why"),
        lambda a: a.update(why=""),
        lambda a: a.update(extra=1),
        lambda a: a.update(ballots=-1),
        lambda a: a.update(ballots=7.0),
        lambda a: a.update(seats=True),
        lambda a: a.update(method="coin"),
        lambda a: a.update(seed="0G"),
        lambda a: a["stages"][0].update(votes=["3", 2, "2"]),
        lambda a: a["stages"][0].update(votes=["3", "-2", "2"]),
        lambda a: a["stages"][1].pop("action"),
        lambda a: a["stages"][1]["transferred"][0].update(to=0),
        lambda a: a["ties"][0].update(by="age"),
    ],
)
def test_a_damaged_account_is_noticed(damage: Callable[[dict[str, Any]], Any]) -> None:
    damaged = copy.deepcopy(account())
    assert complaints(SCHEMA, damaged, SCHEMA) == []
    damage(damaged)
    assert len(complaints(SCHEMA, damaged, SCHEMA)) == 1
