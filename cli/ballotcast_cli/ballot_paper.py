"""A contest's options, and what the organiser published about them, as lines of text."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any


def printed(contest: Mapping[str, Any], withdrawn: Collection[int] = ()) -> Iterator[str]:
    """contest: as a manifest has it. withdrawn: numbers of options."""
    yield from _indented(contest.get("text", ""), 2)
    about = contest.get("about") or [{} for _ in contest["options"]]
    for number, (option, said) in enumerate(zip(contest["options"], about, strict=True), start=1):
        yield f"  {number} {option}{' (withdrawn)' if number in withdrawn else ''}"
        yield from _indented(said.get("statement", ""), 6)
        yield from _indented(said.get("link", ""), 6)


def _indented(text: str, by: int) -> Iterator[str]:
    for line in text.split("\n") if text else ():
        yield f"{' ' * by}{line}".rstrip()
