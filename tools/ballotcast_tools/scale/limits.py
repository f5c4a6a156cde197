"""What bounds a deployment: the limits that AWS documents, and what is supposed where it documents none.

Of 2026, in the region class of us-east-1. Developer guides: "Service, account, and table quotas in Amazon DynamoDB",
"DynamoDB on-demand capacity mode", "Lambda function scaling", "API Gateway quotas".
"""

from dataclasses import dataclass, replace

PARTITION = 1_000
"""Write units a second of one partition."""
HEAT = 600
"""Seconds that a partition is too warm until it is split in two. Supposed: DynamoDB states no time."""
PEAK = 1_800
"""Seconds in which a table on demand may take twice what it has taken before."""
STARTS, STARTS_A_SECOND = 1_000, 100
"""New environments of a function at once, and a second from then on (1,000 in 10 seconds)."""
KEYS = 256
"""Partition keys that the ballots of an election are spread over."""
CAST_TIME, COLD_START = 0.012, 0.6
"""Seconds of a cast in `vote`, and of its first one in a new environment. Supposed."""
RETRY = 3.0
"""Seconds until a voter's client that was refused asks again, on average. Supposed."""
PATIENCE = 0.5
"""Share of those refused who ask again so soon; the others try another day. Supposed."""


@dataclass(frozen=True)
class Deployment:
    """stage, gateway: requests a second by our own throttle, and by the account's. concurrency: of the account.

    table: write units a second, the quota of one. warm: those that it is made ready for (`WarmWrites`; 4,000 if new).
    requests: of a voter for each cast, the cast itself among them.
    """

    stage: int = 2_000
    gateway: int = 10_000
    concurrency: int = 1_000
    table: int = 40_000
    warm: int = 4_000
    requests: int = 1


AS_DEPLOYED = Deployment()
VOTE = 7
"""Requests of anyone who follows the link, gets the credential and casts in one go (docs/architecture.md, the cost)."""
OPENING, OPENING_BY_CDN, CASTING = 7, 4, 2
"""Requests of a browser that sees the page for the first time, up to the election; without the three files that a CDN
may have; and from the tap to the receipt (tests/browser/test_vote_weight.py counts them)."""
MINUTE = 60

Crowd = tuple[int, str, str, Deployment]
"""How many voters, what all of them do within a minute, what is changed in the deployment, and what they meet."""

Rung = tuple[str, int, Deployment]
"""What is changed since the rung before, casts a second, and what they meet."""


def ladder() -> list[Rung]:
    """From what is deployed to what bears the load, one limit raised after another."""
    rungs = [("as deployed", 1_000, AS_DEPLOYED)]
    rungs.append((f"whole votes: {VOTE} requests each", 1_000, votes := replace(AS_DEPLOYED, requests=VOTE)))
    rungs.append(("stage throttle 10,000", 1_000, replace(votes, stage=10_000)))
    rungs.append(("as deployed", 50_000, large := AS_DEPLOYED))
    for change, raised in (
        ("stage throttle 120,000", {"stage": 120_000}),
        ("API Gateway 120,000", {"gateway": 120_000}),
        ("`WarmWrites` 40,000, the table's quota", {"warm": 40_000}),
        ("table quota and `WarmWrites` 400,000", {"table": 400_000, "warm": 400_000}),
    ):
        large = replace(large, **raised)
        rungs.append((change, 50_000, large))
    return rungs


def crowds() -> list[Crowd]:
    """All voters open the page within a minute, and all cast within one."""
    first, cdn, cast = (replace(AS_DEPLOYED, requests=number) for number in (OPENING, OPENING_BY_CDN, CASTING))
    rows = [
        (voters, act, "as deployed", meets)
        for voters in (1_000, 50_000)
        for act, meets in (("open", first), ("cast", cast))
    ]
    rows.append((50_000, "open", "scripts and styles by a CDN", cdn))
    return [*rows, (50_000, "open", "and stage throttle 10,000", replace(cdn, stage=10_000))]
