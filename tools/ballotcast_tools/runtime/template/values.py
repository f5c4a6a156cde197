"""Evaluates what a template says: intrinsic functions, conditions, and which resources there are."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .errors import TemplateError
from .names import ACCOUNT, PARTITION, REGION, STACK
from .parameters import chosen, text
from .references import TYPES, attribute, ref

_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_RESOURCE = frozenset(
    {"Type", "Properties", "Condition", "Metadata", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"}
)
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


class _NoValue:
    """`AWS::NoValue`: whatever has this value is left out."""


_NO_VALUE = _NoValue()


class Values:
    """A template's values for one set of parameters. Raises TemplateError, as every method does."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self.parameters = chosen(template.get("Parameters", {}), given)
        self._conditions = template.get("Conditions", {})
        self._functions: dict[str, Callable[[Any, str], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._substituted,
            "Fn::Join": self._joined,
            "Fn::If": self._chosen,
        }
        self._resources: dict[str, dict[str, Any]] = {}
        for name, resource in template["Resources"].items():
            if unknown := set(resource) - _RESOURCE:
                raise TemplateError(name, f"unknown attribute {sorted(unknown)[0]}")
            if resource.get("Type") not in TYPES:
                raise TemplateError(name, f"type {resource.get('Type')} is not supported")
            if "Condition" not in resource or self.holds(resource["Condition"], name):
                self._resources[name] = resource

    def of_type(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Return the properties, as written, of every resource of this type that exists."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self._resources.items()
            if resource["Type"] == kind
        }

    def only(self, kind: str) -> tuple[str, Mapping[str, Any]]:
        """Return the name and the properties of the one resource of this type."""
        found = self.of_type(kind)
        if len(found) != 1:
            raise TemplateError("Resources", f"the runtime needs exactly one {kind}, there are {len(found)}")
        [one] = found.items()
        return one

    def resolve(self, node: Any, where: str) -> Any:
        """Return `node` with every intrinsic function evaluated; None if all of it is `AWS::NoValue`."""
        found = self._resolved(node, where)
        return None if found is _NO_VALUE else found

    def holds(self, condition: Any, where: str) -> bool:
        """Evaluate a condition: its name, or an expression of `!Equals`, `!Not`, `!And`, `!Or` and `!Condition`."""
        if isinstance(condition, str):
            if condition not in self._conditions:
                raise TemplateError(where, f"there is no condition {condition}")
            return self.holds(self._conditions[condition], f"condition {condition}")
        if not isinstance(condition, dict) or len(condition) != 1:
            raise TemplateError(where, f"{condition!r} is not a condition")
        [(name, operands)] = condition.items()
        if name == "Condition":
            return self.holds(operands, where)
        if name == "Fn::Equals":
            left, right = (text(self.resolve(one, where)) for one in operands)
            return left == right
        if name == "Fn::Not":
            return not self.holds(operands[0], where)
        if name == "Fn::And":
            return all(self.holds(one, where) for one in operands)
        if name == "Fn::Or":
            return any(self.holds(one, where) for one in operands)
        raise TemplateError(where, f"{name} is not a condition")

    def _resolved(self, node: Any, where: str) -> Any:
        if isinstance(node, list):
            found = [self._resolved(one, f"{where}[{at}]") for at, one in enumerate(node)]
            return [one for one in found if one is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, value)] = node.items()
            if name in self._functions:
                return self._functions[name](value, where)
            if str(name).startswith("Fn::"):
                raise TemplateError(where, f"intrinsic function {name} is not supported")
        members = {str(key): self._resolved(value, f"{where}.{key}") for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not _NO_VALUE}

    def _ref(self, name: str, where: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        kind, physical = self._resource(name, where)
        return ref(kind, physical)

    def _attribute(self, path: list[str], where: str) -> str:
        name, wanted = path
        kind, physical = self._resource(name, where)
        return attribute(kind, physical, wanted, where)

    def _resource(self, name: str, where: str) -> tuple[str, str]:
        """Return the type and the physical name, which is the logical id; that of a FIFO queue ends in `.fifo`."""
        if name not in self._resources:
            raise TemplateError(where, f"there is no resource or parameter {name}")
        kind: str = self._resources[name]["Type"]
        fifo = kind == "AWS::SQS::Queue" and self._resources[name].get("Properties", {}).get("FifoQueue")
        return kind, f"{name}.fifo" if text(fifo) == "true" else name

    def _substituted(self, value: Any, where: str) -> str:
        written, own = value if isinstance(value, list) else (value, {})

        def variable(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return text(self.resolve(own[name], where))
            head, dot, rest = name.partition(".")
            return self._attribute([head, rest], where) if dot else text(self._ref(name, where))

        return _VARIABLE.sub(variable, written)

    def _joined(self, value: Any, where: str) -> str:
        separator, parts = value
        return str(separator).join(text(part) for part in self._resolved(parts, where))

    def _chosen(self, value: Any, where: str) -> Any:
        """Only the branch that is taken is evaluated: the other may refer to what does not exist."""
        condition, met, unmet = value
        return self._resolved(met if self.holds(condition, where) else unmet, where)
