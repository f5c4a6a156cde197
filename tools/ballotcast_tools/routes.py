"""`ballotcast routes`: every route of every function, who may call it, and which path answers it."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click

FUNCTIONS = Path(__file__).parents[2] / "functions"
_LINE = "{:9} {:7} {:50} {:21} {}"
_POWERTOOLS = {"POWERTOOLS_METRICS_NAMESPACE": "Ballotcast", "POWERTOOLS_TRACE_DISABLED": "true"}


@click.command("routes")
def command() -> None:
    """Show all routes and whether the fast path takes them (docs/fast-path.md). Needs the repository."""
    # The functions are no package: here, as when they are deployed, their folder is where Python looks for them.
    path = os.pathsep.join([str(FUNCTIONS), *filter(None, [os.environ.get("PYTHONPATH")])])
    order = [sys.executable, "-m", "ballotcast_tools.routes"]
    shown = subprocess.run(
        order, env={**os.environ, **_POWERTOOLS, "PYTHONPATH": path}, check=False, capture_output=True, text=True
    )
    if shown.returncode:
        raise click.ClickException(shown.stderr)
    click.echo(shown.stdout, nl=False)


def show() -> None:
    from ballotcast.http.fastpath import decide

    print(_LINE.format("function", "method", "path", "access", "answered by"))
    for name in sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py")):
        for made in decide(importlib.import_module(f"{name}.app").app):
            answered = f"FastAPI: {made.why_stock}" if made.why_stock else "the fast path"
            print(_LINE.format(name, made.method, made.resource, made.route.contract.access, answered))


if __name__ == "__main__":
    show()
