"""Rolls to import, and how far an import is."""

from organising import Organiser


def emails(count: int, first: int = 0) -> list[str]:
    return [f"v{number}@example.org" for number in range(first, first + count)]


def progress(organiser: Organiser, election: str, job: str) -> dict[str, object]:
    found: dict[str, object] = organiser.get(f"/elections/{election}/voters/imports/{job}").json()
    return found
