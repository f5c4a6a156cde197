"""What a job still has to do, kept in the bucket in parts: a step reads the part it works on, however long the list is.

Bucket   imports/<election>/<job>/<part>    a JSON array of at most `PART` rows; gone after a day
Bucket   runs/<election>/<job>/<part>       the same of invitation runs, which may take many days: keys, no addresses
"""

import json
from collections.abc import Sequence
from typing import Any

from ballotcast.store.blobs import Blobs

PART = 10_000
"""Rows in a part: at most some 700 KB, and a hundred parts for a million voters."""


class JobList:
    """The rows of one job."""

    def __init__(self, blobs: Blobs, election: str, job: str, folder: str = "imports") -> None:
        self._blobs = blobs
        self._prefix = f"{folder}/{election}/{job}/"
        self._part: tuple[str, list[Any] | None] = ("", None)
        """The key of the part that was read last, and its rows."""

    def keep(self, rows: Sequence[Any]) -> None:
        """Even no rows are kept: as one part without any."""
        for start in range(0, max(1, len(rows)), PART):
            content = json.dumps(rows[start : start + PART]).encode()
            self._blobs.put(self._key(start), content, "application/json")

    def behind(self, done: int, most: int) -> list[Any] | None:
        """Rows behind the first `done`: at most `most`, and of one part only. None: they are not there any more."""
        key, start = self._key(done), done % PART
        if self._part[0] != key:
            content = self._blobs.get(key)
            self._part = (key, json.loads(content) if content else None)
        rows = self._part[1]
        return None if rows is None else rows[start : start + most]

    def forget(self) -> None:
        for key in self._blobs.keys(self._prefix):
            self._blobs.delete(key)

    def _key(self, row: int) -> str:
        return f"{self._prefix}{row // PART:06}"
