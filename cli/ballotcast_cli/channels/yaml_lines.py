"""YAML with the line of every value, so that what is wrong in a file can be shown where it is.

Stricter than YAML: UTF-8, one document, keys are text, and no key stands twice in a mapping (YAML's own readers keep
the last).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml
from yaml.constructor import SafeConstructor

_TEXT = "tag:yaml.org,2002:str"


class Mistake(NamedTuple):
    """`line` counts from 1."""

    line: int
    message: str


class YamlError(ValueError):
    """What is wrong, in the order of the lines; at least one."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"line {line}: {message}" for line, message in sorted(mistakes)))
        self.mistakes = sorted(mistakes)


class Lines:
    """Where the values of a document stand."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def of(self, location: Sequence[str | int]) -> int:
        """The line of the value at `location` (keys and indexes from the top), or of the nearest there is around it."""
        node = self._root
        line = _line(node) if node else 1
        for part in location:
            if isinstance(node, yaml.MappingNode):
                key, node = next(((key, value) for key, value in node.value if key.value == part), (None, None))
                line = _line(key) if key else line
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = _line(node)
            else:
                break
        return line


def read_yaml(data: bytes) -> tuple[Any, Lines]:
    """Return the document as plain values; None for an empty one.

    Raises YamlError if it is not YAML, or not as strict as ours.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError([Mistake(data.count(b"\n", 0, error.start) + 1, "not UTF-8")]) from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            return None, Lines(None)
        if mistakes := list(_key_mistakes(root, [])):
            raise YamlError(mistakes)
        return SafeConstructor().construct_document(root), Lines(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError([Mistake(mark.line + 1 if mark else 1, error.problem or "not YAML")]) from None
    except yaml.reader.ReaderError as error:
        raise YamlError([Mistake(text.count("\n", 0, error.position) + 1, f"not text: {error.reason}")]) from None


def _key_mistakes(node: yaml.Node, around: list[yaml.Node]) -> Iterator[Mistake]:
    if any(node is outer for outer in around):
        yield Mistake(_line(node), "a value may not contain itself")
        return
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if key.tag != _TEXT:
                yield Mistake(_line(key), "a key must be text: put it in quotes")
            elif key.value in seen:
                yield Mistake(_line(key), f"{key.value} stands here a second time, first on line {seen[key.value]}")
            else:
                seen[key.value] = _line(key)
            yield from _key_mistakes(value, [*around, node])
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _key_mistakes(item, [*around, node])


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1
