"""Elections by every method for a second implementation of counting, with the account that ours publishes of each."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import lots
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason, encode
from ballotcast.counting import RULES, Ballot, Ballots, Rule
from ballotcast.crypto import canonical, p256
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.elections.result import SpoiltBallot, count_election

ELECTION_KEY = bytes(31) + b"\1"


@dataclass(frozen=True)
class Recount:
    """A contest with its ballots; `root` is the log's, with which the lots are drawn. spoilt: ballots that are besides.
    voters: who could have voted."""

    contest: Contest
    ballots: Ballots
    root: bytes
    withdrawn: tuple[int, ...] = ()
    spoilt: int = 0
    voters: int = 0

    @property
    def turnout(self) -> dict[str, int]:
        return {"cast": sum(self.ballots.values()) + self.spoilt, "voters": self.voters}

    def as_json(self) -> dict[str, Any]:
        """What a program that counts again is given."""
        return {
            "contest": self.contest.model_dump(mode="json"),
            "ballots": list(self.ballots.items()),
            "seed": list(lots.seed(ELECTION_KEY, self.root)),
            "withdrawn": list(self.withdrawn),
            "turnout": self.turnout,
        }

    def published(self) -> str:
        """The contest's account in result.json, in canonical JSON, by way of the ballots' plaintexts."""
        manifest = manifest_of(self.contest)
        plaintexts = Counter[bytes]()
        for ballot, number in self.ballots.items():
            plaintexts[encode(manifest, [ballot])] += number
        withdrawn = {self.contest.id: self.withdrawn}
        spoilt = [SpoiltBallot(index=index, reason=Reason.UNREADABLE) for index in range(1, self.spoilt + 1)]
        counted = count_election(manifest, ELECTION_KEY, self.root, plaintexts, spoilt, withdrawn, voters=self.voters)
        return canonical.dumps(json.loads(counted.encode())["contests"][0]).decode()


def generated(method: str, number: int) -> Iterator[Recount]:
    """So many elections, the same in every run: three of four so small that ties, blank ballots and exhausted ones are
    common, the fourth with transfers in every direction."""
    random = Random(method)
    for place in range(number):
        small = place % 4 > 0
        yield _generate(random, method, *((random.randint(1, 6), 8) if small else (random.randint(4, 9), 60)))


def equal_surpluses() -> Recount:
    """Surpluses that are equal at the second stage of Scottish STV only: chance seldom makes such."""
    ballots: Ballots = {(1, 2): 12, (1, 3): 8, (1, 4): 2, (2, 4): 8, (3, 5): 10, (4,): 6, (5,): 4}
    return Recount(contest("scottish-stv", 5, 4, "previous-stages"), ballots, bytes(32))


def concluded(method: str, number: int) -> Iterator[Recount]:
    """So many small elections by a method, each under other conditions than the one before, the same in every run."""
    random = Random(f"{method} under conditions")
    for recount in generated(method, number):
        of, cast = recount.contest, sum(recount.ballots.values())
        spoilt = random.randint(0, 3)
        voters = cast + spoilt + random.randint(0, 12)
        given = {**of.model_dump(mode="json"), **_conditions(random, of)}
        yield replace(recount, contest=Contest.model_validate(given), spoilt=spoilt, voters=voters)


def motions(number: int) -> Iterator[Recount]:
    """So many motions; votes for and against are often equal."""
    random = Random("motions")
    for _ in range(number):
        given = contest("plurality", 2, 1).model_dump(mode="json") | {"motion": True}
        of = Contest.model_validate(given | {n: v for n, v in _conditions(random, None).items() if n != "order"})
        votes = [random.randint(0, 4) for _ in range(3)]
        ballots: Ballots = {ballot: cast for ballot, cast in zip(((1,), (2,), ()), votes, strict=True) if cast}
        voters = sum(votes) + random.randint(1, 8)
        yield Recount(of, ballots, random.randbytes(32), spoilt=random.randint(0, 1), voters=voters)


def _conditions(random: Random, of: Contest | None) -> dict[str, Any]:
    """Any conditions that the contest can have."""
    parts = ("1/3", "1/2", ">1/2", "40/100", "2/3", "1/1", ">1/4")
    given: dict[str, Any] = {}
    if random.random() < 0.6:
        given["quorum"] = random.choice(parts)
    if random.random() < 0.6 and (of is None or RULES[of.method].shares):
        given |= {"threshold": random.choice(parts), "threshold_of": random.choice(("valid", "ballots", "voters"))}
    if of and of.seats < len(of.options) and random.random() < 0.6:
        given["none_of_the_above"] = True
    if of and of.seats < len(of.options) and RULES[of.method].compares and random.random() < 0.6:
        given["default_option"] = True
    if random.random() < 0.3:
        given["abstain"] = True
    if random.random() < 0.3:
        given["order"] = "shuffled"
    return given


def contest(method: str, options: int, seats: int, tie: str = "lot", *, highest: int = 5) -> Contest:
    """A contest that accepts as many options as can be; `highest` score, where options are scored."""
    most = {
        "scores": highest,
        "ranked": options,
        "choice": seats if method == "plurality" else options,
        "points": highest,
    }
    return Contest.model_validate(
        {
            "id": "c1",
            "title": "Council",
            "method": method,
            "options": [f"Option {option}" for option in range(1, options + 1)],
            "seats": seats,
            "min": 0,
            "max": most[RULES[method].ballot],
            "tie": tie,
        }
    )


def _generate(random: Random, method: str, options: int, most_ballots: int) -> Recount:
    seats = 1 if RULES[method].one_seat else random.randint(1, min(5, options))
    tie, highest = random.choice(("lot", "previous-stages")), random.choice((1, 3, 5, 254))
    of = contest(method, options, seats, tie, highest=highest)
    ballots = Counter[Ballot]()
    for _ in range(random.randint(0, most_ballots)):
        ballots[_ballot(random, RULES[method], of)] += random.randint(1, 3)
    return Recount(of, ballots, root := random.randbytes(32), _withdrawn(Random(root), options))


def _withdrawn(random: Random, options: int) -> tuple[int, ...]:
    """No options of most elections; of the others one or more, and never all."""
    most = options - 1 if random.random() < 0.3 else 0
    return tuple(sorted(random.sample(range(1, options + 1), random.randint(min(1, most), most))))


def _ballot(random: Random, rule: Rule, of: Contest) -> Ballot:
    """Any valid ballot, a blank one now and then."""
    most = len(of.options) if rule.ballot == "scores" else min(len(of.options), of.max)
    named = random.sample(range(1, len(of.options) + 1), random.randint(0, most))
    if rule.ballot == "scores":
        return tuple((option, random.randint(0, of.max)) for option in sorted(named))
    if rule.ballot == "points":
        spare = random.choices([*named, 0], k=random.randint(0, of.max - len(named)))
        return tuple((option, 1 + spare.count(option)) for option in sorted(named))
    if rule.ballot == "choice":
        return tuple(sorted(named))
    ranks: list[list[int]] = []
    for option in named:
        if rule.equal and ranks and random.random() < 0.3:
            ranks[-1].append(option)
        else:
            ranks.append([option])
    return tuple(tuple(sorted(rank)) if len(rank) > 1 else rank[0] for rank in ranks)


def manifest_of(contest: Contest) -> Manifest:
    return _manifest().model_copy(update={"contests": (contest,)})


@cache
def _manifest() -> Manifest:
    issuance_pk, receipt_pk, log_pk = (Ed25519PrivateKey.generate().public_key().public_bytes_raw() for _ in range(3))
    return Manifest(
        v=1,
        election="e1",
        origin="vote.example/elections/e1/log",
        title="Council",
        contests=(contest("plurality", 1, 1),),
        opens_at=datetime(2026, 11, 20, tzinfo=UTC),
        closes_at=datetime(2026, 11, 21, tzinfo=UTC),
        mode="managed",
        t=0,
        n=0,
        issuer_pk=IssuerKey.generate().public.spki(),
        election_pk=p256.point(p256.generate()),
        issuance_pk=issuance_pk,
        receipt_pk=receipt_pk,
        log_pk=log_pk,
        roll_size=0,
        roll_root=bytes(32),
    )
