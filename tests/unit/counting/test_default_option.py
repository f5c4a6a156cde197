"""A default option: what does not beat it is dropped before the count."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import RULES, count
from count_command import run
from effort import examples

from .elections import elections, flat, rows

COMPARING = [method for method, rule in RULES.items() if rule.compares]
# A beats B and C, but D, the default, beats A.
BALLOTS = rows("3 DAB, 2 ABD, 4 BDA, 1 C")


@pytest.mark.parametrize("method", COMPARING)
def test_an_option_that_does_not_beat_the_default_takes_no_part(method: str) -> None:
    counted = count(method, options="ABCD", seats=1, ballots=BALLOTS, default=4)
    told = counted.as_json()["against_default"]
    assert told == {"option": 4, "votes": [2, 6, 1, 0], "against": [7, 3, 9, 0], "dropped": [1, 3]}
    assert counted.winners == (2,)
    assert counted.why.endswith("A and C do not beat the default option, D, and took no part.")
    left = count(method, options="ABCD", seats=1, ballots=BALLOTS, withdrawn=[1, 3])
    assert counted.stages == left.stages
    assert (counted.valid, left.valid) == (10, 9)


def test_equal_is_not_beaten_and_the_default_wins_where_all_others_are_dropped() -> None:
    counted = count("schulze", options="AB", seats=1, ballots=rows("2 A, 2 BA"), default=2)
    assert (counted.winners, counted.against_default and counted.against_default.dropped) == ((2,), (1,))


def test_a_default_that_is_withdrawn_is_none_and_other_rules_have_none() -> None:
    counted = count("schulze", options="AB", seats=1, ballots=rows("2 A, 3 BA"), default=2, withdrawn=[2])
    assert (counted.winners, "against_default" in counted.as_json()) == ((1,), False)
    for method in set(RULES) - set(COMPARING):
        with pytest.raises(ValueError, match="compares no options"):
            count(method, options="AB", seats=1, ballots={}, default=2)
    with pytest.raises(ValueError, match="not one of the 2 options"):
        count("schulze", options="AB", seats=1, ballots={}, default=3)


@given(st.sampled_from(COMPARING).flatmap(lambda method: st.tuples(st.just(method), elections(method))))
@examples(200)
def test_the_count_is_that_of_the_options_that_beat_it(drawn: tuple[str, dict[str, Any]]) -> None:
    """By comparisons made ballot by ballot."""
    method, election = drawn
    default = len(election["options"])
    counted = count(method, **election, default=default)
    gone = {*election["withdrawn"]}
    dropped = set()
    for option in range(1, default):
        above = sum(n if _prefers(b, option, default) else 0 for b, n in election["ballots"].items())
        below = sum(n if _prefers(b, default, option) else 0 for b, n in election["ballots"].items())
        dropped |= {option} if option not in gone and above <= below else set()
    if default in gone or not counted.valid:
        assert counted.against_default is None
        return
    assert counted.against_default
    assert set(counted.against_default.dropped) == dropped
    left = count(method, **{**election, "withdrawn": gone | dropped})
    assert (counted.winners, counted.stages) == (left.winners, left.stages)


def _prefers(ballot: tuple[Any, ...], one: int, other: int) -> bool:
    level = {option: at for at, rank in enumerate(ballot) for option in flat((rank,))}
    return level.get(one, 99) < level.get(other, 99)


def test_the_command_has_a_default_option(tmp_path: Path) -> None:
    path = tmp_path / "a.blt"
    path.write_text('3 1\n2 1 3 2 0\n3 3 2 1 0\n0\n"Ada"\n"Ben"\n"Further discussion"\n"Board"\n')
    printed = run(path, "--method", "schulze", "--default-option", "3")
    assert "Ada and Ben do not beat the default option, Further discussion, and took no part." in printed.output
    assert run(path, "--method", "irv", "--default-option", "3").exit_code == 2
