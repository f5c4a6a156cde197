"""Every state that a poll can reach: no promise of docs/protocol.md breaks, and each guard is needed for one."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import pytest

from protocol_model.explorer import Explored
from protocol_model.promises import (
    ALL_LINKS,
    CASTS,
    DISHONEST,
    EVERYBODY,
    TWO_CLOSERS,
    TWO_DEVICES,
    broken,
    lost,
    promises,
)
from protocol_model.voting import Cast, Rules, State, Step, Voting

WITHOUT = {
    "right_is_on_the_roll": (DISHONEST, "eligibility"),
    "one_credential_a_line": (DISHONEST, "one ballot each"),
    "issue_is_one_conditional_write": (DISHONEST, "one ballot each"),
    "ended_rights_get_nothing": (ALL_LINKS, "an end is an end"),
    "used_rights_pass_nothing_on": (ALL_LINKS, "one credential each"),
    "end_and_new_right_are_one_transaction": (ALL_LINKS, "one ballot each"),
    "credential_is_verified": (DISHONEST, "eligibility"),
    "one_ballot_a_key": (DISHONEST, "one ballot each"),
    "lower_s_only": (TWO_DEVICES, "nobody speaks for a voter"),
    "late_casts_look_again": (TWO_DEVICES, "receipts are kept"),
    "closed_receipts_are_of_the_log": (TWO_DEVICES, "receipts are kept"),
    "late_credentials_look_again": (TWO_DEVICES, "issuance receipts are kept"),
    "closed_is_closed": (TWO_DEVICES, "receipts are kept"),
    "one_write_decides_the_log": (TWO_CLOSERS, "one final log"),
    "looking_binds_nothing": (TWO_DEVICES, "no vote is lost"),
    "written_before_sent": (TWO_DEVICES, "no vote is lost"),
    "signed_once": (TWO_DEVICES, "no vote is lost"),
}
"""By the guard that is taken away: a cast of people that notices, and what breaks."""


@pytest.mark.parametrize("cast", CASTS.values(), ids=CASTS)
def test_every_promise_holds_in_every_state(cast: Cast) -> None:
    assert broken(cast, Rules()) == []


def test_the_states_are_those_in_which_something_happens() -> None:
    """Ballots are cast, by either device, and the log is signed with them: no promise holds for want of states."""
    voting = Voting(TWO_DEVICES, Rules())
    explored = Explored(voting.first, voting.moves)
    assert len(explored) > 300
    for number in range(2):
        won = [state for state in explored if state.devices[number].step is Step.CAST]
        assert any(state.devices[1 - number].step is Step.REFUSED for state in won)
        assert any(log.ballots for state in won for log in state.final)


@pytest.mark.parametrize("cast", [TWO_DEVICES, TWO_CLOSERS])
def test_ballots_come_after_the_box_was_read(cast: Cast) -> None:
    """Into the box and not into the log, or into that of the machine that read later; and are sent again."""
    voting = Voting(cast, Rules())
    explored = Explored(voting.first, voting.moves)
    closed = [state for state in explored if state.final]
    assert any(state.box - log.ballots for state in closed for log in state.final)
    assert any("sent again" in move for state in closed if state.receipts for move in explored.way_to(state)) == (
        cast is TWO_CLOSERS
    )


@pytest.mark.parametrize("cast", [TWO_DEVICES, TWO_CLOSERS])
def test_credentials_come_after_the_roll_was_read(cast: Cast) -> None:
    """Onto the roll and not into the ledger; nobody gets a signature for them."""
    explored = Explored(*_start(cast))
    late = [state for state in explored for log in state.final if state.roll != log.roll]
    assert late
    assert any(not state.issued for state in late)


def _start(cast: Cast) -> tuple[State, Callable[[State], Iterator[tuple[str, State]]]]:
    voting = Voting(cast, Rules())
    return voting.first, voting.moves


def test_every_guard_is_tried() -> None:
    assert set(WITHOUT) == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("guard", WITHOUT)
def test_without_this_guard_a_promise_breaks(guard: str) -> None:
    cast, promise = WITHOUT[guard]
    found = {violation.promise for violation in broken(cast, replace(Rules(), **{guard: False}))}
    assert promise in found


def test_the_way_to_a_broken_promise_is_the_shortest() -> None:
    found = broken(TWO_CLOSERS, Rules(one_write_decides_the_log=False))
    [violation] = [one for one in found if one.promise == "one final log"]
    assert violation.way == (
        "the poll ends",
        *("roll and box are read",) * 2,
        *violation.way[3:],
    )
    assert set(violation.way[3:]) == {"the log of 0 is signed", "the log of 1 is signed"}


@pytest.mark.long
@pytest.mark.parametrize(
    "cast",
    [
        replace(EVERYBODY, devices=((0,), (0,)), persons=((0,), (1,)), replaces=(), dishonest=(1,)),
        replace(EVERYBODY, devices=((0,), (1,)), persons=((0, 1), (2,)), replaces=((1, 0),), dishonest=(2,)),
        replace(EVERYBODY, persons=((0,), (1, 2)), dishonest=(), closers=1),
    ],
    ids=[
        "two devices, a dishonest voter",
        "a corrected address, a dishonest voter",
        "two devices, a corrected address",
    ],
)
def test_larger_casts(cast: Cast) -> None:
    voting = Voting(cast, Rules())
    explored = Explored(voting.first, voting.moves)
    assert len(explored) > 6_000
    assert lost(cast, explored) == []
    assert all(holds(state) for state in explored for holds in promises(cast).values())
