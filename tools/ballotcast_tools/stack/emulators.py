"""What a stack on this machine runs in: how each is started, deployed to, and looked into."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import Launch

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """Where a stack is: `directory` is its own, `project` the checkout. `settings`: variables for its process."""

    directory: Path
    port: int
    project: Path
    settings: Mapping[str, str]

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def scratch(self) -> Path:
        """Emptied when the stack ends."""
        return self.directory / "tmp"


class Emulator(ABC):
    """`name`: as `--stack` and samconfig.toml have it. `title`: for people. `keeps`: whether its data outlives it."""

    name: str
    title: str
    keeps: bool

    @abstractmethod
    def launch(self, place: Place) -> Launch:
        """Return how its process is started."""

    @abstractmethod
    def build(self, place: Place) -> None:
        """Package what is deployed. Raises StackError."""

    @abstractmethod
    def deploy(self, place: Place) -> dict[str, str]:
        """Deploy template.yaml and return its outputs, `MailboxUrl` and `MailboxPage`. Raises StackError."""

    @abstractmethod
    def client(self, place: Place, service: str) -> Any:
        """Return a boto3 client, or what has its methods, that may do everything."""

    def environment(self, place: Place) -> dict[str, str]:
        """Return what the environment of each such process has.

        Functions inherit parts of it, and must find neither the user's AWS settings nor this Python's path.
        """
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(place.scratch),
            "TMPDIR": str(place.scratch),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "PYTHONUNBUFFERED": "1",
        }
