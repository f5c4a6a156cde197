"""Static files: bundles under their own hash, made again the same anywhere, from sources that anyone can read."""

import json
import re
import shutil
from pathlib import Path

import pytest

from ballotcast_tools.build import page_bundles
from ballotcast_tools.build.browser_libraries import INPUTS, integrity
from checkout import ROOT
from web.static_files import FOLDER, release, served, static_files

SOURCES = ROOT / page_bundles.SOURCES
IMPORTS = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
OURS = sorted(path.relative_to(SOURCES).as_posix() for path in (SOURCES / "js").rglob("*.js"))
JOURNEY = "js/vote/journey.js"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundles, made in another folder from a copy of the sources and the same tools."""
    top = tmp_path_factory.mktemp("another")
    for folder in (page_bundles.SOURCES, page_bundles.TEMPLATES):
        shutil.copytree(ROOT / folder, top / folder)
    for name in INPUTS:
        shutil.copyfile(ROOT / name, top / name)
    (top / ".tools").mkdir()
    (top / ".tools" / "web").symlink_to(ROOT / ".tools" / "web")
    return page_bundles.bring_up_to_date(top)


def test_whoever_builds_the_same_sources_gets_the_same_bytes(elsewhere: Path) -> None:
    ours, theirs = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
        for folder in (FOLDER, elsewhere)
    )
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_bundles_are_made_again_after_a_change_and_only_then(elsewhere: Path) -> None:
    top = elsewhere.parents[2]
    before = (elsewhere / "hashes.json").stat().st_mtime_ns
    page_bundles.bring_up_to_date(top)
    assert (elsewhere / "hashes.json").stat().st_mtime_ns == before
    changed = top / page_bundles.SOURCES / JOURNEY
    changed.write_text(changed.read_text().replace("nothing is opened", "nothing was opened"))

    page_bundles.bring_up_to_date(top)

    assert "nothing was opened" in (elsewhere / JOURNEY).read_text()
    fresh, ours = (json.loads((folder / "hashes.json").read_text()) for folder in (elsewhere, FOLDER))
    assert [name for name in ours if fresh[name] != ours[name]] == [JOURNEY]


def test_every_served_file_has_the_hash_that_is_noted() -> None:
    for name, file in static_files().items():
        assert file.integrity == integrity((FOLDER / name).read_bytes()), name
        found = served(file.path)
        assert found is not None
        assert found[0] == (FOLDER / name).read_text()
    assert re.fullmatch("[0-9a-f]{16}", release())


def test_the_source_map_has_the_readable_modules() -> None:
    file = static_files()[JOURNEY]
    found = served(f"{file.path}.map")
    assert found is not None
    mapped = json.loads(found[0])
    assert {"js/vote/journey.js", "js/protocol/voter.js", "vendor/hpke.js"} <= set(mapped["sources"])
    for name, content in zip(mapped["sources"], mapped["sourcesContent"], strict=True):
        assert content == (SOURCES / name).read_text(), name


@pytest.mark.parametrize("path", ["", JOURNEY, f"0123456789abcdef/{JOURNEY}", "../hashes.json", "hashes.json"])
def test_nothing_else_is_served(path: str) -> None:
    assert served(path) is None
    assert served(f"{static_files()[JOURNEY].hash}/{path}") is None or path == JOURNEY


@pytest.mark.parametrize("name", OURS)
def test_every_import_leads_to_a_file_of_ours(name: str) -> None:
    """No bare name, no address: what the policy and the registry would refuse alike."""
    source = (SOURCES / name).read_text()
    assert not re.search(r"""^\s*(?:import|export)[^;]*?from\s*["'](?!\.)""", source, re.MULTILINE)
    for target in IMPORTS.findall(source):
        assert ((SOURCES / name).parent / target).resolve().is_file(), target


def test_nothing_of_ours_asks_another_host() -> None:
    for folder in ("static/js", "static/css", "templates"):
        for path in (ROOT / "functions/web" / folder).rglob("*.*"):
            assert not re.search(r"""(?:src|href|action|url\(|fetch\()\s*[=(]?\s*["']?https?://""", path.read_text()), (
                path
            )
