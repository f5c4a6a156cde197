"""Power that is cut at any moment takes nothing that was acknowledged, and leaves nothing half."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from .disk import Disk, disk
from .writing import Outcome, names_after, write_all, writer_on

CUTS = 150


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "disk") as made:
        yield made


def moments(kept: Disk, random: Random) -> list[int]:
    """Before and after syncs, and moments between."""
    syncs = [number for number, event in enumerate(kept.events) if "sync" in event.kind]
    chosen = random.sample(syncs, min(len(syncs), CUTS // 3))
    between = random.choices(range(len(kept.events) + 1), k=CUTS - 2 * len(chosen))
    return sorted([*chosen, *(number + 1 for number in chosen), *between, len(kept.events)])


def losses(kept: Disk, outcome: Outcome, to: Path, random: Random) -> int:
    """Cut the power at many moments. Returns how often something acknowledged was lost."""
    lost = 0
    for moment in moments(kept, random):
        folder = to / f"at-{moment}-{random.random()}"
        folder.mkdir()
        kept.after_cut(moment, folder, random)
        found = names_after(folder)
        lost += not {name for at, name in outcome.acknowledged if at <= moment} <= found
        assert not found & outcome.refused
    return lost


def test_nothing_acknowledged_is_lost(kept: Disk, tmp_path: Path) -> None:
    with writer_on(kept) as writer:
        outcome = write_all(writer, kept, threads=8, each=15)
    assert (len(outcome.acknowledged), len(outcome.refused)) == (104, 16)
    assert {event.file for event in kept.events if event.kind == "sync"} >= {"kept.data", "kept.data-wal"}
    assert losses(kept, outcome, tmp_path, Random(1)) == 0


def test_a_checkpoint_that_could_not_be_synced_loses_nothing(kept: Disk, tmp_path: Path) -> None:
    """The disk drops what it could not sync, and the next sync succeeds: the log still has all of it."""
    with writer_on(kept) as writer:
        first = write_all(writer, kept, threads=4, each=5, prefix="a")
        kept.broken = (".data",)
        second = write_all(writer, kept, threads=4, each=15, prefix="b")
        kept.broken = ()
        third = write_all(writer, kept, threads=4, each=15, prefix="c")
    assert any(event == ("failed sync", "kept.data", 0, b"") for event in kept.events)
    acknowledged = first.acknowledged + second.acknowledged + third.acknowledged
    assert len(acknowledged) == 4 * (4 + 13 + 13)
    outcome = Outcome(acknowledged, first.refused | second.refused | third.refused)
    assert losses(kept, outcome, tmp_path, Random(2)) == 0


def test_the_disk_loses_what_was_not_synced(kept: Disk, tmp_path: Path) -> None:
    """So the tests above can fail."""
    with writer_on(kept, synchronous="OFF") as writer:
        outcome = write_all(writer, kept, threads=2, each=4)
    lost = 0
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        kept.after_cut(outcome.acknowledged[-1][0], folder, Random(number))
        try:
            lost += not {name for _, name in outcome.acknowledged} <= names_after(folder)
        except (sqlite3.DatabaseError, AssertionError):
            lost += 1  # damaged: nothing ordered its writes
    assert lost > 0
