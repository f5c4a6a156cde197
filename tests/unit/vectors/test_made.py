"""The files of tests/vectors are those that `make vectors` writes."""

import pytest

from doctored_exports import VECTORS
from vector_maker.everything import everything

COPIED = {"README.md", "bad_encodings.json", "states.json", "published/rfc9474.json"}


@pytest.mark.slow
def test_every_file_is_as_it_is_made() -> None:
    made = dict(everything())
    there = {str(path.relative_to(VECTORS)) for path in VECTORS.rglob("*") if path.is_file()}
    assert there == made.keys() | COPIED
    for name, content in made.items():
        assert (VECTORS / name).read_bytes() == content, name


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in VECTORS.rglob("*") if path.is_file()) < 2_000_000
