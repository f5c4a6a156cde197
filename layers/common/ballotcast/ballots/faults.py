"""Pydantic's first fault of a document of the protocol, as a place and in plain words."""

from pydantic import ValidationError

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no member of this document",
    "too_long": "has more than {max_length} entries",
    "too_short": "has fewer than {min_length} entries",
    "literal_error": "is not {expected}",
    "model_type": "is not an object",
    "json_invalid": "is not JSON",
}


def first_fault(error: ValidationError) -> tuple[str, str]:
    """`("contests.0.seats", "is missing")`; the place is empty where it is the whole document."""
    first = error.errors(include_url=False)[0]
    words = _WORDS.get(first["type"])
    told = words.format(**first.get("ctx", {})) if words else _clause(first["msg"].removeprefix("Value error, "))
    return ".".join(map(str, first["loc"])), told


def _clause(sentence: str) -> str:
    """`Must be a time.` as `must be a time`, to follow a place."""
    return sentence[:1].lower() + sentence[1:].removesuffix(".")
