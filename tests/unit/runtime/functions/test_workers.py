"""Worker processes: calls and their outcomes, clients under a role, timeouts, and what happens when one dies."""

import os
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime.functions.messages import Disconnected, receive, send
from ballotcast_tools.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut
from ballotcast_tools.runtime.functions.workers import Workers
from ballotcast_tools.runtime.services.clients import clients_of
from ballotcast_tools.runtime.services.downloads import Downloads
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.master_key import MasterKey
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.s3 import S3, S3_SCHEMA
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Function
from ballotcast_tools.runtime.template.roles import Role
from ballotcast_tools.stack.process import wait_for
from checkout import ROOT

ALLOWED = [
    {
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
        "Resource": "arn:aws:dynamodb:eu-west-1:000000000000:table/Board",
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["ALLOWED#*"]}},
    },
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::*"},
]
ENVIRONMENT = {"ENVIRONMENT": "local", "BOARD_TABLE": "Board", "BUCKET": "bucket"}
HANDLERS = ["echo", "put", "read_object", "fail", "hang", "die"]


def function(name: str, timeout: int = 60) -> Function:
    role = Role("tests", ALLOWED)
    return Function(name, f"handlers_in_workers.{name}", ENVIRONMENT, role, timeout, 128, ())


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    database = Database(tmp_path / "data", [DYNAMODB_SCHEMA, STREAM_SCHEMA, S3_SCHEMA])
    s3 = S3(database, tmp_path / "objects", "bucket", [], Downloads(MasterKey(bytes(32)), "http://here"))
    services = {"dynamodb": DynamoDB(database, {"Board": TableKind()}), "s3": s3}
    clients = {name: clients_of(function(name).role, services, "") for name in HANDLERS}
    paths = [Path(part) for part in sys.path if part] + [ROOT / "tests"]
    workers = Workers(2, clients, paths, {"PATH": os.environ["PATH"]})
    yield workers
    pids = workers.pids
    workers.stop()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    database.close()


def test_a_call_returns_what_the_handler_returns_and_the_process_stays(workers: Workers) -> None:
    first = workers.invoke(function("echo"), {"a": [1, None, "é"]})
    assert first["event"] == {"a": [1, None, "é"]}
    assert first["function"] == "echo"
    assert workers.invoke(function("echo"), 2)["pid"] == first["pid"] != os.getpid()


def test_a_handler_reads_and_writes_bytes_through_the_runtime(workers: Workers) -> None:
    assert workers.invoke(function("put"), {"pk": "ALLOWED#1"}) == "ff00"
    assert workers.invoke(function("read_object"), {}) == ["ff" * 10, None, ["steps/a"]]


def test_what_a_role_does_not_allow_is_refused_in_a_worker_too(workers: Workers) -> None:
    with pytest.raises(FunctionFailed, match="AccessDeniedException") as failed:
        workers.invoke(function("put"), {"pk": "OTHER#1"})
    assert "may not dynamodb:PutItem" in failed.value.message


def test_what_a_handler_raises_comes_by_its_name(workers: Workers, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FunctionFailed) as failed:
        workers.invoke(function("fail"), {})
    assert (failed.value.error_type, failed.value.message) == ("Refused", "with these words")
    assert "Refused: with these words" in capfd.readouterr().err


def test_a_call_that_takes_too_long_is_killed_and_the_next_has_another_process(workers: Workers) -> None:
    pid = workers.invoke(function("echo"), {})["pid"]
    with pytest.raises(FunctionTimedOut):
        workers.invoke(function("hang", timeout=1), {})
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert workers.invoke(function("echo"), {})["pid"] != pid


def test_a_process_that_dies_fails_its_call_only(workers: Workers) -> None:
    with pytest.raises(FunctionFailed, match="ExitError"):
        workers.invoke(function("die"), {})
    assert workers.invoke(function("echo"), 1)["event"] == 1


def test_there_are_never_more_processes_than_asked_for(workers: Workers) -> None:
    with ThreadPoolExecutor(8) as pool:
        pids = {answer["pid"] for answer in pool.map(lambda n: workers.invoke(function("echo"), n), range(40))}
    assert len(pids) <= 2


def test_long_functions_leave_a_worker_to_short_ones(workers: Workers) -> None:
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(workers.invoke, function("hang", timeout=600), {}) for _ in range(2)]
        assert wait_for(lambda: len(workers.pids) == 1, 30)
        assert workers.invoke(function("echo"), 1)["event"] == 1
        workers.stop()
        for one in waiting:
            with pytest.raises(FunctionFailed):
                one.result(30)


def test_messages_carry_bytes_files_and_structure() -> None:
    ours, theirs = socket.socketpair()
    content = {"a": [b"\xff", {"b": b""}, None, 1.5], "$odd": "text"}
    send(ours, {**content, "file": BytesIO(b"of a file")})
    received: dict[str, Any] = receive(theirs)
    assert received.pop("file").read() == b"of a file"
    assert received == content
    ours.close()
    with pytest.raises(Disconnected):
        receive(theirs)
    theirs.close()
