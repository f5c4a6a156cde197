"""What observers see of elections links no ballot to a voter, unless a rule of the protocol is left out."""

from dataclasses import fields, replace

import pytest

from protocol_model.linking import Election, Observer, Rules, Step, leaks

LINK, VOTED = "nobody links a ballot to a voter", "nobody learns before the close who has voted"
LATE = Observer(2, late=True)
WITHOUT = {
    "no_ballot_in_the_log_before_the_close": (LATE, LINK),
    "ballots_in_order_of_hash": (Observer(3, late=True), LINK),
    "amendments_before_ballots": (LATE, LINK),
    "requests_are_blinded": (LATE, LINK),
    "keys_are_fresh": (LATE, LINK),
    "one_manifest_for_all": (LATE, LINK),
    "ballots_name_no_amendment": (LATE, LINK),
    "checks_name_no_ballot": (LATE, LINK),
    "ends_are_told_at_the_close": (Observer(2), VOTED),
    "turnout_is_rounded": (LATE, VOTED),
}
"""By the rule that is left out: who then learns what."""


def learnt(rules: Rules, observer: Observer) -> set[str]:
    return {violation.promise for violation in leaks(rules, observer)}


@pytest.mark.parametrize("observer", [Observer(), Observer(late=True)], ids=["one roll", "a late voter"])
def test_an_organiser_with_all_that_is_published_links_nothing(observer: Observer) -> None:
    """With a voter of its own, whose ballots it knows, and whom it lets vote when it likes."""
    assert learnt(Rules(), observer) == set()


def test_there_are_ballots_to_link() -> None:
    election = Election(Rules(), LATE)
    way = ["Ann is invited", "Ann seals x as leaf 1 and gets a credential", "Ann casts"]
    state = election.first
    for move in [*way, "Ben is added and invited", "Ben seals y as leaf 0 and gets a credential", "Ben casts"]:
        state = dict(election.moves(state))[move]
    closed = dict(election.moves(state))["the poll closes"]
    assert [voter.step for voter in closed.voters] == [Step.CAST] * 2
    what, log, ledger, _ = closed.seen[-1]
    assert (what, ledger) == ("closed", (True, True))
    assert [(leaf, option) for leaf, option, *_ in log] == [(0, "y"), (1, "x")]


def test_every_rule_is_left_out_once() -> None:
    assert set(WITHOUT) == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("rule", WITHOUT)
def test_without_this_rule_something_is_learnt(rule: str) -> None:
    observer, promise = WITHOUT[rule]
    assert promise in learnt(replace(Rules(), **{rule: False}), observer)


@pytest.mark.parametrize("observer", [Observer(2, times=True), Observer(2, tables=True)], ids=["times", "tables"])
def test_who_keeps_times_or_looks_into_both_tables_meanwhile_links(observer: Observer) -> None:
    """Not promised (docs/protocol.md, section 1), and the model sees it: its observers are not blind."""
    assert learnt(Rules(), observer) == {LINK, VOTED}
