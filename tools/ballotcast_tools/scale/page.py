"""The tables and plots of docs/scale.md: from what was measured (docs/scale/measured.json) and from the simulation."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .limits import MINUTE, crowds, ladder
from .measured import COUNTING, LISTED, ORDER, ROLL, SPREAD, Measured
from .plots import bars, lines
from .simulation import breaks_first, refusals, simulate

DOCS = Path(__file__).parents[3] / "docs"
PAGE, KEPT = DOCS / "scale.md", DOCS / "scale" / "measured.json"
CORES = 2
SECONDS = 600
"""Of a simulation: five doublings of what is new, and less than a partition takes to be split."""
SHOWN = ("import", "invite", "cast", "stream", "ledger", "decrypt", "verify")
"""Stages that have a line of their own in the plots; the others of the count are below these."""


def keep(measured: Iterable[Measured]) -> None:
    """Among what was measured before; the same stage at the same size is replaced. Bytes moved are not told here."""
    found = {(row.voters, row.stage): row for row in (*load(), *measured)}
    rows = [
        json.dumps({name: told for name, told in vars(row).items() if name != "moved"})
        for row in sorted(found.values(), key=lambda row: (row.voters, ORDER.index(row.stage)))
    ]
    KEPT.write_text("[\n" + ",\n".join(rows) + "\n]\n")


def load() -> list[Measured]:
    return [Measured(**row) for row in json.loads(KEPT.read_text())] if KEPT.exists() else []


def write() -> None:
    """The page, and its plots next to what was measured."""
    PAGE.write_text(page(PAGE.read_text()))
    for name, drawing in plots().items():
        (KEPT.parent / name).write_text(drawing)


def page(text: str) -> str:
    """The page with current tables; each stands behind a comment that names it."""
    for name, rows in TABLES.items():
        table = "".join(f"| {' | '.join(row)} |\n" for row in rows())
        text = re.sub(rf"(<!-- {name} -->\n)(?:\|.*\n)*", rf"\g<1>{table}", text)
    return text


def plots() -> dict[str, str]:
    measured, sizes = _by_stage(), _sizes()
    cpu = {name: [row.cpu / row.voters * 1e6 for row in measured[name]] for name in SHOWN}
    units = {name: [(row.reads + row.writes) / row.voters for row in measured[name]] for name in SHOWN[:-1]}
    climbed = [
        (f"{name.replace('`', '')} → {broke or 'holds'}", taken, asked) for name, asked, taken, _, broke in _climbed()
    ]
    return {
        "cpu.svg": lines("CPU for each ballot", "µs", sizes, cpu),
        "units.svg": lines("DynamoDB units for each ballot", "read and write units", sizes, units),
        "limits.svg": bars("Casts taken after ten minutes, and what refuses the others", "casts a second", climbed),
    }


def _by_stage() -> dict[str, list[Measured]]:
    stages: dict[str, list[Measured]] = {}
    for row in load():
        stages.setdefault(row.stage, []).append(row)
    return stages


def _sizes() -> list[int]:
    return sorted({row.voters for row in load()})


def _costs() -> Iterator[Sequence[str]]:
    """Each stage at each size: CPU, and units read and written, of one ballot."""
    sizes = _sizes()
    yield ["stage", *(f"µs at {size:,}" for size in sizes), *(f"units at {size:,}" for size in sizes)]
    yield ["---", *("--:" for _ in sizes * 2)]
    for name, rows in _by_stage().items():
        cpu = [f"{row.cpu / row.voters * 1e6:.1f}" for row in rows]
        yield [name, *cpu, *(f"{(row.reads + row.writes) / row.voters:.2f}" for row in rows)]


def _roll() -> Iterator[Sequence[str]]:
    """What a voter of the roll takes: one who is imported or invited, or who is shown on a page."""
    yield ["stage", "voters", "units a voter", "µs of CPU a voter", "CPU, s", "memory, MiB"]
    yield ["---", "--:", "--:", "--:", "--:", "--:"]
    for name in ROLL:
        for row in _by_stage()[name]:
            each = row.voters if name in ("import", "invite") else min(LISTED, row.voters)
            units, cpu = (row.reads + row.writes) / each, row.cpu / each * 1e6
            yield [name, f"{row.voters:,}", f"{units:.2f}", f"{cpu:.0f}", f"{row.cpu:.1f}", str(row.memory >> 20)]


def _count() -> Iterator[Sequence[str]]:
    """From the close of the largest election to its verified export."""
    yield ["stage", "CPU, s", f"on {CORES} cores, s", "memory, MiB"]
    yield ["---", "--:", "--:", "--:"]
    rows = [row for row in load() if row.voters == max(_sizes()) and row.stage in COUNTING]
    for row in rows:
        yield [row.stage, f"{row.cpu:.1f}", f"{seconds_alone(row):.1f}", str(row.memory >> 20)]
    most = max(row.memory for row in rows) >> 20
    yield ["together", f"{sum(row.cpu for row in rows):.1f}", f"{sum(map(seconds_alone, rows)):.1f}", f"at most {most}"]


def seconds_alone(row: Measured) -> float:
    """Seconds that a stage would take with the cores to itself."""
    return row.cpu / (CORES if row.stage in SPREAD else 1)


def _climbed() -> Iterator[tuple[str, int, float, float, str]]:
    """Each rung: its name, casts asked for and taken a second, the share refused by what refuses most, and its name."""
    for name, casts, deployment in ladder():
        story = simulate(deployment, casts, SECONDS)
        taken = sum(second.taken for second in story[-60:]) / 60
        yield name, casts, min(taken, casts), max(0.0, *refusals(story).values()), breaks_first(story)


def _ladder() -> Iterator[Sequence[str]]:
    yield ["casts a second", "what is changed", "taken", "refused", "what breaks"]
    yield ["--:", "---", "--:", "--:", "---"]
    for name, casts, taken, refused, broke in _climbed():
        yield [f"{casts:,}", name, f"{taken:,.0f}", f"{refused:.1%}", broke or "nothing"]


def _crowds() -> Iterator[Sequence[str]]:
    """How many of a crowd are through when the minute is over."""
    yield [
        "voters",
        "all",
        "what is changed",
        "requests a second",
        "through within the minute",
        "refused",
        "what breaks",
    ]
    yield ["--:", "---", "---", "--:", "--:", "--:", "---"]
    for voters, act, name, deployment in crowds():
        story = simulate(deployment, voters / MINUTE, MINUTE)
        through = min(1.0, sum(second.taken for second in story) / sum(second.offered for second in story))
        refused = sum(max(0.0, share) for share in refusals(story).values())
        asked = voters / MINUTE * deployment.requests
        yield [
            f"{voters:,}",
            act,
            name,
            f"{asked:,.0f}",
            f"{through:.0%}",
            f"{refused:.1%}",
            breaks_first(story) or "nothing",
        ]


TABLES = {"costs": _costs, "roll": _roll, "count": _count, "ladder": _ladder, "crowds": _crowds}
"""By the comments that they stand behind."""
