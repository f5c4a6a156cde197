"""Figures: what was measured several times, and ours next to stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Sample:
    """Several measurements of the same, in one unit."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Sample":
        return cls(tuple(values))

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """Half of the distance between the quartiles, as a part of the median; 0 of a single value."""
        if len(self.values) < 2 or not self.median:
            return 0.0
        first, _, third = quantiles(self.values, n=4, method="inclusive")
        return (third - first) / 2 / self.median


@dataclass(frozen=True)
class Comparison:
    """One row of the table. `budget`: the ratio to stock that is allowed, where there is one."""

    name: str
    what: str
    unit: str
    ours: Sample
    stock: Sample | None = None
    budget: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours to stock, of the medians; below 1 is better."""
        return self.ours.median / self.stock.median if self.stock else None

    def as_json(self) -> dict[str, Any]:
        sides = {"ours": self.ours, "stock": self.stock}
        return {
            "what": self.what,
            "unit": self.unit,
            **{name: _as_json(sample) for name, sample in sides.items() if sample},
            **({"ratio": round(self.ratio, 4)} if self.ratio is not None else {}),
            **({"budget": self.budget} if self.budget is not None else {}),
        }


def _as_json(sample: Sample) -> dict[str, Any]:
    return {"median": sample.median, "spread": round(sample.spread, 4), "values": list(sample.values)}
