"""Static files: what a page loads, told by its hash, and everything a module imports named ahead."""

import re

import pytest

from ballotcast_tools.build.browser_libraries import integrity
from checkout import ROOT
from web.static_files import FOLDER, modules, release, static_files

IMPORTS = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
OURS = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "js").rglob("*.js"))


def test_the_hash_is_that_of_the_build() -> None:
    file = static_files()["js/page.js"]
    assert file.integrity == integrity((FOLDER / "js/page.js").read_bytes())
    assert file.type.startswith("text/javascript")


def test_the_release_is_told_by_all_files() -> None:
    assert re.fullmatch("[0-9a-f]{16}", release())


@pytest.mark.parametrize("name", OURS)
def test_every_import_leads_to_a_file_of_ours(name: str) -> None:
    """No bare name, no address: what the policy and the registry would refuse alike."""
    source = (FOLDER / name).read_text()
    assert not re.search(r"""^\s*(?:import|export)[^;]*?from\s*["'](?!\.)""", source, re.MULTILINE)
    for target in IMPORTS.findall(source):
        assert ((FOLDER / name).parent / target).resolve().is_file(), target


@pytest.mark.parametrize("name", OURS)
def test_all_that_a_module_imports_is_found_ahead(name: str) -> None:
    found = {file.name for file in modules(name)}
    for file in found:
        static = re.findall(
            r"""^\s*(?:import|export)\b(?!\s*\()[^;()]*?["'](\.[^"']+)["']""", (FOLDER / file).read_text(), re.M
        )
        for target in static:
            assert ((FOLDER / file).parent / target).resolve().relative_to(FOLDER.resolve()).as_posix() in found


def test_nothing_of_ours_asks_another_host() -> None:
    for folder in ("static/js", "static/css", "templates"):
        for path in (ROOT / "functions/web" / folder).rglob("*.*"):
            assert not re.search(r"""(?:src|href|action|url\(|fetch\()\s*[=(]?\s*["']?https?://""", path.read_text()), (
                path
            )
