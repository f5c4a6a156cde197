"""A disk that fails or is full: nobody is told that something was stored which was not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.runtime.storage.writer import StorageFailed

from .disk import Disk, disk
from .writing import adding, names_after, write_all, writer_on


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "disk") as made:
        yield made


def test_after_a_failed_sync_nothing_is_written_and_all_who_wait_get_an_error(kept: Disk) -> None:
    with writer_on(kept) as writer:
        before = write_all(writer, kept, threads=8, each=4, prefix="a")
        kept.broken = (".data-wal",)
        during = write_all(writer, kept, threads=8, each=6, prefix="b")
        kept.broken = ()  # the next sync would succeed, which means nothing
        with pytest.raises(StorageFailed, match="look at the disk"):
            writer.write(adding("late"))
        assert writer.failure
    assert not before.failed
    assert (len(during.failed), during.acknowledged, during.refused) == (48, [], set())
    found = names_after(kept.folder)
    assert {name for _, name in before.acknowledged} <= found
    assert not found & (before.refused | {"late"})


def test_on_a_full_disk_nothing_is_stored_and_with_room_writing_continues(kept: Disk) -> None:
    with writer_on(kept) as writer:
        before = write_all(writer, kept, threads=4, each=4, prefix="a")
        kept.room = sum(path.stat().st_size for path in kept.folder.glob("kept.data*")) + 20_000
        full = write_all(writer, kept, threads=4, each=40, prefix="b")
        with pytest.raises(StorageFailed, match="the disk is full"):
            writer.write(lambda t: t.execute("INSERT INTO long VALUES ('large', ?)", ["x" * 10_000_000]).fetchone())
        assert writer.failure is None
        kept.room = None
        after = write_all(writer, kept, threads=4, each=4, prefix="c")
    assert full.failed
    assert not after.failed
    acknowledged = {name for one in (before, full, after) for _, name in one.acknowledged}
    assert names_after(kept.folder) == acknowledged


def test_an_error_of_an_operation_stops_neither_the_writer_nor_its_group(kept: Disk) -> None:
    with writer_on(kept) as writer:
        with pytest.raises(Exception, match="no such table"):
            writer.write(lambda t: t.execute("INSERT INTO missing VALUES (1)").fetchone())
        writer.write(adding("next"))
        assert writer.failure is None
    assert names_after(kept.folder) == {"next"}
