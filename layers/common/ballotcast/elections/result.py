"""The result of an election: what opened ballots say, counted, as the document that is published and recounted.

    result.json = JCS{v, manifest, log_root, lots_seed, counted, spoilt[{index, reason}],
                      contests[{id, …, rounds, ties}]}

Options are 1-based numbers in the manifest's order; votes are decimal strings (ballotcast.counting.result). Lots are
drawn with `lots_seed` (ballotcast.ballots.lots).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ballotcast.ballots import lots
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.fields import Hash
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason, Spoilt, decode
from ballotcast.counting import Ballot as BallotRead
from ballotcast.counting import Ballots, conditions, count
from ballotcast.crypto import canonical, p256
from ballotcast.crypto.hpke import HpkeError
from ballotcast.elections.amendment_audit import Withdrawn


class Turnout(NamedTuple):
    """cast: all ballots, blank and spoilt ones too. voters: how many could have voted."""

    cast: int
    voters: int


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SpoiltBallot(Part):
    """index: of the ballot's leaf in the log."""

    index: int
    reason: Reason


class ContestResult(Part):
    """winners: in order of election. withdrawn: options, ascending. ballots = blank + valid. rounds, ties and what else
    the rule tells: as in `Count.as_json`, where rounds are called stages. outcome: who takes a seat, in contests with
    conditions only (`counting.conditions`).

    why: the account's sentence, for those who read the result. It is never encoded, and empty when read back: were it
    in the published bytes, nobody could word it better and still verify them.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    method: str
    seats: int
    withdrawn: tuple[int, ...]
    ballots: int
    blank: int
    valid: int
    winners: tuple[int, ...]
    rounds: tuple[dict[str, Any], ...]
    ties: tuple[dict[str, Any], ...]
    why: str = Field(default="", exclude=True)


class Result(Part):
    """log_root: of the final checkpoint. counted: ballots that are not spoilt."""

    v: Literal[1]
    manifest: Hash
    log_root: Hash
    lots_seed: Hash
    counted: int
    spoilt: tuple[SpoiltBallot, ...]
    contests: tuple[ContestResult, ...]

    def encode(self) -> bytes:
        """The exact bytes that are published."""
        return canonical.dumps(self.model_dump(mode="json"))


def read_ballot(ballot: Ballot, manifest: Manifest, election_key: p256.PrivateKey) -> bytes | Reason:
    """The plaintext of a ballot, if it is to be counted; else why it is spoilt."""
    try:
        plaintext = ballot.open(election_key)
        decode(manifest, plaintext)
    except HpkeError:
        return Reason.UNREADABLE
    except Spoilt as spoilt:
        return spoilt.reason
    return plaintext


def count_election(
    manifest: Manifest,
    election_key: bytes,
    log_root: bytes,
    plaintexts: Mapping[bytes, int],
    spoilt: Iterable[SpoiltBallot],
    withdrawn: Withdrawn,
    *,
    voters: int,
) -> Result:
    """The one result that these ballots have.

    A ballot is judged as it was cast: withdrawn options are struck from it after that.

    election_key: the private key's scalar, 32 bytes. log_root: of the final checkpoint, 32 bytes. plaintexts: how many
    ballots say each, as `read_ballot` returned them. voters: how many could have voted, by the ledger.
    """
    listed = tuple(sorted(spoilt, key=lambda ballot: ballot.index))
    turnout = Turnout(sum(plaintexts.values()) + len(listed), voters)
    seed = lots.seed(election_key, log_root)
    choices: list[Counter[BallotRead]] = [Counter() for _ in manifest.contests]
    for plaintext, number in plaintexts.items():
        for made, choice in zip(choices, decode(manifest, plaintext), strict=True):
            made[choice] += number
    return Result(
        v=1,
        manifest=manifest.hash,
        log_root=log_root,
        lots_seed=seed,
        counted=sum(plaintexts.values()),
        spoilt=listed,
        contests=tuple(
            _count_contest(contest, made, seed, withdrawn.get(contest.id, ()), turnout)
            for contest, made in zip(manifest.contests, choices, strict=True)
        ),
    )


def conditions_of(contest: Contest) -> conditions.Conditions:
    """What must hold before its winners take their seats."""
    return conditions.Conditions(
        quorum=conditions.Part.parse(contest.quorum) if contest.quorum else None,
        threshold=conditions.Part.parse(contest.threshold) if contest.threshold else None,
        of=conditions.Whole(contest.threshold_of or conditions.Whole.VALID),
        none_of_the_above=len(contest.options) if contest.none_of_the_above else 0,
        motion=bool(contest.motion),
    )


def _count_contest(
    contest: Contest, choices: Ballots, seed: bytes, withdrawn: Collection[int], turnout: Turnout
) -> ContestResult:
    counted = count(
        contest.method,
        options=contest.options,
        seats=contest.seats,
        ballots=choices,
        tie=contest.tie,
        seed=seed,
        contest=contest.id,
        withdrawn=withdrawn,
        motion=bool(contest.motion),
        default=len(contest.options) if contest.default_option else 0,
    )
    account = counted.as_json()
    if applied := conditions_of(contest):
        outcome = conditions.conclude(counted, applied, cast=turnout.cast, voters=turnout.voters)
        account["outcome"] = outcome.account()
        account["why"] = " ".join((counted.why, *outcome.reasons))
    # The seed is `lots_seed`; spoilt ballots were sifted out before and are listed once, for all contests.
    del account["contest"], account["seed"], account["spoilt"]
    return ContestResult(id=contest.id, rounds=account.pop("stages"), **account)
