"""Counting in the browser: another program than ours in Python, the same accounts to the byte.

Each test hands the page many elections at once and compares the canonical JSON of all accounts.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from ballotcast.counting import RULES
from ballotcast.counting.blt import parse_blt
from checkout import ROOT
from recount import Recount, concluded, contest, equal_surpluses, generated, motions

MODULES = ROOT / "functions" / "web" / "static" / "js" / "counting"
EXAMPLE = ROOT / "examples" / "student-union.blt"
WARDS = sorted((ROOT.parent / "shared" / "data" / "elections").glob("glasgow-2007-*.blt"))
NUMBER = 1_000
"""Elections generated for each method."""

Kinds = set[tuple[str, str]]


def either(decides: str) -> Kinds:
    return {(decides, "lot"), (decides, "previous-stages")}


BY_LOT = {("seat", "lot"), ("election-order", "lot")}
TIES: dict[str, Kinds] = {
    "sequential-proportional-approval": either("seat"),
    "star": either("seat") | {("finalist", "lot"), ("finalist", "head-to-head")},
    "condorcet": set(),
    "schulze": either("seat") | either("election-order"),
    "ranked-pairs": either("seat") | either("election-order") | {("majority", "lot")},
    "minimax": either("seat") | either("election-order"),
    "tideman-alternative": either("exclusion"),
    "contingent-vote": either("seat") | {("finalist", "lot")},
    "irv": either("exclusion"),
    "meek-stv": either("exclusion") | either("election-order"),
    "scottish-stv": either("exclusion") | either("election-order") | either("surplus"),
    "ers97": either("exclusion") | either("election-order") | either("surplus"),
    "wigm-stv": either("exclusion") | either("election-order") | either("surplus"),
}
"""What ties decide, and by what, among the elections generated; BY_LOT where nothing is said."""

COUNT = """async (given) => {
  const { count } = await import("/js/counting/count.js");
  const { jcsEncode } = await import("/js/protocol/jcs.js");
  const accounts = [];
  for (const { contest, ballots, seed, withdrawn, turnout } of JSON.parse(given)) {
    const account = await count(contest, ballots, new Uint8Array(seed), new Set(withdrawn), turnout);
    accounts.push(new TextDecoder().decode(jcsEncode(account)));
  }
  return accounts;
}"""


def counted(modules: Page, recounts: Sequence[Recount]) -> list[Any]:
    """The accounts in canonical JSON, by the modules in the browser."""
    return evaluate(modules, [recount.as_json() for recount in recounts])


def evaluate(modules: Page, recounts: Sequence[Any]) -> list[Any]:
    """The ballots go as text: Playwright takes long to hand over so many lists."""
    accounts: list[Any] = modules.evaluate(COUNT, json.dumps(recounts))
    return accounts


def require_same(modules: Page, recounts: Sequence[Recount]) -> list[Any]:
    """The accounts, which both programs make; one difference is enough to fail, and is shown."""
    published = [recount.published() for recount in recounts]
    for ours, theirs in zip(published, counted(modules, recounts), strict=True):
        assert json.loads(theirs) == json.loads(ours)
        assert theirs == ours
    return [json.loads(account) for account in published]


def file_recount(path: Path, method: str) -> Recount:
    """A file of rankings by a rule that can read it, with the seats that the rule can fill."""
    file = parse_blt(path.read_bytes())
    assert not file.withdrawn
    seats = 1 if RULES[method].one_seat else file.seats
    return Recount(contest(method, len(file.options), seats, "previous-stages"), file.ballots_for(method), bytes(32))


@pytest.mark.slow
@pytest.mark.parametrize("method", RULES)
def test_generated_elections(modules: Page, method: str) -> None:
    rare = [equal_surpluses()] if method == "scottish-stv" else []
    accounts = require_same(modules, [*generated(method, NUMBER), *rare])
    ties = {(tie["decides"], tie["by"]) for account in accounts for tie in account["ties"]}
    assert ties >= TIES.get(method, BY_LOT)
    assert any(account["valid"] == 0 for account in accounts)
    assert any(len(account["withdrawn"]) > 1 and account["winners"] for account in accounts)
    assert any(account["blank"] for account in accounts)
    assert any(len(account["winners"]) < account["seats"] for account in accounts)


def test_conditions_and_motions(modules: Page) -> None:
    recounts = [recount for method in RULES for recount in concluded(method, 60)]
    accounts = require_same(modules, [*recounts, *motions(200)])
    unmet = [account["outcome"]["unmet"] for account in accounts if "outcome" in account]
    assert {reason for reasons in unmet for reason in reasons} == {"none-of-the-above", "threshold", "quorum"}
    assert [] in unmet
    carried = accounts[-200:]
    assert {tuple(account["outcome"]["elected"]) for account in carried} == {(1,), (2,), ()}
    assert not any(account["ties"] for account in carried)


def test_the_order_of_ballots_and_whether_equal_ones_come_together_change_nothing(modules: Page) -> None:
    recounts = [recount for method in RULES for recount in generated(method, 12)]
    shuffled = [recount.as_json() for recount in recounts]
    for each in shuffled:
        each["ballots"] = [(ballot, part) for ballot, number in each["ballots"] for part in (1, number - 1) if part]
        Random(1).shuffle(each["ballots"])
    assert evaluate(modules, shuffled) == counted(modules, recounts)


@pytest.mark.parametrize("method", RULES)
def test_one_doctored_ballot_changes_the_winner(modules: Page, method: str) -> None:
    first, second = {
        "choice": ((1,), (2,)),
        "ranked": ((1, 2), (2, 1)),
        "scores": (((1, 3),), ((2, 3),)),
        "points": (((1, 3),), ((2, 3),)),
    }[RULES[method].ballot]
    cast = Recount(contest(method, 2, 1), {first: 3, second: 2}, bytes(32))
    published, doctored = counted(modules, [cast, replace(cast, ballots={first: 2, second: 3})])
    assert published == cast.published() != doctored
    assert [json.loads(account)["winners"] for account in (published, doctored)] == [[1], [2]]


def test_another_root_draws_other_lots(modules: Page) -> None:
    tied = Recount(contest("plurality", 5, 1), {(option,): 1 for option in range(1, 6)}, bytes(32))
    accounts = require_same(modules, [replace(tied, root=bytes([n]) * 32) for n in range(8)])
    assert len({account["winners"][0] for account in accounts}) > 1


@pytest.mark.parametrize(
    "method", ["satisfaction-approval", "proportional-approval", "scottish-stv", "wigm-stv", "ers97", "meek-stv"]
)
def test_figures_are_exact_beyond_the_integers_of_javascript_s_own(modules: Page, method: str) -> None:
    """A thousand million times as many voters, so that units of votes are far above 2^53."""
    many = [
        replace(recount, ballots={ballot: number * 10**9 + 1 for ballot, number in recount.ballots.items()})
        for recount in generated(method, 40)
    ]
    require_same(modules, many)


def test_the_example_by_every_rule_that_reads_rankings(modules: Page) -> None:
    methods = [method for method, rule in RULES.items() if rule.ballot == "ranked"]
    accounts = require_same(modules, [file_recount(EXAMPLE, method) for method in methods])
    assert all(account["winners"] for account in accounts)


@pytest.mark.parametrize("ward", [*WARDS, EXAMPLE], ids=lambda path: path.stem)
def test_elections_of_thousands(modules: Page, ward: Path) -> None:
    methods = ["approval", "borda", "ranked-pairs", "irv", "scottish-stv", "meek-stv"]
    accounts = require_same(modules, [file_recount(ward, method) for method in methods])
    assert all(account["valid"] > 500 for account in accounts)


def test_the_rules_import_nothing_but_each_other() -> None:
    """So anyone who doubts a result reads one folder, and they run in a worker as in a page."""
    imported = [
        name for path in MODULES.glob("*.js") for name in re.findall(r"^import .*\"(.*)\"", path.read_text(), re.M)
    ]
    assert len(imported) > len(RULES)
    assert all(re.fullmatch(r"\./[a-z0-9_]+\.js", name) for name in imported)
