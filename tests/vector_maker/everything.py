"""All files of tests/vectors that are made."""

from collections.abc import Iterator

from vector_maker import exports


def everything() -> Iterator[tuple[str, bytes]]:
    """By path in tests/vectors, in an order that does not change."""
    yield from exports.files()
