"""One stack on this machine: a folder of its own, a port of its own, so that several may run at once."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ballotcast_cli.deployment import write_private
from ballotcast_tools.build.environments import TOP

from .emulators import Emulator, Place
from .localstack_emulator import LocalStack
from .process import StackError, check_port_free, running_pid, start_emulator, stop_emulator
from .runtime_emulator import Runtime, started

DEFAULT_PORT = 4566
DEFAULT_DIRECTORY = TOP / ".stack"
RUNTIME, LOCALSTACK = Runtime(), LocalStack()
EMULATORS: dict[str, Emulator] = {one.name: one for one in (RUNTIME, LOCALSTACK)}
NO_SETTINGS: Mapping[str, str] = {}


class Stack:
    """`with Stack(folder, port) as stack:` has `project`'s template running; `stack.outputs["ApiUrl"]` is its API.

    `emulator` is what it runs in, `settings` are variables for that process (runtime/options.py). The folder holds pid,
    log, outputs.json, tmp/, which is emptied at the end, and data/, which stays. Every method raises StackError for
    what the user can put right.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        *,
        emulator: Emulator = RUNTIME,
        project: Path = TOP,
        settings: Mapping[str, str] = NO_SETTINGS,
    ) -> None:
        self.directory, self.port, self.emulator, self.project = directory.resolve(), port, emulator, project
        self.place = Place(self.directory, port, project, settings)
        self.log = self.directory / "log"
        self._child: subprocess.Popen[bytes] | None = None
        self._clients: dict[str, Any] = {}

    @property
    def pid(self) -> int | None:
        """Its process, None if it does not run."""
        return running_pid(self.directory / "pid")

    @property
    def outputs(self) -> dict[str, str]:
        """The template's outputs, `Emulator`, `MailboxUrl` (JSON) and `MailboxPage`. Empty until it is deployed."""
        try:
            found: dict[str, str] = json.loads(self._outputs_file.read_text())
        except FileNotFoundError:  # nothing runs, or a service manager started it
            return started(self.place) if self.emulator.keeps and self.pid else {}
        return found

    def client(self, service: str) -> Any:
        """Return a client with boto3's methods that may do everything; the same one until the stack is stopped."""
        if service not in self._clients:
            self._clients[service] = self.emulator.client(self.place, service)
        return self._clients[service]

    def build(self) -> None:
        """Package what changed since the last time; stacks that are made at once wait for each other here."""
        self.emulator.build(self.place)

    def start(self, *, with_parent: bool = True) -> None:
        """Start its process. It ends with this process unless `with_parent` is false."""
        if self.pid is not None:
            raise StackError(f"a stack is running already in {self.directory}")
        check_port_free(self.port)
        self._clean()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.place.scratch.mkdir(mode=0o700)
        launch = self.emulator.launch(self.place)
        self._child = start_emulator(launch, self.directory / "pid", self.log, with_parent=with_parent)

    def deploy(self) -> None:
        """Deploy what is built, from scratch or as an update, and note the outputs."""
        self._note({**self.emulator.deploy(self.place), "Emulator": self.emulator.name})

    def attach(self, endpoint: str) -> None:
        """Note the outputs of a stack that was deployed to a LocalStack elsewhere, so that commands find it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._note({**LOCALSTACK.attach(endpoint), "Emulator": LOCALSTACK.name})

    def stop(self) -> None:
        """End it and remove what it left; nothing if it does not run."""
        while self._clients:
            self._clients.popitem()[1].close()
        pid = self._child.pid if self._child else self.pid
        if pid is not None:
            stop_emulator(pid, self.emulator.launch(self.place).stops_within, self._child)
        self._child = None
        self._clean()

    def __enter__(self) -> Self:
        self.start()
        try:
            self.build()
            self.deploy()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _note(self, outputs: dict[str, str]) -> None:
        """The mailbox's address opens it, so the file is the owner's alone."""
        write_private(self._outputs_file, json.dumps(outputs, indent=2) + "\n")

    @property
    def _outputs_file(self) -> Path:
        return self.directory / "outputs.json"

    def _clean(self) -> None:
        self._outputs_file.unlink(missing_ok=True)
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)
