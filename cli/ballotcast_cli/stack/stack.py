"""One stack on this machine: a folder of its own, a port of its own, so that several may run at once."""

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from .deploy import build, deploy
from .environments import TOP
from .process import StackError, check_port_free, running_pid, start_emulator, stop_emulator

DEFAULT_PORT = 4566
DEFAULT_DIRECTORY = TOP / ".stack"


class Stack:
    """`with Stack(folder, port) as stack:` has `project`'s template deployed; `stack.outputs["ApiUrl"]` answers.

    The folder holds pid, log, deploy.log, outputs.json and tmp/, which is emptied at the end. State lives in memory and
    ends with the stack. Every method raises StackError for what the user can put right.
    """

    def __init__(self, directory: Path, port: int, *, project: Path = TOP) -> None:
        self.directory, self.port, self.project = directory.resolve(), port, project
        self.log = self.directory / "log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None if it does not run."""
        return running_pid(self.directory / "pid")

    @property
    def outputs(self) -> dict[str, str]:
        """The template's outputs, `MailboxUrl` (JSON) and `MailboxPage`. Empty until it is deployed."""
        try:
            found: dict[str, str] = json.loads(self._outputs_file.read_text())
        except FileNotFoundError:
            return {}
        return found

    @property
    def endpoint(self) -> str:
        """Where all AWS services answer: boto3's `endpoint_url`; any access key of twelve digits or `test` is root."""
        return f"http://127.0.0.1:{self.port}"

    def build(self) -> None:
        """Package what changed since the last time; stacks that are made at once wait for each other here."""
        build(self.project)

    def start(self, *, with_parent: bool = True) -> None:
        """Start the emulator, empty. It ends with this process unless `with_parent` is false."""
        if self.pid is not None:
            raise StackError(f"a stack is running already in {self.directory}")
        check_port_free(self.port)
        self._clean()
        (self.directory / "tmp").mkdir(parents=True)
        python = self.project / ".tools" / "stack" / "bin" / "python"
        pid_file = self.directory / "pid"
        self._child = start_emulator(python, pid_file, self.log, self.port, with_parent=with_parent)

    def deploy(self) -> None:
        """Deploy what is built, anew or as an update."""
        outputs = deploy(self.project, self.port, self.directory / "deploy.log")
        outputs["MailboxUrl"] = f"{self.endpoint}/_ministack/ses/messages"
        outputs["MailboxPage"] = f"{self.endpoint}/_ballotcast/mailbox"
        self._outputs_file.write_text(json.dumps(outputs, indent=2) + "\n")

    def stop(self) -> None:
        """End it and remove what it left; nothing if it does not run."""
        pid = self._child.pid if self._child else self.pid
        if pid is not None:
            stop_emulator(pid, self._child)
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

    @property
    def _outputs_file(self) -> Path:
        return self.directory / "outputs.json"

    def _clean(self) -> None:
        self._outputs_file.unlink(missing_ok=True)
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)
