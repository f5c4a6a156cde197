"""Who waits for news of what: a consumer of a stream or queue sleeps until something was committed for it."""

from collections import defaultdict
from collections.abc import Iterable
from threading import Event, Lock


class Signals:
    def __init__(self) -> None:
        self._lock = Lock()
        self._watching: dict[str, list[Event]] = defaultdict(list)

    def watch(self, *topics: str) -> Event:
        """Return an event of the caller's own, set after each commit that woke one of the topics.

        Clear it before looking for news, so that none is missed:

            event.clear()
            if not look():
                event.wait(until_something_is_due)
        """
        event = Event()
        with self._lock:
            for topic in topics:
                self._watching[topic].append(event)
        return event

    def wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for event in self._watching.get(topic, ()):
                event.set()
