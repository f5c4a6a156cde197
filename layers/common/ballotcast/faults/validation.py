"""Which fault of ours is what pydantic found."""

from collections.abc import Callable, Mapping
from typing import Any

from ballotcast.faults import OTHER, Fault, FaultError, fault

_Limits = Mapping[str, Any]
_FOUND: Mapping[str, Callable[[_Limits], Fault]] = {
    "missing": lambda _: fault("missing"),
    "extra_forbidden": lambda _: fault("unknown-field"),
    "string_too_short": lambda limits: _too_short(limits["min_length"]),
    "string_too_long": lambda limits: fault("too-long", most=limits["max_length"]),
    "bytes_too_short": lambda limits: fault("too-few-bytes", least=limits["min_length"]),
    "bytes_too_long": lambda limits: fault("too-many-bytes", most=limits["max_length"]),
    "too_short": lambda limits: fault("too-few", count=limits["min_length"]),
    "too_long": lambda limits: fault("too-many", count=limits["max_length"]),
    "greater_than_equal": lambda limits: fault("at-least", bound=limits["ge"]),
    "less_than_equal": lambda limits: fault("at-most", bound=limits["le"]),
    "literal_error": lambda limits: fault("no-choice", choices=_choices(limits["expected"])),
    "enum": lambda limits: fault("no-choice", choices=_choices(limits["expected"])),
    "string_pattern_mismatch": lambda limits: fault("wrong-form", form=limits["pattern"]),
    "string_type": lambda _: fault("not-text"),
    "int_type": lambda _: fault("not-number"),
    "int_parsing": lambda _: fault("not-number"),
    "int_parsing_size": lambda _: fault("not-number"),
    "int_from_float": lambda _: fault("not-number"),
    "bool_type": lambda _: fault("not-truth"),
    "bool_parsing": lambda _: fault("not-truth"),
    "list_type": lambda _: fault("not-list"),
    "tuple_type": lambda _: fault("not-list"),
    "dict_type": lambda _: fault("not-object"),
    "model_type": lambda _: fault("not-object"),
    "model_attributes_type": lambda _: fault("not-object"),
    "datetime_type": lambda _: fault("not-time"),
    "datetime_parsing": lambda _: fault("not-time"),
    "datetime_from_date_parsing": lambda _: fault("not-time"),
    "datetime_object_invalid": lambda _: fault("not-time"),
    "timezone_aware": lambda _: fault("not-time"),
}


def fault_of(found: Mapping[str, Any]) -> Fault:
    """The fault of one entry of `ValidationError.errors()`; one that has no code keeps pydantic's words."""
    raised = found.get("ctx", {}).get("error")
    if isinstance(raised, FaultError):
        return raised.fault
    known = _FOUND.get(found["type"])
    return known(found.get("ctx", {})) if known else fault(OTHER, reason=str(raised or found["msg"]))


def _too_short(least: int) -> Fault:
    return fault("empty") if least == 1 else fault("too-short", least=least)


def _choices(expected: str) -> str:
    """Pydantic's list of literals, without its English conjunction."""
    return expected.replace(" or ", ", ")
