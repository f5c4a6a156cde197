"""What a checkout adds to the command `ballotcast`: its developer tools."""

from collections.abc import Mapping
from functools import partial

from ballotcast_cli.commands import LazyCommand

_Tool = partial(LazyCommand, package="ballotcast_tools")

COMMANDS: Mapping[str, LazyCommand] = {
    "bench": _Tool(
        "bench.command",
        "Measure this product next to stock FastAPI on Lambda: CPU time, memory, and requests to DynamoDB.",
    ),
    "demo": _Tool(
        "demo.command",
        "Play an election on a running deployment: every voter casts one of the real ballots of FILE.",
    ),
    "mailbox": _Tool("mailbox", "Show the mails of the stack on this machine."),
    "routes": _Tool("routes", "Show all routes and whether the fast path takes them (docs/fast-path.md)."),
    "scale": _Tool("scale.command", "What elections of any size cost, and where they meet a limit (docs/scale.md)."),
    "scripts": _Tool("scripts", "Make the pages' scripts again and compare them with what a deployment serves."),
    "stack": _Tool(
        "stack.commands",
        "The whole of Ballotcast on this machine: no account, no container, nothing but this process and its workers.",
    ),
}
