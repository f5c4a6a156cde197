"""One Lambda execution environment as a process: AWS's runtime client (awslambdaric) with the function's code.

On AWS the code is in /var/task and layers are in /opt. Here they stay where they were unpacked, and
LAMBDA_TASK_ROOT and PYTHONPATH name those folders.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .runtime_api import Invocation, Outcome, RuntimeApi

LARGEST_RESPONSE = 6 * 1024 * 1024 + 100
"""Bytes (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""
_LOOK_EVERY = 0.1  # seconds, for a process that died; an outcome is noticed at once


@dataclass(frozen=True)
class Function:
    """What an environment runs: `python` is the interpreter, `libraries` are on its path (layers, runtime client)."""

    handler: str
    code: Path
    libraries: tuple[Path, ...]
    python: str
    timeout: float
    """Seconds."""


class InitialisationFailed(Exception):
    """The runtime ended, or reported an error, before it asked for an event. `error` is Lambda's JSON."""

    def __init__(self, error: bytes) -> None:
        super().__init__(error.decode(errors="replace"))
        self.error = error


class Environment:
    """Starts its process at `start`, and again for the next event after a crash or a timeout, as Lambda does."""

    def __init__(self, function: Function, variables: Mapping[str, str], scratch: Path) -> None:
        self._function, self._variables, self._scratch = function, dict(variables), scratch
        self._log = scratch / "log"
        self._shown = 0
        self._api: RuntimeApi | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it asks for an event. Raises InitialisationFailed."""
        self._end()
        temporary = self._scratch / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        self._api = RuntimeApi()
        with self._log.open("ab") as log:
            # -S: neither the packages of this machine nor those of the interpreter's environment, which Lambda lacks.
            self._process = subprocess.Popen(
                [self._function.python, "-s", "-S", "-m", "awslambdaric", self._function.handler],
                cwd=self._function.code,
                env=self._environment(temporary, self._api.address),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._await_initialisation(self._api, self._process)

    def invoke(self, invocation: Invocation) -> Outcome:
        """Return the function's response, or the error that Lambda reports in its place."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        assert self._api
        assert self._process
        self._api.hand_over(invocation)
        deadline = time.monotonic() + self._function.timeout
        while True:
            with contextlib.suppress(NotYet):
                outcome = invocation.outcome.result(timeout=min(_LOOK_EVERY, max(0, deadline - time.monotonic())))
                return outcome if len(outcome.body) <= LARGEST_RESPONSE else _too_large()
            if self._process.poll() is not None:
                return self._exited(invocation.id)
            if time.monotonic() >= deadline:
                self._end()
                return _timed_out(invocation.id, self._function.timeout)

    def stop(self) -> None:
        """End the process and remove its files."""
        self._end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def new_lines(self) -> Iterator[str]:
        """Yield what the process wrote since the last call. It writes into the file itself, so all of it is there."""
        with contextlib.suppress(FileNotFoundError), self._log.open("rb") as log:
            log.seek(self._shown)
            text = log.read()
            self._shown += len(text)
            yield from text.decode(errors="replace").splitlines()

    def _environment(self, temporary: Path, runtime_api: str) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "en_US.UTF-8",
            "TMPDIR": str(temporary),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self._variables,
            "PYTHONPATH": os.pathsep.join(map(str, self._function.libraries)),
            "LAMBDA_TASK_ROOT": str(self._function.code),
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
        }

    def _await_initialisation(self, api: RuntimeApi, process: "subprocess.Popen[bytes]") -> None:
        while True:
            with contextlib.suppress(NotYet):
                if failure := api.initialised.result(timeout=_LOOK_EVERY):
                    raise InitialisationFailed(failure.body)
                return
            if process.poll() is not None:
                raise InitialisationFailed(self._exited("").body)

    def _exited(self, invocation_id: str) -> Outcome:
        status = self._process.poll() if self._process else None
        self._end()
        ending = f"signal: {signal.Signals(-status).name}" if status and status < 0 else f"exit status {status}"
        return _error("Runtime.ExitError", f"RequestId: {invocation_id} Error: Runtime exited with error: {ending}")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()  # functions have no processes of their own
            self._process.wait()
            self._process = None
        if self._api is not None:
            self._api.close()
            self._api = None


def _timed_out(invocation_id: str, seconds: float) -> Outcome:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _error("Sandbox.Timedout", f"{now} {invocation_id} Task timed out after {seconds:.2f} seconds")


def _too_large() -> Outcome:
    message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_RESPONSE} bytes)."
    return _error("Function.ResponseSizeTooLarge", message)


def _error(kind: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)
