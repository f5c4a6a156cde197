"""An operator publishes what it likes: a check or a voter finds out, and each of them is needed for that."""

from dataclasses import fields

import pytest

from ballotcast.elections.verification import CHECKS
from protocol_model.publication import ANNS, GUSS, Export, Forger, Rules, accepted, exports, unseen, without

OPERATOR, BOARD = Forger(most=3), Forger(issuer=False)
VOTES, FOREIGN, DOOR = (
    "every vote that was cast is counted",
    "nobody votes for an honest voter",
    "no ballot comes after the door",
)
WITHOUT = {
    "ballots": (BOARD, FOREIGN),
    "credentials": (BOARD, FOREIGN),
    "one_ballot_each": (BOARD, FOREIGN),
    "ledger": (OPERATOR, "the ledger says what was issued"),
    "rolls": (OPERATOR, "no right is lost"),
    "endings": (OPERATOR, "no right is lost"),
    "turnout": (BOARD, DOOR),
    "door": (BOARD, DOOR),
    "spoilt": (BOARD, VOTES),
    "result": (BOARD, "the result is that of the ballots"),
    "receipts_are_checked": (OPERATOR, VOTES),
    "issuances_are_checked": (OPERATOR, "the ledger says what was issued"),
    "lines_are_looked_at": (OPERATOR, "nobody gets a credential for who looks"),
}
"""By the check that is left out: whose forgery passes then, and which promise it breaks."""


@pytest.mark.parametrize("forger", [OPERATOR, BOARD], ids=["operator", "board"])
def test_no_forgery_that_breaks_a_promise_is_accepted(forger: Forger) -> None:
    assert unseen(forger, Rules()) == []


@pytest.mark.long
def test_nor_one_of_more_edits() -> None:
    assert unseen(Forger(most=4), Rules()) == []


def test_every_check_is_there_but_those_of_form() -> None:
    """Those make what is published follow from what it states, which the model takes for given."""
    form = {"archive", "manifest", "checkpoint", "election-key", "log", "leaves", "order"}
    assert {name.replace("_", "-") for name in WITHOUT} >= set(CHECKS) - form
    assert form <= set(CHECKS)


def test_every_check_is_left_out_once() -> None:
    assert set(WITHOUT) == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("check", WITHOUT)
def test_without_this_check_a_forgery_passes(check: str) -> None:
    forger, promise = WITHOUT[check]
    assert promise in {violation.promise for violation in unseen(forger, without(check))}


def test_what_nobody_checks_can_be_forged_by_who_has_the_issuer_s_key() -> None:
    """Not promised (docs/protocol.md, section 1): the ballot of somebody who checks nothing is exchanged."""
    exchanged = [one for _, one in exports(OPERATOR) if accepted(one, Rules()) and GUSS not in one.ballots]
    assert exchanged
    assert all(ANNS in one.ballots for one in exchanged)
    passing = {one._replace(as_at_the_door=False, result="") for _, one in exports(BOARD) if accepted(one, Rules())}
    assert passing == {Export()}
