"""For every counting method elections with their accounts: few and small, with every kind of tie among them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ballotcast.ballots import lots
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.plaintext import encode
from ballotcast.counting import RULES, Ballots
from recount import ELECTION_KEY, Recount, concluded, contest, generated, manifest_of, motions

SMALL = 5
"""Options of a contest with an outcome."""
TRIED = 400
"""Elections of each method that are looked at for ties of other kinds."""


def counts() -> dict[str, Any]:
    about = (
        "Elections of one contest, and the account of each (docs/protocol.md, section 10; docs/counting.md). number: of"
        " ballots with this plaintext, which reads as this choice. withdrawn: options. seed: of the lots."
    )
    chosen = [one for method in RULES for one in _chosen(method)]
    special = (*_tied_runoffs(), _no_points(), *_defaults())
    return {"about": about, "elections": [_vector(one) for one in (*chosen, *special)]}


def outcomes() -> dict[str, Any]:
    about = (
        "Contests with a quorum, a threshold, none of the above, or that are motions: as in counts.json, with the"
        " number of ballots that are spoilt besides, and of the roll's voters; each account has an outcome"
        " (docs/protocol.md, section 10)."
    )
    chosen = [one for method in RULES for one in _by_outcome(concluded(method, 60))]
    return {"about": about, "elections": [_outcome(one) for one in (*chosen, *_by_outcome(motions(200)))]}


def _by_outcome(recounts: Iterator[Recount]) -> Iterator[Recount]:
    """The first small ones with each set of conditions that are not met."""
    shown = set()
    for recount in recounts:
        outcome = json.loads(recount.published()).get("outcome")
        if outcome is None or len(recount.contest.options) > SMALL:
            continue
        kind = (*outcome["unmet"], bool(outcome["elected"]))
        if kind not in shown:
            shown.add(kind)
            yield recount


def _outcome(recount: Recount) -> dict[str, Any]:
    return {**_vector(recount), "spoilt": recount.spoilt, "voters": recount.voters}


def _chosen(method: str) -> Iterator[Recount]:
    """Those that show something that none before showed: a kind of tie, blank ballots, an empty seat, transfers."""
    shown: set[Any] = set()
    for recount in generated(method, TRIED):
        account = json.loads(recount.published())
        kinds: set[Any] = {(tie["decides"], tie["by"]) for tie in account["ties"]}
        kinds |= {name for name, holds in _traits(recount, account).items() if holds}
        if kinds - shown:
            shown |= kinds
            yield recount


def _tied_runoffs() -> Iterator[Recount]:
    """STAR, three seats: a lot keeps option 4 out of the second runoff, and 3 and 4 tie in the third. Earlier runoffs,
    which were of others, decide nothing there. Once option 3 wins the lot, once option 4."""
    rows = ("00400", "00040", "03000", "31000")
    ballots: Ballots = {tuple((option, int(score)) for option, score in enumerate(row, 1)): 1 for row in rows}
    won = set()
    for number in range(100):
        recount = Recount(contest("star", 5, 3, "previous-stages"), ballots, bytes([number]) * 32)
        ties = json.loads(recount.published())["ties"]
        runoffs = {
            (tie["by"], tie["order"][0]) for tie in ties if tie["decides"] == "seat" and tie["options"] == [3, 4]
        }
        if runoffs - won:
            won |= runoffs
            yield recount
    assert won == {("lot", 3), ("lot", 4)}


def _defaults() -> Iterator[Recount]:
    """For each method that compares options one election in which some option does not beat the default, and another
    wins, and one in which the default wins."""
    for method in (method for method, rule in RULES.items() if rule.compares):
        shown: set[bool] = set()
        for recount in generated(method, TRIED):
            if len(recount.contest.options) < 3 or recount.contest.seats > 1 or len(shown) == 2:
                continue
            of = Contest.model_validate({**recount.contest.model_dump(mode="json"), "default_option": True})
            account = json.loads(replace(recount, contest=of).published())
            beaten = account["winners"] == [len(of.options)]
            if account.get("against_default", {}).get("dropped") and account["winners"] and beaten not in shown:
                shown.add(beaten)
                yield replace(recount, contest=of)
        assert len(shown) == 2, method


def _no_points() -> Recount:
    """STAR, valid ballots of which none gives a point: there is no stage."""
    return Recount(contest("star", 3, 1, "lot"), {((1, 0), (2, 0)): 2}, bytes(32))


def _traits(recount: Recount, account: dict[str, Any]) -> dict[str, bool]:
    return {
        "large": len(recount.contest.options) > 5 and account["valid"] > 20,
        "blank": account["blank"] > 0,
        "nothing valid": account["valid"] == 0,
        "an empty seat": len(account["winners"]) < account["seats"],
        "several seats": len(account["winners"]) > 1,
        "withdrawn": bool(account["withdrawn"] and account["winners"]),
        "more seats than options left": len(recount.contest.options) - len(account["withdrawn"]) < account["seats"],
        "only withdrawn options named": account["blank"] > recount.ballots.get((), 0),
    }


def _vector(recount: Recount) -> dict[str, Any]:
    manifest = manifest_of(recount.contest)
    return {
        "contest": recount.contest.model_dump(mode="json"),
        "ballots": [
            {"number": number, "plaintext": encode(manifest, [ballot]).hex(), "choice": ballot}
            for ballot, number in recount.ballots.items()
        ],
        "election_key": ELECTION_KEY.hex(),
        "log_root": recount.root.hex(),
        "withdrawn": recount.withdrawn,
        "seed": lots.seed(ELECTION_KEY, recount.root).hex(),
        "account": json.loads(recount.published()),
    }
