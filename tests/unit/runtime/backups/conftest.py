"""A data folder as a runtime leaves it, with a voter, objects and a secret; and the commands on it."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ballotcast_cli.main import main
from ballotcast_tools.runtime.data import Data
from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.kms import Kms
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.services.secretsmanager import SECRETS_SCHEMA, SecretsManager
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.stores import read_key
from ballotcast_tools.runtime.template.tags import load
from ballotcast_tools.runtime.template.values import Values
from checkout import ROOT

SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:Identity"
SCHEMA = [DYNAMODB_SCHEMA, STREAM_SCHEMA, S3_SCHEMA, SECRETS_SCHEMA]


class Running:
    """The services of a runtime that has the folder open."""

    def __init__(self, data: Data, key: str) -> None:
        data.make()
        master = data.master_key
        self.database = Database(data.database, SCHEMA)
        self.tables = DynamoDB(self.database, {"Roll": TableKind()})
        self.bucket = S3(self.database, data.objects, "bucket", [], Downloads(master, "http://127.0.0.1:4566"))
        self.secrets = SecretsManager(self.database, Kms(master, key), key, [SECRET])

    def close(self) -> None:
        self.database.close()

    def put(self, key: str, content: bytes = b"content") -> None:
        self.bucket.put_object(Bucket="bucket", Key=key, Body=content)

    def get(self, key: str) -> bytes:
        content: bytes = self.bucket.get_object(Bucket="bucket", Key=key)["Body"].read()
        return content

    def add(self, election: str) -> None:
        self.tables.put_item(TableName="Roll", Item={"pk": {"S": f"ELECTION#{election}"}, "sk": {"S": "META"}})

    def elections(self) -> list[str]:
        rows = self.database.reader().execute("SELECT pk FROM item ORDER BY pk")
        return [pk.removeprefix("ELECTION#") for (pk,) in rows]

    def secret(self) -> str:
        value: str = self.secrets.get_secret_value(SecretId=SECRET)["SecretString"]
        return value


class Place:
    """The folder of a stack. `run` is a runtime's start."""

    def __init__(self, directory: Path, key: str) -> None:
        self.directory, self._key = directory, key
        self.data = Data(directory / "data")

    def at(self, directory: Path) -> "Place":
        """Return another place with the same key's name, such as a copy of this one."""
        return Place(directory, self._key)

    def run(self) -> "closing[Running]":
        return closing(Running(self.data, self._key))

    def command(self, *arguments: str, answers: str = "", **environment: str) -> Result:
        where = ["stack", "--directory", str(self.directory)]
        return CliRunner().invoke(main, [*where, *arguments], input=answers, env=environment)

    def state(self) -> tuple[list[str], bytes, str]:
        with self.run() as runtime:
            return runtime.elections(), runtime.get("export"), runtime.secret()


@pytest.fixture(scope="session")
def key() -> str:
    return read_key(Values(load(ROOT / "template.yaml"), {}))


@pytest.fixture
def make_place(tmp_path: Path, key: str) -> Callable[[str], Place]:
    return lambda name: Place(tmp_path / name, key)


@pytest.fixture
def place(make_place: Callable[[str], Place]) -> Place:
    """With an election and an object, stopped."""
    place = make_place("stack")
    with place.run() as runtime:
        runtime.add("first")
        runtime.put("export", b"as of the backup")
    return place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"
