"""What a backup holds, and that what it does not hold is nowhere in it."""

import json
import stat
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from ballotcast_tools.runtime.backups.settling import locked

from .conftest import Place, Running

_CHURN = "SELECT key, size FROM object WHERE key LIKE 'churn/%'"
PASSPHRASE = "correct horse battery"


def test_a_backup_of_a_running_stack_is_restored_elsewhere(
    place: Place, file: Path, make_place: Callable[[str], Place]
) -> None:
    with place.run() as runtime:
        runtime.add("while it runs")
        secret = runtime.secret()
        assert place.command("backup", str(file)).exit_code == 0
        runtime.add("too late")
        runtime.put("export", b"replaced")
    other = make_place("other")
    other.data.make()
    other.data.master_key_file.write_bytes(place.data.master_key_file.read_bytes())
    result = other.command("restore", str(file))
    assert result.exit_code == 0, result.output
    assert "Found 2 elections." in result.output
    assert other.state() == (["first", "while it runs"], b"as of the backup", secret)


def test_a_backup_after_a_kill_has_what_is_only_in_the_log(place: Place, file: Path) -> None:
    with place.run() as runtime:
        runtime.add("in the log")
        killed = {path.name: path.read_bytes() for path in place.data.directory.iterdir() if path.is_file()}
    for name, content in killed.items():
        (place.data.directory / name).write_bytes(content)
    (place.data.directory / "ballotcast.sqlite-shm").unlink()
    assert place.command("backup", str(file)).exit_code == 0
    assert place.command("reset", "--yes").exit_code == 0
    place.data.make()
    place.data.master_key_file.write_bytes(killed["master.key"])
    place.data.master_key_file.chmod(0o600)
    assert place.command("restore", str(file)).exit_code == 0
    assert place.state()[0] == ["first", "in the log"]


def test_only_the_owner_reads_it_and_the_master_key_is_not_in_it(place: Place, file: Path) -> None:
    result = place.command("backup", str(file))
    assert "electoral rolls" in result.output
    assert "does not hold the master key" in result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        content = b"".join(archive.read(name) for name in names)
    assert sorted(name.split("/")[0] for name in names) == ["ballotcast.sqlite", "manifest.json", "objects"]
    assert place.data.master_key_file.read_bytes() not in content


def test_what_was_deleted_is_not_in_it(place: Place, file: Path) -> None:
    """SQLite keeps the content of deleted rows in its free pages."""
    with place.run() as runtime:
        write = runtime.database.write
        write(lambda t: t.execute("PRAGMA secure_delete = OFF").fetchone())
        write(lambda t: t.execute("CREATE TABLE mail (content TEXT)").rowcount)
        write(lambda t: t.execute("INSERT INTO mail VALUES (?)", ["a link that was sent " * 1000]).rowcount)
        write(lambda t: t.execute("DELETE FROM mail").rowcount)
    assert b"a link that was sent" in place.data.database.read_bytes()
    place.command("backup", str(file))
    with zipfile.ZipFile(file) as archive:
        assert b"a link that was sent" not in archive.read("ballotcast.sqlite")


def test_its_manifest_names_each_file(place: Place, file: Path) -> None:
    place.command("backup", str(file), "--with-keys", BALLOTCAST_BACKUP_PASSPHRASE=PASSPHRASE)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        assert place.data.master_key_file.read_bytes() not in archive.read("master.key.sealed")
    del sizes["manifest.json"]
    assert (manifest["format"], manifest["version"]) == ("ballotcast-backup", 1)
    assert {name: one["size"] for name, one in manifest["files"].items()} == sizes


def test_the_passphrase_is_asked_for_twice_and_is_not_short(place: Place, file: Path) -> None:
    unlike = place.command("backup", str(file), "--with-keys", answers=f"{PASSPHRASE}\nanother passphrase\n")
    assert unlike.exit_code == 1
    short = place.command("backup", str(file), "--with-keys", BALLOTCAST_BACKUP_PASSPHRASE="short")
    assert "12 characters" in short.output
    assert not file.exists()
    assert place.command("backup", str(file), "--with-keys", answers=f"{PASSPHRASE}\n" * 2).exit_code == 0
    assert PASSPHRASE not in short.output


def test_no_file_is_replaced(place: Place, file: Path) -> None:
    file.write_bytes(b"an older backup")
    result = place.command("backup", str(file))
    assert result.exit_code == 1
    assert "exists already" in result.output
    assert file.read_bytes() == b"an older backup"


def test_nothing_is_left_of_a_backup_that_fails(place: Place, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    result = place.command("backup", str(tmp_path / "missing" / "backup.zip"))
    assert result.exit_code == 1
    assert "could not be written" in result.output
    after = sorted(tmp_path.rglob("*"))
    assert {path.name for path in after} - {path.name for path in before} <= {
        "backup.lock", "ballotcast.sqlite-wal", "ballotcast.sqlite-shm", "pid",
    }  # fmt: skip


def test_without_data_there_is_nothing_to_back_up(make_place: Callable[[str], Place], file: Path) -> None:
    result = make_place("new").command("backup", str(file))
    assert result.exit_code == 1
    assert "There is no data" in result.output


def test_one_backup_at_a_time(place: Place, file: Path) -> None:
    with locked(place.data.directory):
        result = place.command("backup", str(file))
    assert result.exit_code == 1
    assert "Try again" in result.output


def test_a_backup_is_consistent_while_objects_and_rows_change(
    place: Place, tmp_path: Path, make_place: Callable[[str], Place]
) -> None:
    """Each object is whole, of the size in its row, and none is without a row."""
    stop = Event()

    def change(runtime: Running, name: int) -> None:
        count = 0
        while not stop.is_set():
            runtime.put(f"churn/{name}", b"%d " % count * 1000)
            count += 1

    with place.run() as runtime, ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(change, runtime, name) for name in range(4)]
        files = [tmp_path / f"{number}.zip" for number in range(5)]
        results = [place.command("backup", str(file)) for file in files]
        stop.set()
        for done in changes:
            done.result()
    assert [result.exit_code for result in results] == [0] * 5, results
    for file in files:
        other = make_place(file.stem)
        other.data.make()
        other.data.master_key_file.write_bytes(place.data.master_key_file.read_bytes())
        other.data.master_key_file.chmod(0o600)
        assert other.command("restore", str(file)).exit_code == 0
        with other.run() as restored:
            for key, size in restored.database.reader().execute(_CHURN).fetchall():
                content = restored.get(key)
                assert len(content) == size
                assert len(set(content.split())) == 1
            assert restored.bucket.delete_strays() == 0
