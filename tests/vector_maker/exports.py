"""Whole exports, and doctored ones as edits of them."""

from collections.abc import Iterator

from vector_maker.bases import BASES
from vector_maker.doctored import all_cases
from vector_maker.doctored.archives import zipped
from vector_maker.patches import patch

ABOUT = "Exports that are refused, each by the check named (docs/protocol.md, section 10). ../README.md explains."


def files() -> Iterator[tuple[str, bytes]]:
    """By path in tests/vectors."""
    archives = {name: zipped(sorted(make().files.items())) for name, make in BASES.items()}
    yield from ((f"exports/{name}.zip", archive) for name, archive in archives.items())
    for subject, cases in all_cases():
        lines = ",\n".join(patch(case, BASES[case.base]().files, archives[case.base]) for case in cases)
        yield f"doctored/{subject}.json", f'{{"about": "{ABOUT}", "cases": [\n{lines}\n]}}\n'.encode()
