"""A restore replaces everything or nothing, and nothing that is damaged, foreign or of another key."""

import fcntl
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Place

PASSPHRASE = "correct horse battery"
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def backup(place: Place, file: Path) -> Path:
    """Of the election `first`; the place has another one since."""
    assert place.command("backup", str(file)).exit_code == 0
    with place.run() as runtime:
        runtime.add("second")
        runtime.put("export", b"as it is now")
    return file


@pytest.fixture
def backup_with_keys(place: Place, file: Path) -> Path:
    given = {"BALLOTCAST_BACKUP_PASSPHRASE": PASSPHRASE}
    assert place.command("backup", str(file), "--with-keys", **given).exit_code == 0
    return file


def changed(backup: Path, change: Change) -> Path:
    """Return a copy of a backup in which something was changed; `change` gets the files by name."""
    with zipfile.ZipFile(backup) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    copy = backup.with_name("changed.zip")
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return copy


def in_manifest(name: str, value: object) -> Change:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), name: value}).encode()

    return change


def without_an_object(files: dict[str, bytes]) -> None:
    del files[next(name for name in files if name.startswith("objects/"))]


def with_another_object(files: dict[str, bytes]) -> None:
    files[next(name for name in files if name.startswith("objects/"))] = b"as of the backup?"


def with_a_path_outside(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["../outside"] = {"sha256": "", "size": 0}
    files["manifest.json"], files["../outside"] = json.dumps(manifest).encode(), b""


def without_a_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def test_the_data_is_as_it_was(place: Place, backup: Path) -> None:
    result = place.command("restore", str(backup), answers="y\n")
    assert result.exit_code == 0, result.output
    assert "Found 2 elections." in result.output  # before, in the question
    assert "Found 1 election." in result.output  # after
    assert place.state()[:2] == (["first"], b"as of the backup")
    names = {path.name for path in place.data.directory.iterdir() if path.suffix not in (".sqlite-wal", ".sqlite-shm")}
    assert names == {"backup.lock", "ballotcast.sqlite", "master.key", "objects"}


def test_whoever_says_no_keeps_the_data(place: Place, backup: Path) -> None:
    assert place.command("restore", str(backup), answers="n\n").exit_code == 1
    assert place.state()[:2] == (["first", "second"], b"as it is now")


def test_it_is_refused_while_the_stack_runs(place: Place, backup: Path) -> None:
    with (place.directory / "pid").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711")
        held.flush()
        result = place.command("restore", str(backup), "--yes")
        assert place.command("reset", "--yes").exit_code == 1
    assert result.exit_code == 1
    assert "make down" in result.output
    assert place.state()[0] == ["first", "second"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_an_object, "does not hold the files"),
        (with_another_object, "objects/"),
        (with_a_path_outside, "names files that no backup has"),
        (without_a_manifest, "not a backup"),
        (in_manifest("version", 2), "format 2"),
        (in_manifest("format", "other"), "not a backup"),
        (in_manifest("made", "yesterday"), "manifest is damaged"),
        (in_manifest("files", []), "manifest is damaged"),
        (in_manifest("mac", "é"), "another one"),
        (in_manifest("release", "9.9"), "another one"),
    ],
)
def test_a_backup_that_is_not_as_it_was_made_changes_nothing(
    place: Place, backup: Path, change: Change, message: str
) -> None:
    result = place.command("restore", str(changed(backup, change)), "--yes")
    assert result.exit_code == 1
    assert message in result.output
    assert place.state()[:2] == (["first", "second"], b"as it is now")
    assert not (place.data.directory / "incoming").exists()


@pytest.mark.parametrize("at", [0.0, 0.02, 0.3, 0.6, 0.999])
@pytest.mark.parametrize("fault", ["cut", "flipped"])
def test_a_damaged_file_changes_nothing(place: Place, backup: Path, at: float, fault: str) -> None:
    content = bytearray(backup.read_bytes())
    position = int(len(content) * at)
    content[position:] = b"" if fault == "cut" else bytes([content[position] ^ 0x40]) + content[position + 1 :]
    backup.write_bytes(content)
    result = place.command("restore", str(backup), "--yes")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    if result.exit_code == 0:  # a bit that means nothing, such as one of a time in the zip
        assert place.state()[:2] == (["first"], b"as of the backup")
    else:
        assert place.state()[:2] == (["first", "second"], b"as it is now")


def test_without_its_key_a_backup_is_refused(place: Place, backup: Path, make_place: Callable[[str], Place]) -> None:
    new = make_place("new")
    result = new.command("restore", str(backup))
    assert result.exit_code == 1
    assert "master.key is missing" in result.output
    with new.run() as runtime:
        runtime.add("other")
        runtime.put("export")
    result = new.command("restore", str(backup), "--yes")
    assert "master.key is another one" in result.output
    assert new.state()[0] == ["other"]


def test_with_keys_it_is_restored_on_another_machine(
    place: Place, backup_with_keys: Path, make_place: Callable[[str], Place]
) -> None:
    new = make_place("new")
    wrong = new.command("restore", str(backup_with_keys), answers="wrong passphrase\n")
    assert wrong.exit_code == 1
    assert "not the one" in wrong.output
    result = new.command("restore", str(backup_with_keys), answers=f"{PASSPHRASE}\n")
    assert result.exit_code == 0, result.output
    assert new.state() == place.state()
    assert new.data.master_key_file.stat().st_mode & 0o077 == 0
    assert not (new.data.directory / "master.key.sealed").exists()


def test_the_key_of_the_backup_replaces_another_one_with_the_data(
    place: Place, backup_with_keys: Path, make_place: Callable[[str], Place]
) -> None:
    other = make_place("other")
    with other.run() as runtime:
        runtime.add("other")
    result = other.command("restore", str(backup_with_keys), answers=f"{PASSPHRASE}\ny\n")
    assert result.exit_code == 0, result.output
    assert other.state() == place.state()


def test_no_passphrase_is_asked_where_the_key_is(place: Place, backup_with_keys: Path) -> None:
    assert place.command("restore", str(backup_with_keys), "--yes").exit_code == 0
    assert place.state()[0] == ["first"]


def test_damaged_data_is_replaced(place: Place, backup_with_keys: Path) -> None:
    place.data.database.write_bytes(b"not a database " * 1000)
    place.data.master_key_file.write_bytes(b"too short")
    result = place.command("restore", str(backup_with_keys), "--yes", BALLOTCAST_BACKUP_PASSPHRASE=PASSPHRASE)
    assert result.exit_code == 0, result.output
    place.data.master_key_file.chmod(0o600)
    assert place.state()[:2] == (["first"], b"as of the backup")


def test_a_database_of_another_format_is_refused(place: Place, file: Path) -> None:
    """Its own backup, made by a release with another format: signed, complete, and not for this release."""
    with sqlite3.connect(place.data.database) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    result = place.command("backup", str(file))
    assert result.exit_code == 1
    assert "format 99" in result.output
