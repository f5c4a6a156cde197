"""Reads state machines: each is a file of its own, with the template's values in it."""

import re
from pathlib import Path

from ballotcast_tools.machine_definitions import read_definition

from .deployment import Machine
from .errors import TemplateError
from .names import arn
from .parameters import text
from .policies import role_of
from .properties import Properties
from .roles import Role
from .values import Values

_USED = ("Type", "Role", "DefinitionUri", "DefinitionSubstitutions")
_LEFT = re.compile(r"\$\{(\w+)\}")


def read_machines(values: Values, folder: Path, roles: dict[str, Role]) -> dict[str, Machine]:
    """`folder`: that of the template, which definitions are relative to."""
    found = {}
    for name, written in values.of_type("AWS::Serverless::StateMachine").items():
        machine = Properties(values, written, name, used=_USED)
        machine.one_of("Type", ("STANDARD",))
        substitutions = {key: text(value) for key, value in machine.value("DefinitionSubstitutions", {}).items()}
        path = folder / machine.text("DefinitionUri")
        _check_names(path, substitutions, machine)
        definition = read_definition(path, substitutions)
        found[name] = Machine(name, arn("states", f"stateMachine:{name}"), definition, role_of(machine, roles))
    return found


def _check_names(path: Path, substitutions: dict[str, str], machine: Properties) -> None:
    try:
        written = set(_LEFT.findall(path.read_text()))
    except FileNotFoundError:
        raise TemplateError(machine.at("DefinitionUri"), f"there is no file {path.name}") from None
    if missing := written - set(substitutions):
        raise TemplateError(machine.at("DefinitionSubstitutions"), f"{sorted(missing)[0]} is missing")
    if unused := set(substitutions) - written:
        raise TemplateError(machine.at("DefinitionSubstitutions"), f"{sorted(unused)[0]} is not in {path.name}")
