"""S3: the one bucket, whose objects are files with random names; a row says which file a key is.

A file is complete and on disk before the commit that names it, and is deleted after the commit that no longer does. A
crash between the two leaves a file without a row, which the next start deletes.
"""

import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed, Transaction

from .downloads import Download, Downloads
from .errors import EXCEPTIONS, error
from .master_key import sync_folder

S3_SCHEMA = """
    CREATE TABLE IF NOT EXISTS object (
        key TEXT PRIMARY KEY, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, type TEXT NOT NULL,
        at INTEGER NOT NULL, expires INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS object_expiry ON object (expires) WHERE expires IS NOT NULL;
"""
PAGE = 1000
"""Objects in one answer of ListObjectsV2."""
CHUNK = 1 << 20
DAY = 86_400
_FIND = "SELECT file, size, type, etag FROM object WHERE key = ?"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Lists(Protocol):
    """A client that lists a bucket."""

    def list_objects_v2(self, *, Bucket: str, Prefix: str, StartAfter: str) -> dict[str, Any]: ...


class S3:
    """`expirations`: prefixes and the days after which objects below them are deleted."""

    exceptions = EXCEPTIONS

    def __init__(
        self,
        database: Database,
        folder: Path,
        bucket: str,
        expirations: Sequence[tuple[str, int]],
        downloads: Downloads,
        clock: Clock = system_clock,
    ) -> None:
        self._database, self._folder, self._bucket, self._clock = database, folder, bucket, clock
        self._expirations = expirations
        self._downloads = downloads
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str = "binary/octet-stream") -> None:
        self._require(Bucket, "PutObject")
        self._store(Key, io.BytesIO(Body), ContentType)

    def upload_file(self, path: str, bucket: str, key: str, ExtraArgs: dict[str, str] | None = None) -> None:
        self._require(bucket, "PutObject")
        with Path(path).open("rb") as content:
            self._store(key, content, (ExtraArgs or {}).get("ContentType", "binary/octet-stream"))

    def get_object(self, *, Bucket: str, Key: str, Range: str = "") -> dict[str, Any]:
        self._require(Bucket, "GetObject")
        content, size, kind, etag = self._open(Key)
        with content:
            if Range:
                first, last = map(int, self._range(Range))
                if first >= size:
                    raise error("InvalidRange", "GetObject")
                content.seek(first)
                body = content.read(last - first + 1)
            else:
                body = content.read()
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "ContentType": kind, "ETag": f'"{etag}"'}

    def delete_object(self, *, Bucket: str, Key: str) -> None:
        self._require(Bucket, "DeleteObject")

        def delete(transaction: Transaction) -> str | None:
            row = transaction.execute("DELETE FROM object WHERE key = ? RETURNING file", (Key,)).fetchone()
            return row and str(row[0])

        self._discard(self._database.write(delete))

    def list_objects_v2(
        self, *, Bucket: str, Prefix: str = "", MaxKeys: int = PAGE, StartAfter: str = ""
    ) -> dict[str, Any]:
        self._require(Bucket, "ListObjectsV2")
        most = min(MaxKeys, PAGE)
        rows = self._database.reader().execute(
            "SELECT key, size FROM object WHERE key >= ? AND key > ? ORDER BY key LIMIT ?",
            (Prefix, StartAfter, most + 1),
        )
        found = [{"Key": key, "Size": size} for key, size in rows.fetchall() if key.startswith(Prefix)]
        return {"Contents": found[:most], "IsTruncated": len(found) > most, "KeyCount": len(found[:most])}

    def get_paginator(self, operation: str) -> "Pages":
        assert operation == "list_objects_v2", operation
        return Pages(self)

    def generate_presigned_url(self, operation: str, *, Params: dict[str, str], ExpiresIn: int) -> str:
        assert operation == "get_object", operation
        self._require(Params["Bucket"], "GetObject")
        disposition = Params.get("ResponseContentDisposition", "")
        return self._downloads.address(Params["Key"], disposition, int(self._clock().timestamp()) + ExpiresIn)

    def download(self, path: str) -> tuple[Path, str, str] | None:
        """Return file, media type and Content-Disposition of a presigned path; None if it is forged, over or gone."""
        asked: Download | None = self._downloads.read(path, int(self._clock().timestamp()))
        if not asked:
            return None
        row = self._database.reader().execute("SELECT file, type FROM object WHERE key = ?", (asked.key,)).fetchone()
        return (self._folder / row[0], row[1], asked.disposition) if row else None

    def expire(self, most: int = 100) -> int:
        """Delete at most so many objects whose days are over. Returns how many."""

        def sweep(transaction: Transaction) -> list[str]:
            now = int(self._clock().timestamp())
            keys = transaction.execute("SELECT key FROM object WHERE expires < ? LIMIT ?", (now, most)).fetchall()
            return [
                transaction.execute("DELETE FROM object WHERE key = ? RETURNING file", key).fetchone()[0]
                for key in keys
            ]

        files = self._database.write(sweep)
        for file in files:
            self._discard(file)
        return len(files)

    def delete_strays(self) -> int:
        """Delete files that no row names. For the start only, when nothing else writes. Returns how many."""
        known = {file for (file,) in self._database.reader().execute("SELECT file FROM object")}
        strays = [path for path in self._folder.iterdir() if path.name not in known]
        for path in strays:
            path.unlink()
        return len(strays)

    def _open(self, key: str) -> tuple[IO[bytes], int, str, str]:
        """Return the content of an object, its size, media type and ETag."""
        missing = ""
        while True:
            row = self._database.reader().execute(_FIND, (key,)).fetchone()
            if not row:
                raise error("NoSuchKey", "GetObject", "there is no such object")
            file, size, kind, etag = row
            try:
                return (self._folder / file).open("rb"), size, kind, etag
            except FileNotFoundError:  # replaced or deleted since the row was read
                if file == missing:
                    raise
                missing = file

    def _store(self, key: str, content: IO[bytes], kind: str) -> None:
        file, digest = secrets.token_hex(16), hashlib.md5(usedforsecurity=False)
        path = self._folder / file
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stored:
                while chunk := content.read(CHUNK):
                    digest.update(chunk)
                    stored.write(chunk)
                stored.flush()
                os.fsync(stored.fileno())
            size = path.stat().st_size
            sync_folder(self._folder)
        except OSError as failed:
            path.unlink(missing_ok=True)
            raise StorageFailed(f"an object could not be stored: {failed.strerror}") from failed
        now = int(self._clock().timestamp())
        days = [days for prefix, days in self._expirations if key.startswith(prefix)]
        row = (key, file, size, digest.hexdigest(), kind, now, now + min(days) * DAY if days else None)

        def name(transaction: Transaction) -> str | None:
            before = transaction.execute("SELECT file FROM object WHERE key = ?", (key,)).fetchone()
            transaction.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            return before and str(before[0])

        try:
            replaced = self._database.write(name)
        except StorageFailed:
            if self._database.failure is None:  # else the row may be on disk, and the next start looks
                path.unlink()
            raise
        self._discard(replaced)

    def _discard(self, file: str | None) -> None:
        if file:
            (self._folder / file).unlink(missing_ok=True)

    def _require(self, bucket: str, operation: str) -> None:
        if bucket != self._bucket:
            raise error("NoSuchBucket", operation, "there is no such bucket")

    @staticmethod
    def _range(text: str) -> tuple[str, str]:
        found = _RANGE.fullmatch(text)
        if not found:
            raise error("InvalidArgument", "GetObject", "a range of bytes has a first and a last one")
        return found[1], found[2]


class Pages:
    """The pages of a listing, as boto3's paginator has them."""

    def __init__(self, s3: Lists) -> None:
        self._s3 = s3

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        after = ""
        while True:
            page = self._s3.list_objects_v2(Bucket=Bucket, Prefix=Prefix, StartAfter=after)
            yield page
            if not page["IsTruncated"]:
                return
            after = page["Contents"][-1]["Key"]
