"""The hot routes of the functions, measured in a process of their own: the functions' folder is no package."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from ballotcast_tools.build.environments import TOP

from .measures import Comparison, Sample
from .packages import ENVIRONMENT


@dataclass(frozen=True)
class Cost:
    """What one call of a warm function asks of AWS. `largest`: bytes of the largest item written."""

    name: str
    requests: dict[str, int]
    reads: float
    writes: float
    largest: int

    def __str__(self) -> str:
        asked = ", ".join(f"{number} {request}" for request, number in self.requests.items()) or "nothing"
        written = f", item of {self.largest} B" if self.largest else ""
        return f"{self.name:<17} {asked}; {self.reads:g} read units, {self.writes:g} write units{written}"


def measure(rounds: int) -> tuple[list[Comparison], list[Cost]]:
    """CPU time of each hot route next to the same app behind stock Mangum and Powertools, and what it asks of AWS."""
    command = [sys.executable, "-m", "ballotcast_tools.bench.hot_routes", str(rounds)]
    told = {**ENVIRONMENT, "ENVIRONMENT": "local", "PYTHONPATH": str(TOP / "functions")}
    ended = subprocess.run(command, env=told, stdout=subprocess.PIPE, check=True)
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    costs = [Cost(one["name"], one["requests"], one["reads"], one["writes"], one["largest"]) for one in found]
    return [_compared(one) for one in found], costs


def _compared(one: dict[str, Any]) -> Comparison:
    ours, usual = (Sample.of([seconds * 1e6 for seconds in one[way]]) for way in ("ours", "usual"))
    return Comparison(
        f"route_{one['name'].replace(' ', '_')}", "fake DynamoDB; stock: behind Mangum", "µs", ours, usual
    )
