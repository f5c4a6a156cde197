"""What a run of the benchmark tells: one table for people, one JSON document for programs."""

import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ballotcast.clock import to_rfc3339

from .measures import Comparison, Sample

HEAD = ("", "stock", "ours", "unit", "ratio", "budget", "")


def table(rows: Sequence[Comparison]) -> str:
    """Columns aligned; `±` is half the distance of the quartiles."""
    cells = [HEAD, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 3) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def document(rows: Sequence[Comparison], more: dict[str, Any]) -> dict[str, Any]:
    """The ratios to stock by name, everything that was measured, and where."""
    ratios = {row.name: round(row.ratio, 4) for row in rows if row.ratio is not None}
    measured = {row.name: row.as_json() for row in rows}
    return {**ratios, **circumstances(), "measured": measured, **more}


def circumstances() -> dict[str, Any]:
    """When and on what something was measured."""
    machine = {"python": platform.python_version(), "machine": platform.machine(), "processor": _processor()}
    return {"at": to_rfc3339(datetime.now(UTC)), **machine}


def write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def _cells(row: Comparison) -> tuple[str, ...]:
    ratio, budget = row.ratio, row.budget
    return (
        f"{row.name}: {row.what}",
        _told(row.stock) if row.stock else "",
        _told(row.ours),
        row.unit,
        f"{ratio:.3f}" if ratio is not None else "",
        f"≤ {budget:.2f}" if budget is not None else "",
        "" if ratio is None or budget is None else "kept" if ratio <= budget else "OVER",
    )


def _told(sample: Sample) -> str:
    digits = 0 if sample.median >= 100 else 1 if sample.median >= 10 else 2
    spread = f" ± {sample.spread:.0%}" if len(sample.values) > 1 else ""
    return f"{sample.median:,.{digits}f}{spread}"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
