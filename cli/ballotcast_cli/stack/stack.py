"""One stack on this machine: a folder of its own, a port of its own, so that several may run at once."""

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from .deploy import attach, build, deploy
from .emulators import EMULATORS, HOST, Emulator
from .environments import TOP
from .mailbox_page import PATH
from .process import Launch, StackError, check_port_free, running_pid, start_emulator, stop_emulator

DEFAULT_PORT = 4566
DEFAULT_DIRECTORY = TOP / ".stack"


class Stack:
    """`with Stack(folder, port) as stack:` has `project`'s template deployed; `stack.outputs["ApiUrl"]` answers.

    `emulator` plays AWS. The folder holds pid, log, deploy.log, outputs.json and tmp/, which is emptied at the end.
    State lives in memory and ends with the stack. Every method raises StackError for what the user can put right.
    """

    def __init__(
        self, directory: Path, port: int, *, emulator: Emulator = EMULATORS["local"], project: Path = TOP
    ) -> None:
        self.directory, self.port, self.emulator, self.project = directory.resolve(), port, emulator, project
        self.log = self.directory / "log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None if it does not run."""
        return running_pid(self.directory / "pid")

    @property
    def outputs(self) -> dict[str, str]:
        """The template's outputs, `Emulator`, `MailboxUrl` (JSON) and `MailboxPage`. Empty until it is deployed."""
        try:
            found: dict[str, str] = json.loads(self._outputs_file.read_text())
        except FileNotFoundError:
            return {}
        return found

    @property
    def endpoint(self) -> str:
        """Where all AWS services answer: boto3's `endpoint_url`; any access key of twelve digits or `test` is root."""
        return f"http://{HOST}:{self.port}"

    def build(self) -> None:
        """Package what changed since the last time; stacks that are made at once wait for each other here."""
        build(self.project, self.emulator)

    def start(self, *, with_parent: bool = True) -> None:
        """Start the emulator, empty. It ends with this process unless `with_parent` is false."""
        if self.pid is not None:
            raise StackError(f"a stack is running already in {self.directory}")
        check_port_free(self.port)
        self._clean()
        (self.directory / "tmp").mkdir(parents=True)
        launch = Launch(
            command=[self.emulator.python(self.project), "-m", self.emulator.module],
            environment=self.emulator.environment(self.directory / "tmp", self.port, self.project),
            ready=self.endpoint + self.emulator.ready,
            starts_within=self.emulator.starts_within,
            stops_within=self.emulator.stops_within,
        )
        self._child = start_emulator(launch, self.directory / "pid", self.log, with_parent=with_parent)

    def deploy(self) -> None:
        """Deploy what is built, anew or as an update."""
        deploy(self.project, self.emulator, self.endpoint, self.directory / "deploy.log")
        self._note({**attach(self.endpoint, self.emulator), "MailboxPage": f"{self.endpoint}{PATH}"})

    def attach(self, endpoint: str) -> None:
        """Note the outputs of a stack that was deployed to a LocalStack elsewhere, so that commands find it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._note(attach(endpoint, self.emulator))

    def stop(self) -> None:
        """End it and remove what it left; nothing if it does not run."""
        pid = self._child.pid if self._child else self.pid
        if pid is not None:
            stop_emulator(pid, self.emulator.stops_within, self._child)
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
        self._outputs_file.write_text(json.dumps(outputs, indent=2) + "\n")

    @property
    def _outputs_file(self) -> Path:
        return self.directory / "outputs.json"

    def _clean(self) -> None:
        self._outputs_file.unlink(missing_ok=True)
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)
