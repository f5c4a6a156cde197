"""Starting and stopping: nothing is left running, and the commands say what they did."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.stack.emulators import Emulator
from ballotcast_tools.stack.process import StackError, check_port_free, wait_for
from ballotcast_tools.stack.stack import Stack
from deployed_stack import LOCALSTACK

pytestmark = pytest.mark.stack
COMMAND = Path(sys.executable).with_name("ballotcast")
BROKEN = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters: {Environment: {Type: String}, CloseGraceSeconds: {Type: Number}, StopGraceSeconds: {Type: Number}}
Resources:
  Letters:
    Type: AWS::SQS::Queue
    Properties: {VisiblityTimeout: 30}
"""
DIES = """
import os, signal, sys
from pathlib import Path
from ballotcast_tools.stack.stack import EMULATORS
from ballotcast_tools.stack.stack import Stack
Stack(Path(sys.argv[1]), int(sys.argv[2]), emulator=EMULATORS[sys.argv[3]]).start()
print("started", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def idle(tmp_path: Path, free_port: int, emulator: Emulator) -> Iterator[Stack]:
    """A stack that does not run, and will not when the test is over."""
    stack = Stack(tmp_path / "stack", free_port, emulator=emulator)
    yield stack
    stack.stop()


def is_free(port: int) -> bool:
    try:
        check_port_free(port)
    except StackError:
        return False
    return True


def command(stack: Stack, *arguments: str) -> list[str]:
    which = ["--localstack"] if stack.emulator is LOCALSTACK else []
    return [str(COMMAND), "stack", *which, "--port", str(stack.port), "--directory", str(stack.directory), *arguments]


def ballotcast(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(stack, *arguments), capture_output=True, text=True, check=False)


def test_it_ends_with_a_parent_that_is_killed(idle: Stack) -> None:
    dying = [sys.executable, "-c", DIES, str(idle.directory), str(idle.port), idle.emulator.name]
    parent = subprocess.run(dying, capture_output=True, text=True, check=False)

    assert parent.stdout == "started\n", parent.stderr
    assert parent.returncode == -signal.SIGKILL
    assert wait_for(lambda: idle.pid is None and is_free(idle.port), 15)


def test_it_leaves_nothing_when_it_is_stopped(idle: Stack) -> None:
    idle.start()
    pid = idle.pid
    assert pid is not None
    assert (idle.directory / "tmp").exists()

    idle.stop()

    assert idle.pid is None
    assert is_free(idle.port)
    assert not (idle.directory / "tmp").exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


@pytest.mark.only_on("local")
def test_nothing_of_it_is_for_other_users_and_no_address_of_its_mailbox_lasts(idle: Stack) -> None:
    """Anyone who reads outputs.json has the mailbox, and with it every link."""
    previous = os.umask(0o022)
    try:
        addresses = set()
        for _ in range(2):
            with idle:
                addresses.add(idle.outputs["MailboxUrl"].split("/")[3])
                for path in [idle.directory, *idle.directory.rglob("*")]:
                    assert path.stat().st_mode & 0o077 == 0, path
        assert len(addresses) == 2
    finally:
        os.umask(previous)


def test_up_again_and_down_again(idle: Stack) -> None:
    up = ballotcast(idle, "up")
    assert up.returncode == 0, up.stderr
    assert idle.outputs["ApiUrl"] in up.stdout
    assert idle.outputs["MailboxPage"] in up.stdout
    pid = idle.pid

    again = ballotcast(idle, "up")
    assert again.returncode == 0
    assert f"{idle.emulator.title} is running" in again.stdout
    assert idle.pid == pid
    assert ballotcast(idle, "status").returncode == 0

    down = ballotcast(idle, "down")
    assert (down.returncode, down.stdout) == (0, "Stopped.\n")
    assert ballotcast(idle, "down").returncode == 0
    assert idle.outputs == {}
    assert is_free(idle.port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_stops_cleanly(idle: Stack, number: signal.Signals) -> None:
    with subprocess.Popen(command(idle, "run"), stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        for line in process.stdout:
            if "log follows" in line:
                break
        assert idle.pid is not None

        process.send_signal(number)

        assert process.wait(timeout=30) == 0
    assert idle.pid is None
    assert is_free(idle.port)


@pytest.mark.localstack("validation")
def test_a_template_with_a_mistake_is_named_and_leaves_nothing_running(idle: Stack, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "functions").symlink_to(idle.project / "functions")
    (project / "template.yaml").write_text(BROKEN)
    broken = Stack(idle.directory, idle.port, emulator=idle.emulator, project=project)

    with pytest.raises(StackError, match=r"Letters.*VisiblityTimeout"), broken:
        pass

    assert broken.pid is None
    assert is_free(idle.port)
