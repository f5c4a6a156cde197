"""`ballotcast scale`: what an election costs at any size, and which limit it meets first at any rate."""

import os
import subprocess
import sys
from pathlib import Path

import click

from .measured import ORDER
from .page import write

FUNCTIONS = Path(__file__).parents[3] / "functions"


@click.group("scale")
def command() -> None:
    """What elections of any size cost, and where they meet a limit (docs/scale.md). Needs the repository."""


@command.command("measure")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--voters", default=1_000, show_default=True, type=click.IntRange(100), help="All of them vote.")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1))
@click.option("--until", default=ORDER[-1], show_default=True, type=click.Choice(ORDER), help="The last stage.")
@click.option("--keep", is_flag=True, help="Write the figures to docs/scale/measured.json.")
def measure(folder: Path, voters: int, processes: int, until: str, keep: bool) -> None:
    """An election's whole life on the disk, in FOLDER; broken off, it continues where it was."""
    kept = ["--keep"] if keep else []
    told = [str(folder), str(voters), str(processes), until, *kept]
    order = [sys.executable, "-m", "ballotcast_tools.scale.measuring", *told]
    # The functions are no package: here, as when they are deployed, their folder is where Python looks for them.
    path = os.pathsep.join([str(FUNCTIONS), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "POWERTOOLS_METRICS_NAMESPACE": "Ballotcast"}
    raise SystemExit(subprocess.run(order, env=environment, check=False).returncode)


@command.command("page")
def page() -> None:
    """Write tables and plots of docs/scale.md again."""
    write()
