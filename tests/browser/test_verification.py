"""Verifying an export in the browser finds exactly what the command line finds, check by check.

The exports of tests/vectors are verified by the command line in tests/unit/elections/test_doctored_exports.py.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from amended_rolls import EXTENSIONS, LATER, amendments, extended, history
from amended_rolls import files as files_of
from ballotcast.elections import trustees_audit
from ballotcast.elections.verification import CHECKS, verify_export
from both_verifiers import assert_found_alike, by_browser, by_python
from doctored_exports import SUBJECTS, VECTORS, doctored, whole
from forged_export import Entries, Forger, flipped, write


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


def test_an_end_that_was_moved(modules: Page, forger: Forger, tmp_path: Path) -> None:
    lines = history(forger)
    told = amendments(forger, lines)
    later = files_of(forger, lines, [*told, extended(told, LATER)], closed_at=LATER)
    exports = {"later": write(tmp_path / "later.zip", later)}
    for number, (where, (_, doctor)) in enumerate(EXTENSIONS.items()):
        exports[where] = write(tmp_path / f"{number}.zip", files_of(forger, lines, doctor(told)))
    assert_found_alike(modules, exports)
    [report] = by_browser(modules, exports["later"])
    assert report["ok"], report["checks"]


def test_the_turnout_of_a_roll_that_was_amended(modules: Page, forger: Forger, tmp_path: Path) -> None:
    lines = history(forger)
    honest = files_of(forger, lines, amendments(forger, lines))
    [report] = by_browser(modules, write(tmp_path / "honest.zip", honest))
    assert report["ok"], report["checks"]
    [turnout] = [check["values"] for check in report["checks"] if check["name"] == "turnout"]
    assert turnout == {"ballots": 4, "issued": 4, "voters": 8}


@pytest.mark.parametrize("name", [path.stem for path in (VECTORS / "exports").glob("*.zip")])
def test_a_whole_export_of_the_vectors_passes_every_check(modules: Page, name: str) -> None:
    [report] = by_browser(modules, whole(name))
    assert report["outcomes"] == dict.fromkeys(
        [*CHECKS, *(trustees_audit.CHECKS if name == "trusted" else ())], "passed"
    )


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_doctored_export_of_the_vectors_is_refused(modules: Page, tmp_path: Path, subject: str) -> None:
    """By the check that the vectors name, and in every other check as by the command line."""
    cases = list(doctored(subject))
    paths = [case.write(tmp_path / f"{number}.zip") for number, case in enumerate(cases)]
    for case, path, report in zip(cases, paths, by_browser(modules, *paths), strict=True):
        assert report["outcomes"][case.check] == "failed", case.what
        assert report["outcomes"] == by_python(path), case.what


def test_a_bit_turned_anywhere_in_the_zip_is_found(modules: Page, tmp_path: Path) -> None:
    """In a header, in the directory, in a file."""
    content = whole("plain").read_bytes()
    places = {*range(0, len(content), len(content) // 60), *range(len(content) - 120, len(content), 5)}
    exports = {f"bit {at}": tmp_path / f"{at}.zip" for at in places}
    for at in places:
        exports[f"bit {at}"].write_bytes(flipped(content, at))
    assert_found_alike(modules, exports)
