"""What a run came to: a few lines for people, and one JSON document for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotcast_tools.bench import report

from .arrivals import Arrivals
from .figures import Tally
from .runs import Side, Timed


@dataclass
class Run:
    """`ours`, `stock`: of the main measurement, which is of casts alone if `casts_only`. `wrong`: what checks found."""

    where: str
    kind: str
    voters: int
    at_once: int
    casts_only: bool
    ours: Side
    stock: Side | None = None
    unprepared: dict[str, int] = field(default_factory=dict)
    timed: list[Timed] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether a voter failed, was lost or counted twice."""
        return bool(self.wrong) or self.ours.tally.completed < self.voters


def document(run: Run) -> dict[str, Any]:
    """Return the figures. Rates are per second, percentiles in milliseconds, memory in 10⁶ bytes; null: unknown."""
    ours = run.ours.tally
    rate = round(run.ours.rate, 2)
    return {
        "completed": ours.completed,
        "errors": run.voters - ours.completed,
        "votes_per_second": None if run.casts_only else rate,
        "casts_per_second": rate,
        **{f"p{percent}": ours.milliseconds(percent) for percent in (50, 95, 99)},
        "memory_mb": _rounded(run.ours.peak_mb),
        "server_cpu_ms_per_vote": run.ours.milliseconds_each(run.ours.server_seconds),
        "client_cpu_ms_per_vote": run.ours.milliseconds_each(run.ours.client_seconds),
        "retries": ours.retries,
        "voters": run.voters,
        "at_once": run.at_once,
        "casts_only": run.casts_only,
        "where": run.where,
        "stack": run.kind,
        "error_kinds": {**run.unprepared, **ours.errors},
        "wrong": run.wrong,
        **({"stock": _side(run.stock), "ratio": _ratio(run.ours, run.stock)} if run.stock else {}),
        **({"timed": [_timed(row) for row in run.timed]} if run.timed else {}),
        **report.circumstances(),
    }


def lines(run: Run) -> Iterator[str]:
    """Return the account for people, line by line."""
    ours, what = run.ours.tally, "casts" if run.casts_only else "votes"
    yield f"{ours.completed:,} of {run.voters:,} {what}, {run.at_once:,} at once, in {ours.seconds:.1f} s"
    yield from table([(what, run.ours), *([(f"{what}, stock FastAPI", run.stock)] if run.stock else [])])
    if run.stock and (ratio := _ratio(run.ours, run.stock)):
        yield f"  {ratio:.2f} times the rate of stock FastAPI, whose SQLite has each cast on disk before its response"
    for row in run.timed:
        yield from table([(row.what, row.ours), *([(f"{row.what}, stock", row.stock)] if row.stock else [])])
    if ours.retries:
        yield f"  {ours.retries:,} requests were turned away and sent again"
    for kind, number in {**run.unprepared, **ours.errors}.items():
        yield f"  {number:,} failed: {kind}"


def arrivals(found: Arrivals, within: float) -> Iterator[str]:
    """Return the account of voters who came over `within` seconds: both acts, then the requests by kind."""
    yield f"everybody opened the page within {within:g} s, and then cast within {within:g} s"
    acts = {"page to election": found.opened, "tap to receipt": found.cast}
    for name, tally in (*acts.items(), *sorted(found.requests.items(), key=lambda kind: -kind[1].completed)):
        columns = [
            f"{tally.completed:>7,}",
            *(f"p{one} {_told(tally.milliseconds(one), 'ms'):>11}" for one in (50, 99)),
        ]
        failed = [f"{number:,} failed: {kind}" for kind, number in tally.errors.items()]
        yield f"  {name:<44}" + "  ".join([*columns, *failed])


def arrivals_document(found: Arrivals, within: float, where: str, kind: str) -> dict[str, Any]:
    """Return the same figures, percentiles in milliseconds."""

    def figures(tally: Tally) -> dict[str, Any]:
        percentiles = {f"p{one}": tally.milliseconds(one) for one in (50, 99)}
        return {"completed": tally.completed, "errors": dict(tally.errors), **percentiles}

    return {
        "within": within,
        "opened": figures(found.opened),
        "cast": figures(found.cast),
        "requests": {name: figures(tally) for name, tally in sorted(found.requests.items())},
        "where": where,
        "stack": kind,
        **report.circumstances(),
    }


def table(sides: Sequence[tuple[str, Side]]) -> Iterator[str]:
    """Return a line for each side, with the same columns in all tables of a run."""
    for name, side in sides:
        tally = side.tally
        columns = [
            f"{side.rate:>9,.1f}/s",
            *(f"p{percent} {_told(tally.milliseconds(percent), 'ms'):>11}" for percent in (50, 95, 99)),
            f"CPU each: server {_told(side.milliseconds_each(side.server_seconds), 'ms')}",
            f"client {_told(side.milliseconds_each(side.client_seconds), 'ms')}",
            f"memory {_told(side.peak_mb, 'MB', 0)}",
            *([f"{tally.failed:,} failed"] if tally.failed else []),
        ]
        yield f"  {name:<30}" + "  ".join(columns)


def _side(side: Side) -> dict[str, Any]:
    tally = side.tally
    return {
        "completed": tally.completed,
        "errors": tally.failed,
        "per_second": round(side.rate, 2),
        **{f"p{percent}": tally.milliseconds(percent) for percent in (50, 95, 99)},
        "memory_mb": _rounded(side.peak_mb),
        "server_cpu_ms": side.milliseconds_each(side.server_seconds),
        "client_cpu_ms": side.milliseconds_each(side.client_seconds),
    }


def _timed(row: Timed) -> dict[str, Any]:
    return {"what": row.what, "seconds": round(row.ours.tally.seconds, 1), **_side(row.ours)} | (
        {"stock": _side(row.stock), "ratio": _ratio(row.ours, row.stock)} if row.stock else {}
    )


def _ratio(ours: Side, stock: Side) -> float | None:
    """Ours to stock, of the rates; above 1 is better."""
    return round(ours.rate / stock.rate, 3) if stock.rate else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _told(value: float | None, unit: str, digits: int = 1) -> str:
    return "unknown" if value is None else f"{value:,.{digits}f} {unit}"
