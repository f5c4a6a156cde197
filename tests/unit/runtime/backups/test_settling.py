"""A command that is killed at any step leaves the old data or the new, never a mixture."""

import shutil
import subprocess
import sys
from pathlib import Path

from ballotcast_tools.runtime.backups.settling import is_pending, settle

from .conftest import Place

KILLED = """
import os, sys
from ballotcast_cli.main import main

# Runs a command in each of the given folders, and ends it as kill -9 would: in the first folder before its first step
# that changes a folder, in the next one before a later step. Prints how each run ended.
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open"}
stride, command, folders = int(sys.argv[1]), sys.argv[2].split(), sys.argv[3:]
steps = 0

def count(event, given):
    global steps
    if event in CHANGES and (event != "open" or (isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR))):
        steps += 1
        if steps > last:
            os._exit(9)

for number, folder in enumerate(folders):
    process = os.fork()
    if not process:
        last = stride * number
        sys.addaudithook(count)
        main(["stack", "--directory", folder, *command, "--yes"])
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


def killed(places: list[Place], stride: int, *command: str) -> list[bool]:
    """Run a command in each place, in each it ends later. Returns which were killed; others ended on their own."""
    folders = [str(place.directory) for place in places]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(stride), " ".join(command), *folders],
        capture_output=True,
        text=True,
        check=True,
    )
    statuses = [int(line) for line in ended.stdout.split() if line in ("0", "9")]
    assert len(statuses) == len(places), ended.stdout + ended.stderr
    return [status == 9 for status in statuses]


def names_in(place: Place) -> set[str]:
    return {path.name for path in place.data.directory.iterdir()}


def copies(place: Place, to: Path, count: int) -> list[Place]:
    for number in range(count):
        shutil.copytree(place.directory, to / f"copy-{number}")
    return [place.at(to / f"copy-{number}") for number in range(count)]


def test_a_restore_killed_at_any_step(place: Place, file: Path, tmp_path: Path) -> None:
    place.command("backup", str(file))
    with place.run() as runtime:
        runtime.add("second")
        runtime.put("export", b"as it is now")
    old, new = (["first", "second"], b"as it is now"), (["first"], b"as of the backup")
    places = copies(place, tmp_path, 36)
    were_killed = killed(places, 1, "restore", str(file))
    seen = []
    for copy in places:
        pending = is_pending(copy.data.directory)
        settle(copy.data.directory)
        state = copy.state()[:2]
        assert state in (old, new)
        assert not {"incoming", "restored"} & names_in(copy)
        seen.append((state == new, pending))
    assert seen == sorted(seen, key=lambda one: (one[0], not one[1]))
    assert set(seen) == {(False, False), (True, True), (True, False)}
    assert were_killed == sorted(were_killed, reverse=True)
    assert were_killed[0]
    assert not were_killed[-1]


def test_a_reset_killed_at_any_step(place: Place, tmp_path: Path) -> None:
    with place.run() as runtime:
        runtime.put("other")
    places = copies(place, tmp_path, 24)
    were_killed = killed(places, 1, "reset")
    kept = []
    for copy in places:
        settle(copy.data.directory)
        kept.append(bool(names_in(copy) - {"backup.lock"}))
        assert not kept[-1] or copy.state()[0] == ["first"]
    assert kept == sorted(kept, reverse=True)
    assert set(kept) == {True, False}
    assert (were_killed[0], were_killed[-1]) == (True, False)


def test_what_a_killed_backup_left_is_deleted(place: Place) -> None:
    (place.data.directory / "copying" / "objects").mkdir(parents=True)
    (place.data.directory / "copying" / "pages").write_bytes(b"of a backup that was killed")
    settle(place.data.directory)
    assert not (place.data.directory / "copying").exists()
    settle(place.data.directory / "missing")
