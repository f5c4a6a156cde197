"""Which deployment the command talks to, and as whom.

The address: `--api`, else BALLOTCAST_API, else what the stack on this machine wrote to `.stack/outputs.json` here or in
a folder above. The session (an organiser's token, an hour) lies in the user's configuration folder, for them only.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

OUTPUTS = Path(".stack", "outputs.json")


@dataclass(frozen=True)
class Deployment:
    """`api`: the API's address, no trailing slash. `mailbox`: where a local stack's mails are read; else empty."""

    api: str
    mailbox: str = ""


def find_deployment(api: str | None) -> Deployment:
    _, outputs = local_stack()
    local = outputs.get("ApiUrl", "").rstrip("/")
    chosen = (api or os.environ.get("BALLOTCAST_API") or local).rstrip("/")
    if not chosen:
        raise click.UsageError("no deployment: start one with `make up`, or name one with --api or BALLOTCAST_API")
    return Deployment(chosen, outputs.get("MailboxUrl", "") if chosen == local else "")


def local_stack() -> tuple[Path | None, dict[str, str]]:
    """Return the folder and the outputs of the stack on this machine: None and empty if there is none."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / OUTPUTS).is_file():
            found: dict[str, str] = json.loads((folder / OUTPUTS).read_text())
            return (folder / OUTPUTS).parent, found
    return None, {}


def save_session(deployment: Deployment, token: str, device: str) -> None:
    """`device`: for the next log-in here."""
    _save({**_sessions(), deployment.api: token, _device_of(deployment): device})


def forget_session(deployment: Deployment) -> None:
    _save({name: token for name, token in _sessions().items() if name != deployment.api})


def save_device(deployment: Deployment, device: str) -> None:
    _save({**_sessions(), _device_of(deployment): device})


def load_device(deployment: Deployment) -> str:
    """What the last log-in left; empty if there was none."""
    return str(_sessions().get(_device_of(deployment), ""))


def _device_of(deployment: Deployment) -> str:
    return f"{deployment.api} device"


def _save(sessions: dict[str, Any]) -> None:
    file = _session_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_private(file, json.dumps(sessions))


def load_session(deployment: Deployment) -> str:
    token = _sessions().get(deployment.api)
    if not token:
        raise click.ClickException("not logged in here: `ballotcast log-in EMAIL` first")
    return str(token)


def write_private(file: Path, text: str) -> None:
    """All or nothing, and readable by its owner only from the first byte."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)


def _sessions() -> dict[str, Any]:
    file = _session_file()
    if not file.is_file():
        return {}
    sessions: dict[str, Any] = json.loads(file.read_text())
    return sessions


def _session_file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder, "ballotcast", "sessions.json")
