"""Objects in the one bucket, by key; what is too large for an item, and what is downloaded whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ballotcast.store.faults import repeat

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Blobs:
    """Keys are `elections/<election>/…` and, while a job is under way, `imports/<election>/<job>/…`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, content_type: str = "application/octet-stream") -> None:
        repeat(lambda: self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type))

    def upload(self, key: str, path: Path, content_type: str) -> None:
        """A file of any size, in parts where it is large."""
        extra = {"ContentType": content_type}
        repeat(lambda: self._client.upload_file(str(path), self._bucket, key, ExtraArgs=extra))

    def get(self, key: str) -> bytes | None:
        try:
            return repeat(lambda: self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except self._client.exceptions.NoSuchKey:
            return None

    def get_part(self, key: str, start: int, length: int) -> bytes:
        """Return the bytes from `start` on, at most `length`; the object is there and is longer than `start`."""
        wanted = f"bytes={start}-{start + length - 1}"
        return repeat(lambda: self._client.get_object(Bucket=self._bucket, Key=key, Range=wanted)["Body"].read())

    def delete(self, key: str) -> None:
        """Whether it was there or not."""
        repeat(lambda: self._client.delete_object(Bucket=self._bucket, Key=key))

    def keys(self, prefix: str) -> Iterator[str]:
        """In lexical order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return (found["Key"] for page in pages for found in page.get("Contents", []))

    def link(self, key: str, filename: str, seconds: int) -> str:
        """Return a presigned GET that saves as `filename`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{filename}"',
            },
            ExpiresIn=seconds,
        )
