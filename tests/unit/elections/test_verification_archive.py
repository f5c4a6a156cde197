"""The zip around an export: whatever is done to it, it is refused by a check and never by an exception."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections import export_files
from ballotcast.elections.verification import Outcome, Report, verify_export
from forged_export import ORIGIN, Forger, flipped, write


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


@pytest.fixture(scope="module")
def files(forger: Forger) -> dict[str, bytes]:
    return forger.files(forger.entries([forger.ballot() for _ in range(2)]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


def assert_archive_refused(report: Report) -> None:
    assert [check.outcome for check in report.checks if check.name == "archive"] == [Outcome.FAILED], report.checks
    assert not report.ok


def test_the_zip_is_the_same_to_the_byte_whoever_writes_it(files: dict[str, bytes], tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, files).read_bytes() for name in ("one.zip", "other.zip"))
    assert one == other


def test_each_file_is_needed(files: dict[str, bytes], path: Path) -> None:
    for name in files:
        assert_archive_refused(verify_export(write(path, {key: files[key] for key in files if key != name})))


@pytest.mark.parametrize("name", ["readme.txt", "tile/0/001.p/1", "../evil", "tile/entries/001.p/1", "manifest.json/"])
def test_no_other_file_may_be_there(files: dict[str, bytes], path: Path, name: str) -> None:
    assert_archive_refused(verify_export(write(path, {**files, name: b"x"})))


def test_no_file_may_be_there_twice(files: dict[str, bytes], path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        export_files.write_export(path, sorted([*files.items(), ("result.json", b"{}")]))
    assert_archive_refused(verify_export(path))


def test_the_files_are_in_order(files: dict[str, bytes], path: Path) -> None:
    export_files.write_export(path, sorted(files.items(), reverse=True))
    assert_archive_refused(verify_export(path))


def test_the_files_lie_in_the_order_in_which_they_are_listed(files: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items(), reverse=True):
            archive.writestr(zipfile.ZipInfo(name), content)
        archive.filelist.reverse()
    assert_archive_refused(verify_export(path))


@pytest.mark.parametrize(("limit", "value"), [("ZIP64_LIMIT", 2000), ("ZIP_FILECOUNT_LIMIT", 3)])
def test_a_large_export_is_read_as_it_was_written(
    files: dict[str, bytes], path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Over 2 GiB, or 65,535 files, a zip has other headers; here the limits lie lower."""
    assert len(files["manifest.json"]) < 2000 < sum(map(len, files.values()))
    monkeypatch.setattr(zipfile, limit, value)
    assert verify_export(write(path, files)).ok
    path.write_bytes(path.read_bytes() + b"hidden")
    assert_archive_refused(verify_export(path))


def test_nothing_is_compressed_so_no_zip_is_a_bomb(files: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    assert_archive_refused(verify_export(path))


def test_two_names_for_the_same_bytes_are_a_bomb_too(files: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
        first, last = archive.filelist[0], archive.filelist[-1]
        last.header_offset, last.file_size, last.compress_size, last.CRC = (
            0,
            first.file_size,
            first.file_size,
            first.CRC,
        )
    assert_archive_refused(verify_export(path))


def headers(content: bytes) -> list[int]:
    """Where the bytes lie that are in no file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        begin = 0
        around: list[int] = []
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename)
            around += range(begin, start)
            begin = start + info.file_size
        return [*around, *range(begin, len(content))]


def read_all(path: Path) -> None:
    with export_files.ExportReader(path) as export:
        for name, size in export.sizes.items():
            export.read(name, size)


def test_no_bit_of_a_header_can_be_another(files: dict[str, bytes], path: Path) -> None:
    """Times, attributes and versions could tell something, and give one election exports of many hashes."""
    content = write(path, files).read_bytes()
    for at in headers(content):
        path.write_bytes(flipped(content, at))
        with pytest.raises(export_files.ExportError):
            read_all(path)


@pytest.mark.parametrize("where", ["before", "behind", "comment"])
def test_nothing_lies_around_the_files(files: dict[str, bytes], path: Path, where: str) -> None:
    content = write(path, files).read_bytes()
    if where == "comment":
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"hidden"
    else:
        path.write_bytes(b"hidden" + content if where == "before" else content + b"hidden")
    assert_archive_refused(verify_export(path))


def test_a_file_larger_than_it_can_be_is_not_read(files: dict[str, bytes], path: Path) -> None:
    for name, size in (("manifest.json", 200_000), ("checkpoint", 20_000), ("election_key.hex", 65)):
        assert_archive_refused(verify_export(write(path, {**files, name: bytes(size)})))


def test_a_size_that_no_zip_holds_is_not_counted_to(forger: Forger, files: dict[str, bytes], path: Path) -> None:
    note = Checkpoint(ORIGIN, 2**53 - 1, bytes(32)).sign(Signer(ORIGIN, forger.log_key))
    assert_archive_refused(verify_export(write(path, {**files, "checkpoint": note.encode()})))


def test_an_empty_log_is_no_election(forger: Forger, files: dict[str, bytes], path: Path) -> None:
    empty = {name: content for name, content in files.items() if not name.startswith("tile/")}
    empty["checkpoint"] = forger.note([])
    report = verify_export(write(path, empty))
    assert {check.name for check in report.checks if check.outcome is Outcome.FAILED} >= {"leaves"}


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", bytes(100_000)])
def test_what_is_no_zip(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    report = verify_export(path)
    assert_archive_refused(report)
    assert {check.outcome for check in report.checks[1:]} == {Outcome.SKIPPED}


def test_a_file_that_is_not_there(path: Path) -> None:
    assert_archive_refused(verify_export(path))


@given(st.data())
def test_bytes_changed_anywhere_are_refused(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.zip"
    written = write(path, files).read_bytes()
    content = bytearray(written)
    near_the_end = st.integers(max(0, len(content) - 700), len(content) - 1)
    for at in data.draw(st.lists(st.one_of(near_the_end, st.integers(0, len(content) - 1)), min_size=1, max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(content), len(content), len(content) - 1, len(content) // 2]))
    path.write_bytes(content[:cut])
    if verify_export(path).ok:
        assert path.read_bytes() == written
