"""A thread that works when there is news, or when something is due, and sleeps in between."""

import logging
from collections.abc import Callable
from threading import Event, Thread

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds: a clock that was set, or a machine that slept, is noticed after as many."""
AFTER_ERROR = 5.0
"""Seconds until a turn that raised is tried again."""
PATIENCE = 30.0
"""Seconds that a stop waits for what runs."""


class Loop:
    """`turn` does what there is to do, and returns seconds until there will be more; None if only news bring it.

    `news` is set by anyone who has some (see Signals.watch).
    """

    def __init__(self, name: str, news: Event, turn: Callable[[], float | None]) -> None:
        self._news = news
        self._turn = turn
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Let the present turn end, and no other begin. Return whether it ended within `patience` seconds."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join(patience)
        return not self._thread.is_alive()

    def end(self) -> None:
        """Ask for the end, and do not wait for it: so that several loops end at the same time."""
        self._stopping.set()
        self._news.set()

    def pause(self, seconds: float) -> bool:
        """Within a turn: wait, but not past a stop. Return whether the turn may continue."""
        return not self._stopping.wait(seconds)

    def _run(self) -> None:
        while True:
            self._news.clear()
            if self._stopping.is_set():
                return
            try:
                seconds = self._turn()
            except Exception:  # the edge: a source whose thread ended would be silent until the next start
                log.exception("%s failed; it continues in %g s", self._thread.name, AFTER_ERROR)
                self.pause(AFTER_ERROR)
                continue
            if seconds is None or seconds > 0:
                self._news.wait(LONGEST_SLEEP if seconds is None else min(seconds, LONGEST_SLEEP))
