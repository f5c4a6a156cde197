"""S3 as a boto3 client has it, over a folder: the calls that the stores make, counted."""

import io
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from .capacity import Meter

PAGE = 1000
"""Objects in one answer of ListObjectsV2."""


class NoSuchKey(ClientError): ...


class FolderS3:
    """An object is a file under the folder, by its key."""

    exceptions = SimpleNamespace(NoSuchKey=NoSuchKey)

    def __init__(self, folder: Path, meter: Meter) -> None:
        self.meter = meter
        self._folder = folder

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        self.meter.moved += self._place("PutObject", Key).write_bytes(Body)

    def upload_file(self, path: str, bucket: str, key: str, **_: Any) -> None:
        self.meter.moved += copyfile(path, self._place("PutObject", key)).stat().st_size

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.meter.requests["GetObject"] += 1
        try:
            content = (self._folder / Key).read_bytes()
        except FileNotFoundError:
            raise NoSuchKey({"Error": {"Code": "NoSuchKey"}}, "GetObject") from None
        self.meter.moved += len(content)
        return {"Body": io.BytesIO(content)}

    def delete_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803
        self.meter.requests["DeleteObject"] += 1
        (self._folder / Key).unlink(missing_ok=True)

    def get_paginator(self, _operation: str) -> "FolderS3":
        return self

    def paginate(self, *, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        """One page for each thousand objects."""
        found = (self._folder / Prefix.rpartition("/")[0]).rglob("*")
        keys = sorted(path.relative_to(self._folder).as_posix() for path in found if path.is_file())
        keys = [key for key in keys if key.startswith(Prefix)]
        for first in range(0, max(1, len(keys)), PAGE):
            self.meter.requests["ListObjectsV2"] += 1
            yield {"Contents": [{"Key": key} for key in keys[first : first + PAGE]]}

    def _place(self, operation: str, key: str) -> Path:
        self.meter.requests[operation] += 1
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
