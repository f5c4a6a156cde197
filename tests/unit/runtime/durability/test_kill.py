"""kill -9 at thirty moments while sixteen threads write rows and objects."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.storage.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY, other TEXT NOT NULL)"
WRITES = """
import json, os, random, signal, sys
from hashlib import sha256
from pathlib import Path
from threading import Thread
from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.storage.database import Database

folder, schema = Path(sys.argv[1]), sys.argv[2]

def serve(turn, output):
    database = Database(folder / "data", [schema, S3_SCHEMA])
    bucket = S3(database, folder / "objects", "bucket", [], Downloads(MasterKey(bytes(32)), ""))
    bucket.delete_strays()

    def write_rows(thread):
        number = 0
        while True:
            word = f"{turn}-{thread}-{number}"
            database.write(lambda t: t.execute("INSERT INTO word VALUES (?, ?)", [word, word * 100]).rowcount)
            os.write(output, json.dumps(["word", word]).encode() + b"\\n")
            number += 1

    def put_objects(thread):
        number = 0
        while True:
            # One key that is replaced over and over, and keys of their own.
            key = f"replaced-{thread}" if number % 2 else f"own-{turn}-{thread}-{number}"
            version = turn * 1_000_000 + number
            body = (f"{version} " * random.randrange(1, 3000)).encode()
            bucket.put_object(Bucket="bucket", Key=key, Body=body + sha256(body).hexdigest().encode())
            os.write(output, json.dumps(["object", key, version]).encode() + b"\\n")
            number += 1

    threads = [Thread(target=write_rows, args=[thread], daemon=True) for thread in range(12)]
    threads += [Thread(target=put_objects, args=[thread], daemon=True) for thread in range(4)]
    for thread in threads:
        thread.start()
    threads[0].join()

randomly = random.Random(7)
for turn in range(30):
    incoming, outgoing = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.close(incoming)
            serve(turn, outgoing)
        finally:
            os._exit(1)  # never on to what the parent does
    os.close(outgoing)
    # Killed while it continues to write, after so many acknowledgements; those still in the pipe count as well.
    with os.fdopen(incoming) as acknowledged:
        for _ in range(randomly.randrange(1, 120)):
            print(acknowledged.readline(), end="")
        os.kill(process, signal.SIGKILL)
        print(acknowledged.read(), end="")
    assert os.waitpid(process, 0)[1] == signal.SIGKILL
"""


def test_whatever_was_acknowledged_is_there(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path), SCHEMA], stdout=subprocess.PIPE, text=True, check=True
    )
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    words = {entry[1] for entry in told if entry[0] == "word"}
    objects = {entry[1]: entry[2] for entry in told if entry[0] == "object"}  # the last version of each
    assert len({word.split("-")[0] for word in words}) > 20
    assert len(objects) > 30
    database = Database(tmp_path / "data", [SCHEMA, S3_SCHEMA])
    bucket = S3(database, tmp_path / "objects", "bucket", [], Downloads(MasterKey(bytes(32)), ""))
    assert not database.was_closed
    found = dict(database.reader().execute("SELECT word, other FROM word").fetchall())
    assert words <= found.keys()
    assert all(other == word * 100 for word, other in found.items())
    for key, version in objects.items():
        assert version_of(bucket, key) >= version
    bucket.delete_strays()
    names = {name for (name,) in database.reader().execute("SELECT file FROM object")}
    assert {path.name for path in (tmp_path / "objects").iterdir()} == names
    database.close()


def version_of(bucket: S3, key: str) -> int:
    """Return the version of a whole object."""
    content: bytes = bucket.get_object(Bucket="bucket", Key=key)["Body"].read()
    body, digest = content[:-64], content[-64:].decode()
    assert sha256(body).hexdigest() == digest
    return int(body.split()[0])
