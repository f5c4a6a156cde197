"""All files of tests/vectors that are made."""

import json
from collections.abc import Iterator
from typing import Any

from vector_maker import counts, ends, exports, formats, kept, primitives, trees, trustees

FILES = {
    "absence.json": kept.absence,
    "blind_signatures.json": primitives.blind_signatures,
    "counts.json": counts.counts,
    "ecdsa.json": primitives.ecdsa,
    "ed25519.json": primitives.ed25519,
    "ends.json": ends.ends,
    "kept.json": kept.kept,
    "leaves.json": formats.leaves,
    "lots.json": formats.drawn,
    "notes.json": formats.notes,
    "outcomes.json": counts.outcomes,
    "plaintexts.json": formats.plaintexts,
    "roll.json": formats.roll,
    "sealed.json": primitives.sealed,
    "trees.json": trees.trees,
    "trustees.json": trustees.trustees,
}


def everything() -> Iterator[tuple[str, bytes]]:
    """By path in tests/vectors, in an order that does not change."""
    for name, make in FILES.items():
        yield name, told(make())
    yield from exports.files()


def told(value: dict[str, Any]) -> bytes:
    """As JSON, with a line for each item of a list at the first level, so that differences are easy to read."""
    parts = []
    for name, one in value.items():
        if isinstance(one, list):
            items = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in one)
            parts.append(f" {json.dumps(name)}: [\n  {items}\n ]")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()
