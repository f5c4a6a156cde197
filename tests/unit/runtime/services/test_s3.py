"""Objects: complete or absent, replaced whole, listed in order, expired by prefix, and read by signed addresses."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from fake_clock import FakeClock

BASE = "http://127.0.0.1:4566"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def s3(tmp_path: Path, clock: FakeClock) -> Iterator[S3]:
    database = Database(tmp_path / "data", [S3_SCHEMA])
    downloads = Downloads(MasterKey(bytes(32)), BASE)
    yield S3(database, tmp_path / "objects", "bucket", [("imports/", 1), ("steps/", 7)], downloads, clock)
    database.close()


def put(s3: S3, key: str, content: bytes = b"content") -> None:
    s3.put_object(Bucket="bucket", Key=key, Body=content, ContentType="text/plain")


def get(s3: S3, key: str, **asked: str) -> bytes:
    content: bytes = s3.get_object(Bucket="bucket", Key=key, **asked)["Body"].read()
    return content


def files(tmp_path: Path) -> int:
    return sum(1 for _ in (tmp_path / "objects").iterdir())


def test_an_object_is_read_as_it_was_written(s3: S3) -> None:
    put(s3, "a/b", b"0123456789")
    assert get(s3, "a/b") == b"0123456789"
    assert get(s3, "a/b", Range="bytes=2-4") == b"234"
    assert get(s3, "a/b", Range="bytes=8-100") == b"89"
    with pytest.raises(s3.exceptions.InvalidRange):
        get(s3, "a/b", Range="bytes=10-12")


def test_what_is_not_there_is_no_such_key(s3: S3) -> None:
    with pytest.raises(s3.exceptions.NoSuchKey):
        get(s3, "nothing")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_object(Bucket="other", Key="a")
    s3.delete_object(Bucket="bucket", Key="nothing")


def test_a_replaced_object_leaves_no_file(s3: S3, tmp_path: Path) -> None:
    put(s3, "a", b"one")
    put(s3, "a", b"two")
    assert get(s3, "a") == b"two"
    assert files(tmp_path) == 1
    s3.delete_object(Bucket="bucket", Key="a")
    assert files(tmp_path) == 0


def test_an_object_that_is_replaced_while_it_is_read_is_found(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is deleted between the reading of the row and the opening of the file."""
    put(s3, "a", b"one")
    opened = Path.open

    def replaced_first(path: Path, *how: str) -> object:
        monkeypatch.undo()
        put(s3, "a", b"two")
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", replaced_first)
    assert get(s3, "a") == b"two"
    (file,) = s3._folder.iterdir()
    file.unlink()  # by somebody else: not for ever
    with pytest.raises(FileNotFoundError):
        get(s3, "a")


def test_a_file_of_any_size_is_uploaded(s3: S3, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 3_000_000)
    s3.upload_file(str(tmp_path / "large"), "bucket", "large", ExtraArgs={"ContentType": "application/zip"})
    found = s3.get_object(Bucket="bucket", Key="large")
    assert (found["ContentLength"], found["ContentType"]) == (3_000_000, "application/zip")


def test_keys_are_listed_in_order_page_by_page(s3: S3) -> None:
    for number in range(7):
        put(s3, f"some/{number}")
    put(s3, "somf")
    put(s3, "some")
    page = s3.list_objects_v2(Bucket="bucket", Prefix="some/", MaxKeys=3)
    assert [one["Key"] for one in page["Contents"]] == ["some/0", "some/1", "some/2"]
    assert page["IsTruncated"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="some/")
    assert [one["Key"] for page in pages for one in page["Contents"]] == [f"some/{number}" for number in range(7)]


def test_objects_expire_by_their_prefix(s3: S3, clock: FakeClock, tmp_path: Path) -> None:
    put(s3, "imports/roll")
    put(s3, "steps/leaves")
    put(s3, "elections/result")
    assert s3.expire() == 0
    clock.now += timedelta(days=1, seconds=1)
    assert s3.expire() == 1
    clock.now += timedelta(days=6)
    assert s3.expire() == 1
    assert get(s3, "elections/result") == b"content"
    assert files(tmp_path) == 1


def test_files_without_a_row_are_deleted_at_the_start(s3: S3, tmp_path: Path) -> None:
    put(s3, "kept")
    (tmp_path / "objects" / "0123").write_bytes(b"of a write that a crash cut short")
    assert s3.delete_strays() == 1
    assert get(s3, "kept") == b"content"


def test_a_signed_address_names_one_object_for_some_time(s3: S3, clock: FakeClock) -> None:
    put(s3, "export.zip", b"zipped")
    named = {"Bucket": "bucket", "Key": "export.zip", "ResponseContentDisposition": 'attachment; filename="e.zip"'}
    path = s3.generate_presigned_url("get_object", Params=named, ExpiresIn=60).removeprefix(BASE)
    found = s3.download(path)
    assert found
    file, kind, disposition = found
    assert (file.read_bytes(), kind, disposition) == (b"zipped", "text/plain", 'attachment; filename="e.zip"')
    for forged in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/downloads/", "/downloads/AAAA", "/downloads/é"):
        assert s3.download(forged) is None
    clock.now += timedelta(seconds=60)
    assert s3.download(path) is None
