"""A lab for small machines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from small_machines import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()
