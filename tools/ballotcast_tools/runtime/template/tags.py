"""Reads YAML with CloudFormation's tags: `!Sub x` becomes `{"Fn::Sub": x}`, as it is in a template of JSON."""

from pathlib import Path
from typing import Any

import yaml

from .errors import TemplateError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast, where it was built


class TagLoader(_Loader):  # type: ignore[misc]  # which of the two is known only here
    """A safe loader of its own, so that the tags are not added to everybody's."""


def _intrinsic(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """Any tag is taken; the unknown ones are refused where they are resolved, for there the property is known."""
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TagLoader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> dict[str, Any]:
    """Raises TemplateError if the file is not a YAML mapping."""
    try:
        found = yaml.load(path.read_text(), Loader=TagLoader)  # noqa: S506  # it derives from the safe one
    except yaml.YAMLError as error:
        raise TemplateError(path.name, str(error)) from None
    if not isinstance(found, dict):
        raise TemplateError(path.name, "is not a mapping")
    return found
