"""Threads that call functions, and the requests that wait for one of them.

    event loop ── submit ──► waiting, at most `waiting` ──► a thread ── work() ──┐
         ▲                                                                       │
         └───────────── results, all that are ready in one turn of the loop ◄────┘

A job that is given up before a thread takes it never starts: its client is gone, or has its response already. One that
runs cannot be stopped; its result is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Full(Exception):
    """As many jobs wait as may wait."""


class GivenUp(Enum):
    """Why nobody waits for a job any more."""

    GONE = auto()
    LATE = auto()
    STOPPING = auto()


class Job(Generic[T]):
    """`outcome` is the event loop's: what the work returned or raised, or why the job was given up."""

    __slots__ = ("_work", "error", "outcome", "result")

    def __init__(self, outcome: "asyncio.Future[T | GivenUp]", work: Callable[[], T]) -> None:
        self.outcome = outcome
        self._work = [work]
        self.result: T | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work, unless it was given up."""
        try:
            work = self._work.pop()  # atomic: a list's pop and clear exclude each other
        except IndexError:
            return
        try:
            self.result = work()
        except BaseException as error:  # noqa: BLE001 - anyone who awaits the outcome gets it; the thread must continue
            self.error = error

    def give_up(self, reason: GivenUp) -> None:
        """In the loop's thread: forget the work if it has not begun, and end the wait for it if it has not ended."""
        self._work.clear()
        if not self.outcome.done():
            self.outcome.set_result(reason)

    def finish(self) -> None:
        """In the loop's thread: end the wait for it."""
        if self.outcome.done():
            return
        if self.error is not None:
            self.outcome.set_exception(RuntimeError(f"{type(self.error).__name__} in a thread of the front"))
        else:
            self.outcome.set_result(self.result)  # type: ignore[arg-type]


class Pool(Generic[T]):
    """`submit`, `waiting` and `close` are for the loop's thread. Threads start as they are needed."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._name, self._most_threads, self._most_waiting = name, threads, waiting
        self._queue: SimpleQueue[Job[T] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._unfinished = 0
        self._done: deque[Job[T]] = deque()
        self._woken = False
        self._loop: asyncio.AbstractEventLoop

    @property
    def waiting(self) -> int:
        """Jobs without a thread; given-up ones count until their turn would have come."""
        return max(0, self._unfinished - self._most_threads)

    def submit(self, work: Callable[[], T]) -> Job[T]:
        """Have a thread do `work`. Raises Full."""
        if self._unfinished >= self._most_threads + self._most_waiting:
            raise Full
        self._loop = asyncio.get_running_loop()
        job = Job(self._loop.create_future(), work)
        self._unfinished += 1
        if len(self._threads) < min(self._unfinished, self._most_threads):
            self._start_thread()
        self._queue.put(job)
        return job

    def close(self, seconds: float) -> bool:
        """End the threads after the jobs that they have. False if some still run after `seconds`."""
        for _ in self._threads:
            self._queue.put(None)
        deadline = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start_thread(self) -> None:
        thread = Thread(target=self._run, name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        while job := self._queue.get():
            job.run()
            self._done.append(job)
            del job  # or this thread would hold it until it gets another
            if not self._woken:
                self._woken = True
                self._wake()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._finish)
        except RuntimeError:
            return  # the loop is closed, so nobody waits

    def _finish(self) -> None:
        self._woken = False  # before the results are taken: what is added from here on wakes the loop again
        while self._done:
            self._unfinished -= 1
            self._done.popleft().finish()


class Patience:
    """Gives up jobs that take longer than `seconds`. One timer for all, since all have the same time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadlines: dict[Job[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, job: Job[Any]) -> None:
        loop = asyncio.get_running_loop()
        self._deadlines[job] = deadline = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._ring, loop)

    def forget(self, job: Job[Any]) -> None:
        self._deadlines.pop(job, None)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deadlines are in order, the earliest first."""
        now = loop.time()
        late = [job for job, deadline in self._deadlines.items() if deadline <= now]
        for job in late:
            del self._deadlines[job]
            job.give_up(GivenUp.LATE)
        first = next(iter(self._deadlines.values()), None)
        self._timer = None if first is None else loop.call_at(first, self._ring, loop)
