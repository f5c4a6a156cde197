"""Replacing ministack's private names, each of which must be there."""

from collections.abc import Callable
from importlib import import_module, metadata
from types import ModuleType
from typing import Any


class UnknownMinistack(Exception):
    """This ministack lacks a name that a patch replaces: it is not the pinned version."""


def module(name: str) -> ModuleType:
    """The module `ministack.<name>`; imported by name because the project's own environment has no ministack."""
    return import_module(f"ministack.{name}")


def private(owner: Any, name: str) -> Any:
    """What `owner` calls `name`. Raises UnknownMinistack if it does not have it."""
    try:
        return getattr(owner, name)
    except AttributeError:
        version = metadata.version("ministack")
        raise UnknownMinistack(f"ministack {version} has no {owner.__name__}.{name}") from None


def wrap(owner: Any, name: str, around: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `around(what it was)`."""
    setattr(owner, name, around(private(owner, name)))
