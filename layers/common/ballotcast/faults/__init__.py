"""What is wrong with something that was sent: a code with its values, made once where the fault is found.

Words come later, for each reader: `catalogue/<language>.json` has a text for each code, with `{names}` for the
values; where a text depends on `count` it is an object `{"one": …, "other": …}`. A new language is a new file.
docs/problems.md lists the codes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Self

CATALOGUES = Path(__file__).parent / "catalogue"
DEFAULT = "en"
OTHER = "other"
"""A fault that has no code of its own: its one value is the English sentence of the code that found it."""

Value = str | int


@dataclass(frozen=True)
class Fault:
    """`code`: as in docs/problems.md. `params`: the values that belong to it, text or numbers, never a secret."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def words(self, language: str = DEFAULT) -> str:
        """In a language; in the default one if the catalogue of that language is not there."""
        found = _catalogue(language if language in codes() else DEFAULT)[self.code]
        if not isinstance(found, str):
            found = found["one" if self.params["count"] == 1 else "other"]
        return found.format_map(self.params)

    def __str__(self) -> str:
        return self.words()

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params)}

    @classmethod
    def read(cls, code: object, params: object, detail: str) -> Self:
        """As a server of any release told it: what cannot be worded here is told in the server's own words."""
        if isinstance(code, str) and isinstance(params, dict) and _places(code) <= params.keys():
            return cls(code, params)
        return cls(OTHER, {"reason": detail})


class FaultError(ValueError):
    """A rule is broken. Validators may raise it: the problem document then has its code."""

    def __init__(self, code: str, **params: Value) -> None:
        super().__init__()
        self.fault = Fault(code, params)

    def __str__(self) -> str:
        return str(self.fault)


def fault(code: str, **params: Value) -> Fault:
    return Fault(code, params)


@cache
def codes() -> tuple[str, ...]:
    """Of the languages that faults are worded in."""
    return tuple(sorted(path.stem for path in CATALOGUES.glob("*.json")))


@cache
def _catalogue(language: str) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = json.loads((CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    return found


def _places(code: str) -> set[str]:
    """The values that a code's text has places for; of an unknown code one that nobody gives."""
    found = _catalogue(DEFAULT).get(code)
    if found is None:
        return {""}
    texts = [found] if isinstance(found, str) else [*found.values(), "{count}"]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
