"""`ballotcast stack` where nothing runs."""

import fcntl
import json
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from ballotcast_cli.main import main
from ballotcast_tools.stack.commands import command, follow


def stack(directory: Path, *arguments: str, port: int = 4566, options: Sequence[str] = ()) -> Result:
    where = ["--directory", str(directory), "--port", str(port)]
    return CliRunner().invoke(main, ["stack", *where, *options, *arguments])


def test_down_when_it_is_not_running(tmp_path: Path) -> None:
    result = stack(tmp_path / "new", "down")

    assert result.exit_code == 0
    assert "not running" in result.output


def test_status_when_it_is_not_running(tmp_path: Path) -> None:
    assert stack(tmp_path, "status").exit_code == 3


def test_logs_before_the_first_start(tmp_path: Path) -> None:
    result = stack(tmp_path, "logs")

    assert result.exit_code == 1
    assert str(tmp_path / "log") in result.output


def test_logs_show_the_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("first\n" + "x\n" * 100 + "last\n")
    result = stack(tmp_path, "logs")

    assert "last" in result.output
    assert "first" not in result.output


@pytest.mark.parametrize("how", ["up", "run"])
def test_the_port_of_the_last_start_is_taken_again(tmp_path: Path, how: str) -> None:
    """Links that were mailed lead to it."""
    (tmp_path / "data").mkdir()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        (tmp_path / "data" / "started.json").write_text(json.dumps({"Port": str(port)}))
        result = CliRunner().invoke(main, ["stack", "--directory", str(tmp_path), how], env={"PORT": None})

    assert f"port {port} is in use" in result.output


@pytest.mark.parametrize(
    ("exported", "listens"), [("0.0.0.0", "0.0.0.0"), ("::", "::"), ("my-machine", None), ("", None)]
)
def test_a_host_of_the_environment_counts_if_it_is_an_address(
    exported: str, listens: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", exported)
    with command.make_context("stack", ["--directory", str(tmp_path), "status"]) as context:
        assert command.callback
        context.invoke(command.callback, **context.params)
        assert context.obj.place.settings.get("HOST") == listens


@pytest.mark.parametrize("how", ["up", "run"])
def test_a_port_in_use_is_a_clear_error_that_names_it(tmp_path: Path, how: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        result = stack(tmp_path, how, port=port)

    assert result.exit_code == 1
    assert f"port {port} is in use" in result.output
    assert "Traceback" not in result.output


def test_following_ends_with_the_last_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    lines: list[str] = []
    running = True
    reader = Thread(target=lambda: lines.extend(follow(log, while_=lambda: running)))
    reader.start()
    with log.open("a") as file:
        file.write("one\ntwo\n")
    running = False
    reader.join(timeout=5)

    assert not reader.is_alive()
    assert set(lines) <= {"one", "two"}


@contextmanager
def running(directory: Path, **outputs: str) -> Iterator[None]:
    """As if a stack with these outputs held the folder."""
    (directory / "outputs.json").write_text(json.dumps({"ApiUrl": "http://127.0.0.1:1/v1", **outputs}))
    with (directory / "pid").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("1")
        held.flush()
        yield


def test_localstack_is_not_taken_for_the_other_stack_that_runs(tmp_path: Path) -> None:
    with running(tmp_path, Emulator="local"):
        refused = stack(tmp_path, "up", options=["--localstack"])
    assert refused.exit_code == 1
    assert "make down" in refused.output


def test_the_demo_finds_localstack_where_that_runs(tmp_path: Path) -> None:
    with running(tmp_path, Emulator="localstack"):
        found = stack(tmp_path, "up")
    assert found.exit_code == 0
    assert "LocalStack is running" in found.output


@pytest.mark.parametrize("how", ["up", "run"])
def test_a_stack_without_a_deployment_is_not_called_good(tmp_path: Path, how: str) -> None:
    with running(tmp_path):
        (tmp_path / "outputs.json").unlink()
        refused = stack(tmp_path, how)
    assert refused.exit_code == 1
    assert "make down" in refused.output


def test_another_port_is_not_ignored_in_silence(tmp_path: Path) -> None:
    with running(tmp_path, Emulator="local"):
        told = stack(tmp_path, "up", port=4705)
    assert told.exit_code == 0
    assert "port 4705" in told.output


def test_attaching_to_where_nothing_is_deployed_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    refused = stack(tmp_path, "attach", nowhere)
    assert refused.exit_code == 1
    assert f"no stack ballotcast at {nowhere}" in refused.output
    assert not (tmp_path / "outputs.json").exists()


def test_a_stack_that_runs_names_the_pages_first(tmp_path: Path) -> None:
    with running(tmp_path, MailboxPage="http://127.0.0.1:1/mailbox"):
        told = stack(tmp_path, "status").output
    assert re.findall(r"http\S+", told) == [
        "http://127.0.0.1:1/v1/",
        "http://127.0.0.1:1/mailbox",
        "http://127.0.0.1:1/v1",
    ]
