"""Objects for which there is no room: StorageFailed, no file, and what was there before stays."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed

LIMITED = """
import resource, sys
from pathlib import Path
from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed

folder = Path(sys.argv[1])
database = Database(folder / "data", [S3_SCHEMA])
bucket = S3(database, folder / "objects", "bucket", [], Downloads(MasterKey(bytes(32)), ""))
put = lambda key, body: bucket.put_object(Bucket="bucket", Key=key, Body=body)
get = lambda key: bucket.get_object(Bucket="bucket", Key=key)["Body"].read()
put("a", b"before")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most))
for key in ("a", "b"):
    try:
        put(key, bytes(3_000_000))
        sys.exit("stored")
    except StorageFailed as failed:
        assert "File too large" in str(failed), failed
assert get("a") == b"before"
assert len(list((folder / "objects").iterdir())) == 1
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
put("b", bytes(3_000_000))
assert get("b") == bytes(3_000_000)
database.close()
"""


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[S3]:
    database = Database(tmp_path / "data", [S3_SCHEMA])
    yield S3(database, tmp_path / "objects", "bucket", [], Downloads(MasterKey(bytes(32)), ""))
    database.close()


def test_a_file_that_does_not_fit(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], check=True)


def test_a_row_that_does_not_fit(bucket: S3, tmp_path: Path) -> None:
    bucket.put_object(Bucket="bucket", Key="a", Body=b"before")
    write = bucket._database.write
    pages = write(lambda t: t.execute("PRAGMA page_count").fetchone()[0])
    write(lambda t: t.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(StorageFailed, match="full"):
        bucket.put_object(Bucket="bucket", Key="k" * 100_000, Body=b"content")
    assert len(list((tmp_path / "objects").iterdir())) == 1
    assert bucket.get_object(Bucket="bucket", Key="a")["Body"].read() == b"before"
