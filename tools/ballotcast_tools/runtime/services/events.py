"""EventBridge, as operators and tests have it: which rules there are, and whether they fire."""

from collections.abc import Mapping
from typing import Any, Protocol

from .errors import EXCEPTIONS, error


class Switchable(Protocol):
    enabled: bool


class Events:
    """`rules` by name. What is switched off stays off until it is switched on, or the process ends."""

    exceptions = EXCEPTIONS

    def __init__(self, rules: Mapping[str, Switchable]) -> None:
        self._rules = rules

    def list_rules(self) -> dict[str, Any]:
        states = {name: "ENABLED" if rule.enabled else "DISABLED" for name, rule in self._rules.items()}
        return {"Rules": [{"Name": name, "State": state} for name, state in states.items()]}

    def enable_rule(self, *, Name: str) -> None:
        self._rule(Name, "EnableRule").enabled = True

    def disable_rule(self, *, Name: str) -> None:
        self._rule(Name, "DisableRule").enabled = False

    def _rule(self, name: str, operation: str) -> Switchable:
        if name not in self._rules:
            raise error("ResourceNotFoundException", operation, f"there is no rule {name}")
        return self._rules[name]
