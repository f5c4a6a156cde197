"""What stands in for Docker when LocalStack runs here: bounded processes, on the loopback address, gone with it."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import boto3
import httpx2 as httpx
import pytest

from ballotcast_tools.stack.emulators import Emulator
from ballotcast_tools.stack.localstack.crowds import AT_ONCE
from ballotcast_tools.stack.process import wait_for
from ballotcast_tools.stack.stack import Stack
from deployed_stack import port_free_now

pytestmark = [pytest.mark.stack, pytest.mark.only_on("localstack"), pytest.mark.essential]
CROWD = 60
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}
"""127.0.0.1 as /proc/net/tcp and tcp6 write it."""
LISTENS = "0A"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261130/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=x"


def processes(group: int) -> Iterator[Path]:
    """Yield /proc/<pid> of each process in a process group."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            yield folder


def functions(group: int) -> Counter[str]:
    """Count the processes that run functions, by handler."""
    found = Counter[str]()
    for folder in processes(group):
        words = (folder / "cmdline").read_bytes().decode().split("\0")
        if "awslambdaric" in words:
            found[words[words.index("awslambdaric") + 1]] += 1
    return found


def databases(parent: int) -> list[Path]:
    """Return /proc/<pid> of each DynamoDB Local that a LocalStack started; it has a process group of its own."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if len(words) > 2 and words[1].endswith("dynamodb_local.py") and words[2] == str(parent):
            found.append(folder)
    return found


def listening_addresses(group: int) -> list[str]:
    """Return the addresses at which processes of the group listen, in hexadecimal."""
    folders = [*processes(group), *databases(group)]
    sockets = {str(link.readlink()) for folder in folders for link in (folder / "fd").iterdir()}
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    return [row[1].partition(":")[0] for row in rows if row[3] == LISTENS and f"socket:[{row[9]}]" in sockets]


def test_a_crowd_waits_in_line_instead_of_starting_a_process_each(stack: Stack) -> None:
    assert stack.pid
    ready = Barrier(CROWD)

    def look(_number: int) -> int:
        ready.wait()
        return httpx.get(f"{stack.outputs['ApiUrl']}/", timeout=120, trust_env=False).status_code

    with ThreadPoolExecutor(CROWD) as crowd:
        assert set(crowd.map(look, range(CROWD))) == {200}
    running = functions(stack.pid)
    assert 1 < running["web.app.handler"] <= AT_ONCE
    assert max(running.values()) <= AT_ONCE


def test_gateway_and_dynamodb_listen_on_the_loopback_address_only(stack: Stack) -> None:
    assert stack.pid
    addresses = listening_addresses(stack.pid)
    assert len(addresses) >= 2
    assert set(addresses) <= LOOPBACK


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/_aws/ses", {"Host": "evil.example"}),
        ("/_ballotcast/mailbox", {"Host": "127.0.0.1.evil.example:80"}),
        ("/_aws/ses", {"Origin": "http://evil.example"}),
        ("/_aws/ses", {"Origin": "http://app.localstack.cloud"}),
        ("/_ballotcast/mailbox", {"Origin": "http://localhost:4566"}),
        ("/", {"Host": "s3.evil.example"}),
        (
            "/",
            {
                "Origin": "http://evil.example",
                "Authorization": "AWS4-HMAC-SHA256 Credential=t/20261130/x/s3/aws4_request",
            },
        ),
    ],
)
def test_a_page_of_another_site_reads_nothing(stack: Stack, path: str, headers: dict[str, str]) -> None:
    """By a rebound name, or from its own origin; for S3 too."""
    refused = httpx.get(stack.place.endpoint + path, headers=headers, trust_env=False)
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    assert httpx.get(f"{stack.place.endpoint}/_aws/ses", trust_env=False).status_code == 200


def test_nor_does_it_read_dynamodb_at_its_own_port(stack: Stack) -> None:
    assert stack.pid
    [command] = [(folder / "cmdline").read_bytes().decode() for folder in databases(stack.pid)]
    port = command.split("\0")[command.split("\0").index("-port") + 1]
    listing = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Authorization": SIGNED.format("dynamodb")}
    assert httpx.post(f"http://127.0.0.1:{port}", headers=listing, json={}, trust_env=False).status_code == 200
    rebound = {**listing, "Host": f"evil.example:{port}"}
    assert httpx.post(f"http://127.0.0.1:{port}", headers=rebound, json={}, trust_env=False).status_code == 404
    asking = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    allowed = httpx.options(f"http://127.0.0.1:{port}", headers=asking, trust_env=False)
    assert "access-control-allow-origin" not in allowed.headers


@pytest.fixture
def doomed(tmp_path: Path, emulator: Emulator) -> Iterator[Stack]:
    """A LocalStack of its own, with nothing deployed."""
    stack = Stack(tmp_path / "stack", port_free_now(), emulator=emulator)
    stack.start()
    yield stack
    stack.stop()


@pytest.mark.parametrize("moment", ["while DynamoDB Local starts", "when it serves"])
def test_a_killed_localstack_leaves_no_process(doomed: Stack, moment: str) -> None:
    pid = doomed.pid
    assert pid
    client = boto3.client("dynamodb", "eu-west-1", endpoint_url=doomed.place.endpoint, **KEYS)
    with ThreadPoolExecutor(1) as pool:
        listing = pool.submit(client.list_tables)  # DynamoDB Local starts with the first request
        assert wait_for(lambda: bool(databases(pid)), 60)
        if moment == "when it serves":
            assert listing.result()["TableNames"] == []
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: not databases(pid) and only_zombies(pid), 30)
        if moment != "when it serves":
            assert listing.exception()
    client.close()


def only_zombies(group: int) -> bool:
    """The killed process is this one's child, which waits for it at the end of the test."""
    return all((folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z" for folder in processes(group))
