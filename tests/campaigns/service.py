"""An embedded runtime that is killed without warning, and started again with the same data on the same port."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import httpx2 as httpx

from ballotcast_tools.stack.mailbox import Mail, read_mails
from ballotcast_tools.stack.stack import Stack

PORTS = range(21000, 32000)
"""Below those that the system gives to connections, one of which could take the port while the runtime is down."""
PATIENCE = 120.0


class Service:
    """`kills`, `worker_kills`: how many processes were killed so far; `idle` of them while nobody did anything."""

    def __init__(self, directory: Path, chance: random.Random) -> None:
        self._chance = chance
        self.stack = Stack(directory, _free_port())
        self.kills = self.worker_kills = self.idle = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.stack.port}"

    def __enter__(self) -> Self:
        self.stack.start()
        self.stack.deploy()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.stop()

    def restart(self) -> None:
        """Kill the main process, and start another; its workers are left to notice by themselves, or killed as well."""
        pid = self.stack.pid
        assert pid is not None
        (os.kill if self._chance.random() < 0.5 else os.killpg)(pid, signal.SIGKILL)
        self.kills += 1
        self.stack.stop()
        shutil.copy(self.stack.log, self.stack.directory / f"log-{self.kills:03d}")
        self.stack.start()
        self.stack.deploy()

    def kill_worker(self) -> None:
        """Kill one of the processes for background functions, if there is one at present."""
        if workers := _children(self.stack.pid):
            os.kill(self._chance.choice(workers), signal.SIGKILL)
            self.worker_kills += 1

    @contextmanager
    def killed(self, times: int, uptime: tuple[float, float]) -> Iterator["Killing"]:
        """Restart it so often, each time after a random `uptime` (seconds), while the body runs; all by its end."""
        killing = Killing(self, times, [self._chance.uniform(*uptime) for _ in range(times)])
        killing.thread.start()
        try:
            yield killing
            self.idle += times - killing.begun
        except BaseException:
            killing.stopping.set()
            raise
        finally:
            killing.thread.join()
        if killing.error:
            raise killing.error

    @contextmanager
    def without_workers(self, every: float) -> Iterator[None]:
        """Kill a worker every so many seconds while the body runs."""
        stopping = Event()

        def run() -> None:
            while not stopping.wait(every):
                self.kill_worker()

        thread = Thread(target=run, name="worker-killer")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    def mails(self) -> list[Mail]:
        """All mails in the mailbox, oldest first, as soon as the service is up."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return read_mails(self.stack.outputs["MailboxUrl"])
            except (KeyError, ValueError, httpx.HTTPError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


class Killing:
    """`begun`: kills so far. `over`: set once all are done."""

    def __init__(self, service: Service, times: int, uptimes: list[float]) -> None:
        self._service, self._uptimes = service, uptimes
        self.stopping, self.over = Event(), Event()
        self.begun = 0
        self.error: BaseException | None = None
        self.thread = Thread(target=self._run, name="killer")

    def _run(self) -> None:
        try:
            for uptime in self._uptimes:
                if self.stopping.wait(uptime):
                    return
                self.begun += 1
                self._service.restart()
        except BaseException as error:  # noqa: BLE001 - raised where the campaign is
            self.error = error
        finally:
            self.over.set()


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _children(pid: int | None) -> list[int]:
    listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (map(int, line.split()) for line in listed.splitlines())
    return [child for child, parent in pairs if parent == pid]
