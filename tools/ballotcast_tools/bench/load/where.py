"""Where the stack is that is put under load: its addresses, and its process where that runs on this machine."""

from dataclasses import dataclass
from pathlib import Path

import click

from ballotcast_cli.deployment import find_deployment, local_stack
from ballotcast_tools.stack.process import running_pid

from .processes import Server


@dataclass(frozen=True)
class Place:
    """`mailbox`: empty if none is known. `kind`: `local`, `localstack` or `remote`.

    `folder`: where the stack keeps its files, None of one elsewhere: a server to compare with stores its own there, so
    that both write to the same disk.
    """

    api: str
    mailbox: str
    kind: str
    server: Server
    folder: Path | None


def find_place(api: str | None, mailbox: str | None, pid: int | None) -> Place:
    """Return the stack at `api`, or else the one that the other commands find. Raises UsageError without a mailbox.

    `mailbox` and `pid` are needed only where the stack is not the one of this checkout.
    """
    deployment = find_deployment(api)
    folder, outputs = local_stack()
    is_local = outputs.get("ApiUrl", "").rstrip("/") == deployment.api
    mails = mailbox or deployment.mailbox
    if not mails:
        raise click.UsageError("the voters' links are read from a mailbox: name it with --mailbox")
    return Place(
        deployment.api,
        mails,
        outputs.get("Emulator", "local") if is_local else "remote",
        Server(pid or (running_pid(folder / "pid") if is_local and folder else None)),
        folder if is_local else None,
    )
