"""Verifying an export in the browser finds exactly what the command line finds, check by check."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from amended_rolls import LEDGERS, amendments, history
from amended_rolls import files as files_of
from ballotcast.elections.verification import CHECKS, verify_export
from both_verifiers import assert_found_alike, by_browser, by_python
from doctored_exports import DOCTORED, FORGED, ZIPPED, Entries
from forged_export import Forger, flipped, write


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


@pytest.fixture(scope="module")
def honest(forger: Forger) -> Entries:
    """Four good ballots and two spoilt ones."""
    plaintexts = (b"\1\2\3", b"\2\1\0", b"\1\0\0", b"\0\0\0", b"\1\1\0", b"\1\3\0")
    return forger.entries([forger.ballot(plaintext) for plaintext in plaintexts])


def test_an_honest_export_passes_every_check(modules: Page, forger: Forger, honest: Entries, tmp_path: Path) -> None:
    files = forger.files(honest)
    [report] = by_browser(modules, write(tmp_path / "e.zip", files))
    assert report["outcomes"] == dict.fromkeys(CHECKS, "passed")
    assert report["ok"] is True
    assert report["manifestHash"] == forger.manifest.hash.hex()
    assert report["steps"] == [[8, 8]]
    [contest] = report["result"]["contests"]
    assert contest["winners"] == json.loads(files["result.json"])["contests"][0]["winners"]
    assert contest["options"] == ["Ash", "Birch", "Cedar"]


def test_a_log_of_several_tiles(modules: Page, tmp_path: Path) -> None:
    forger = Forger(voters=300)
    ballots = [forger.ballot() for _ in range(271)]
    files = forger.files(forger.entries(ballots))
    exports = {"honest": write(tmp_path / "honest.zip", files)}
    for number, name in enumerate(("tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/17")):
        exports[name] = write(tmp_path / f"{number}.zip", {**files, name: flipped(files[name], 9)})
    assert_found_alike(modules, exports)


@pytest.mark.parametrize(
    "title",
    ["a\U0001e4ec\U0001e4ee", "a\U0001e4ee\U0001e4ec", "e\u0301", "\u212b", "\U0001f1e6\U0001f1e7", "\u0378"],
    ids=ascii,
)
def test_no_version_of_unicode_parts_the_verifiers(modules: Page, tmp_path: Path, title: str) -> None:
    """U+1E4EC and U+1E4EE came with Unicode 15: an older table has them in order, a newer one does not."""
    forger = Forger(changes={"title": title})
    path = write(tmp_path / "e.zip", forger.files(forger.entries([forger.ballot()])))
    [report] = by_browser(modules, path)
    assert (report["ok"], report["title"]) == (True, title)
    assert verify_export(path).ok


@pytest.mark.parametrize("result", [b"{}", b"[]", b"true", b'{"spoilt":{}}', b'{"spoilt":0}', b'{"spoilt":[]}'])
def test_a_result_without_a_list_of_spoilt_ballots(
    modules: Page, forger: Forger, tmp_path: Path, result: bytes
) -> None:
    """Also where none is spoilt: no list is not an empty one."""
    files = forger.files(forger.entries([forger.ballot()])) | {"result.json": result}
    path = write(tmp_path / "e.zip", files)
    assert_found_alike(modules, {"doctored": path})
    assert by_python(path)["spoilt"] == ("passed" if result == b'{"spoilt":[]}' else "failed")


def test_true_is_not_1(modules: Page, forger: Forger, tmp_path: Path) -> None:
    """In Python they are equal."""
    files = forger.files(forger.entries([forger.ballot(b"\1\1\0")]))
    doctored = files["result.json"].replace(b'"index":1', b'"index":true')
    assert doctored != files["result.json"]
    path = write(tmp_path / "e.zip", {**files, "result.json": doctored})
    assert_found_alike(modules, {"doctored": path})
    assert by_python(path)["spoilt"] == "failed"


def test_no_ballots_at_all(modules: Page, forger: Forger, tmp_path: Path) -> None:
    [report] = by_browser(modules, write(tmp_path / "e.zip", forger.files(forger.entries([]))))
    assert report["ok"] is True


def test_an_operator_with_every_key_is_found_out(
    modules: Page, forger: Forger, honest: Entries, tmp_path: Path
) -> None:
    exports = {}
    for number, (what, (_, forge)) in enumerate(FORGED.items()):
        files = forger.files(forge(forger, honest), issued=len(honest) - 2)
        exports[what] = write(tmp_path / f"{number}.zip", files)
    assert_found_alike(modules, exports)


def test_a_roll_that_was_amended(modules: Page, forger: Forger, tmp_path: Path) -> None:
    lines = history(forger)
    honest = amendments(forger, lines)
    exports = {"honest": write(tmp_path / "honest.zip", files_of(forger, lines, honest))}
    for number, (what, (_, _, doctor)) in enumerate(LEDGERS.items()):
        doctored = files_of(forger, *doctor(forger, lines, honest))
        exports[what] = write(tmp_path / f"{number}.zip", doctored)
    assert_found_alike(modules, exports)
    [report] = by_browser(modules, exports["honest"])
    assert report["ok"], report["checks"]
    [turnout] = [check["values"] for check in report["checks"] if check["name"] == "turnout"]
    assert turnout == {"ballots": 4, "issued": 4, "voters": 8}


def test_a_doctored_file_is_refused(modules: Page, forger: Forger, honest: Entries, tmp_path: Path) -> None:
    files = forger.files(honest)
    exports = {}
    for number, (what, (name, _, doctor)) in enumerate(DOCTORED.items()):
        doctored = doctor(forger, honest, files[name])
        exports[what] = write(tmp_path / f"{number}.zip", {**files, name: doctored})
    assert_found_alike(modules, exports)


def test_a_doctored_zip_is_refused(modules: Page, forger: Forger, honest: Entries, tmp_path: Path) -> None:
    """Also where a bit is another anywhere: in a header, in the directory, in a file."""
    files = forger.files(honest)
    whole = write(tmp_path / "whole.zip", files).read_bytes()
    doctored = {what: doctor(whole) for what, doctor in ZIPPED.items()}
    doctored |= {f"bit {at}": flipped(whole, at) for at in range(0, len(whole), len(whole) // 60)}
    doctored |= {f"bit {at} of the end": flipped(whole, at) for at in range(len(whole) - 120, len(whole), 5)}
    exports = {}
    for number, (what, zipped) in enumerate(doctored.items()):
        exports[what] = tmp_path / f"{number}.zip"
        exports[what].write_bytes(zipped)
    for number, gone in enumerate(files):
        rest = {name: content for name, content in files.items() if name != gone}
        exports[f"without {gone}"] = write(tmp_path / f"without{number}.zip", rest)
    exports["a file more"] = write(tmp_path / "more.zip", {**files, "readme.txt": b"x"})
    assert_found_alike(modules, exports)
