"""A day's worst minutes, played in steps of a tenth of a second: what takes how many casts, and what refuses them.

A cast goes through API Gateway and an environment of `vote` into a partition of Board; whoever is refused on the way
asks again. What is in the box goes by stream, forwarder and queue to the sequencer of its election, one at a time,
whose transactions share the partitions with the casts. Rates are fluid, but for chance in arrivals and keys (seeded).
"""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from random import Random

from . import limits
from .limits import Deployment

STEP = 0.1


@dataclass
class Second:
    """What happened in a second: casts asked for the first time and taken, refusals by what refused.

    waiting: for the log, at its end; concurrency: environments; partitions: of Board.
    """

    offered: float = 0
    taken: float = 0
    refused: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    waiting: float = 0
    concurrency: float = 0
    partitions: int = 0


class Environments:
    """Of one function, as if it answered all requests: warm ones serve, and who finds none free starts another."""

    def __init__(self, most: int) -> None:
        self.count = 0.0
        self._most = most
        self._warm = 0.0
        self._budget = float(limits.STARTS)
        self._starting: deque[float] = deque([0.0] * round(limits.COLD_START / STEP))

    def serve(self, requests: float) -> float:
        """How many of the requests are taken in this step."""
        self._warm += self._starting.popleft()
        self._budget = min(limits.STARTS, self._budget + limits.STARTS_A_SECOND * STEP)
        served = min(requests, self._warm * STEP / limits.CAST_TIME)
        started = min(requests - served, self._most - self.count, self._budget)
        self._starting.append(started)
        self._budget -= started
        self.count += started
        return served + started


class Partitions:
    """Of the table: each has some of the elections' keys, and is split when it is too warm for too long."""

    def __init__(self, deployment: Deployment, chance: Random) -> None:
        count = max(4, deployment.warm // limits.PARTITION)
        keys = limits.KEYS * deployment.elections
        self._quota = deployment.table
        self._ballots = [share / keys for share in _spread(keys, count, chance)]
        self._leaves = [share / keys for share in _spread(keys, count, chance)]
        self._logs = [share / deployment.elections for share in _spread(deployment.elections, count, chance)]
        self._warm_since = [0.0] * count
        self._peak = float(max(4_000, deployment.warm))

    def __len__(self) -> int:
        return len(self._ballots)

    def write(self, ballots: float, leaves: float, logs: float) -> tuple[float, float]:
        """Units asked for in this step → the share of ballots that is taken, and of the log's transactions."""
        taken, slowest, total = 0.0, 1.0, ballots + leaves + logs
        most = min(1.0, self._quota * STEP / total) if total else 1.0
        for number in range(len(self)):
            asked = self._ballots[number] * ballots + self._leaves[number] * leaves + self._logs[number] * logs
            share = min(most, limits.PARTITION * STEP / asked) if asked else 1.0
            taken += share * self._ballots[number]
            slowest = min(slowest, share)
            self._warm_since[number] = self._warm_since[number] + STEP if share < most else 0.0
        return taken, slowest

    def split(self, second: int) -> None:
        """Those that were too warm; no more of them than twice the peak of the half hour before needs."""
        if second % limits.PEAK == 0 and second:
            self._peak = max(self._peak, len(self) * limits.PARTITION)
        for number in [n for n, warm in enumerate(self._warm_since) if warm >= limits.HEAT]:
            if len(self) * limits.PARTITION < 2 * self._peak:
                for shares in (self._ballots, self._leaves, self._logs):
                    shares[number] /= 2
                    shares.append(shares[number])
                self._warm_since[number] = 0.0
                self._warm_since.append(0.0)


def _spread(keys: int, count: int, chance: Random) -> list[int]:
    found = Counter(chance.randrange(count) for _ in range(keys))
    return [found[number] for number in range(count)]


def simulate(deployment: Deployment, casts: int, seconds: int, seed: int = 1) -> list[Second]:
    """So many casts a second for so long, from a standstill."""
    chance = Random(seed)  # noqa: S311 - no secret
    environments = Environments(deployment.concurrency)
    partitions = Partitions(deployment, chance)
    back, streamed, waiting, story = 0.0, 0.0, 0.0, list[Second]()
    for number in range(seconds):
        second = Second()
        for _ in range(round(1 / STEP)):
            offered = max(0.0, chance.gauss(casts * STEP, (casts * STEP) ** 0.5))
            again = back * STEP / limits.RETRY
            asked = offered + again
            let_in, by = min(
                (asked, ""),
                (deployment.stage * STEP / deployment.requests, "stage throttle"),
                (deployment.gateway * STEP / deployment.requests, "API Gateway"),
            )
            second.refused[by] += asked - let_in
            run = environments.serve(let_in * deployment.requests) / deployment.requests
            second.refused["Lambda"] += let_in - run
            # The queue takes what the stream's shards tell; the sequencers what they are told, each for one election.
            shards = len(partitions)
            calls = min(shards / limits.FORWARDING, limits.CALLS)
            told = min(streamed, calls * limits.BATCH * STEP)
            wanted = min(waiting, deployment.elections * limits.TRANSACTION / limits.TRANSACTION_TIME * STEP)
            into_box, share = partitions.write(run, wanted * deployment.leaf_writes, wanted * deployment.log_writes)
            taken, logged = run * into_box, wanted * share
            second.refused["Board"] += run - taken
            back += (asked - taken) * limits.PATIENCE - again
            streamed += taken - told
            waiting += told - logged
            second.offered += offered
            second.taken += taken
        partitions.split(number)
        second.waiting, second.concurrency, second.partitions = streamed + waiting, environments.count, len(partitions)
        story.append(second)
    return story


def refusals(story: list[Second]) -> dict[str, float]:
    """Of all requests that were made in the last minute, those refused, by what refused them."""
    minute = story[-60:]
    asked = sum(second.taken + sum(second.refused.values()) for second in minute)
    return {name: sum(second.refused[name] for second in minute) / asked for name in story[-1].refused}


def breaks_first(story: list[Second]) -> str:
    """What refuses most, if more than one in a thousand is refused; else the log, if it lags; else nothing.

    The alarm on the log's lag rings after five minutes.
    """
    refused = refusals(story)
    if sum(refused.values()) > 0.001:
        return max(refused, key=refused.__getitem__)
    return "the log" if story[-1].waiting > 300 * story[-1].offered else ""
