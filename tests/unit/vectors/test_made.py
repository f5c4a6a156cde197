"""The files of tests/vectors are those that `make vectors` writes."""

import pytest

from doctored_exports import VECTORS
from vector_maker import exports
from vector_maker.bases import BASES
from vector_maker.doctored import SUBJECTS
from vector_maker.everything import FILES, told

COPIED = {"README.md", "bad_encodings.json", "states.json", "published/rfc9474.json"}
LONG = {"counts.json"}
"""What looks at many elections for those that show something."""


def test_there_are_the_files_that_are_made() -> None:
    there = {str(path.relative_to(VECTORS)) for path in VECTORS.rglob("*.*") if "exports" not in path.parts}
    made = {*FILES, *(f"doctored/{subject}.json" for subject in SUBJECTS)}
    assert there == made | COPIED
    assert {path.stem for path in (VECTORS / "exports").iterdir()} == BASES.keys()


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in FILES])
def test_every_file_is_as_it_is_made(name: str) -> None:
    assert (VECTORS / name).read_bytes() == told(FILES[name]())


@pytest.mark.slow
def test_every_export_is_as_it_is_made() -> None:
    for name, content in exports.files():
        assert (VECTORS / name).read_bytes() == content, name


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in VECTORS.rglob("*") if path.is_file()) < 2_500_000
