"""A day's worst minutes, played in steps of a tenth of a second: what takes how many casts, and what refuses them.

A cast goes through API Gateway and an environment of `vote` into a partition of Board; anyone who is refused on the way
asks again. Nothing else is written for it: the log is built at the close. Rates are fluid, but for chance in arrivals
and keys (seeded).
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

    concurrency: environments; partitions: of Board.
    """

    offered: float = 0
    taken: float = 0
    refused: dict[str, float] = field(default_factory=lambda: defaultdict(float))
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
    """Of the table: each has some of the election's keys, and is split when it is too warm for too long."""

    def __init__(self, deployment: Deployment, chance: Random) -> None:
        count = max(4, deployment.warm // limits.PARTITION)
        self._quota = deployment.table
        self._shares = [keys / limits.KEYS for keys in _spread(limits.KEYS, count, chance)]
        self._warm_since = [0.0] * count
        self._peak = float(max(4_000, deployment.warm))

    def __len__(self) -> int:
        return len(self._shares)

    def write(self, ballots: float) -> float:
        """Units asked for in this step, one for each ballot → the share of them that is taken."""
        taken = 0.0
        most = min(1.0, self._quota * STEP / ballots) if ballots else 1.0
        for number, of_all in enumerate(self._shares):
            asked = of_all * ballots
            share = min(most, limits.PARTITION * STEP / asked) if asked else 1.0
            taken += share * of_all
            self._warm_since[number] = self._warm_since[number] + STEP if share < most else 0.0
        return taken

    def split(self, second: int) -> None:
        """Those that were too warm; no more of them than twice the peak of the half hour before needs."""
        if second % limits.PEAK == 0 and second:
            self._peak = max(self._peak, len(self) * limits.PARTITION)
        for number in [n for n, warm in enumerate(self._warm_since) if warm >= limits.HEAT]:
            if len(self) * limits.PARTITION < 2 * self._peak:
                self._shares[number] /= 2
                self._shares.append(self._shares[number])
                self._warm_since[number] = 0.0
                self._warm_since.append(0.0)


def _spread(keys: int, count: int, chance: Random) -> list[int]:
    found = Counter(chance.randrange(count) for _ in range(keys))
    return [found[number] for number in range(count)]


def simulate(deployment: Deployment, casts: float, seconds: int, seed: int = 1) -> list[Second]:
    """So many casts a second for so long, from a standstill."""
    chance = Random(seed)  # noqa: S311 - no secret
    environments = Environments(deployment.concurrency)
    partitions = Partitions(deployment, chance)
    back, story = 0.0, list[Second]()
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
            taken = run * partitions.write(run)
            second.refused["Board"] += run - taken
            back = max(0.0, back + (asked - taken) * limits.PATIENCE - again)  # rounding alone makes it negative
            second.offered += offered
            second.taken += taken
        partitions.split(number)
        second.concurrency, second.partitions = environments.count, len(partitions)
        story.append(second)
    return story


def refusals(story: list[Second]) -> dict[str, float]:
    """Of all requests that were made in the last minute, those refused, by what refused them."""
    minute = story[-60:]
    asked = sum(second.taken + sum(second.refused.values()) for second in minute)
    return {name: sum(second.refused[name] for second in minute) / asked for name in story[-1].refused}


def breaks_first(story: list[Second]) -> str:
    """What refuses most, if more than one in a thousand is refused; else nothing."""
    refused = refusals(story)
    return max(refused, key=refused.__getitem__) if sum(refused.values()) > 0.001 else ""
