"""Parameters: what was given or the default, within the template's rules."""

from typing import Any

import pytest

from ballotcast_tools.runtime.template.errors import TemplateError
from ballotcast_tools.runtime.template.parameters import chosen

DECLARED: dict[str, dict[str, Any]] = {
    "Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["prod", "local"]},
    "Bits": {"Type": "Number", "Default": 2048, "AllowedValues": [2048, 3072]},
    "Grace": {"Type": "Number", "Default": 30, "MinValue": 16, "MaxValue": 60},
    "Stage": {"Type": "String", "Default": "v1", "AllowedPattern": "[a-z0-9]+", "MinLength": 2, "MaxLength": 4},
}


def test_defaults_and_what_is_given() -> None:
    assert chosen(DECLARED, {"Grace": "16", "Environment": "local"}) == {
        "Environment": "local",
        "Bits": "2048",
        "Grace": "16",
        "Stage": "v1",
    }


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Environment", "test", "'test' is not one of prod, local"),
        ("Bits", "1024", "'1024' is not one of 2048, 3072"),
        ("Grace", "15", "'15' is under the minimum of 16"),
        ("Grace", "61", "'61' is over the maximum of 60"),
        ("Grace", "soon", "'soon' is not a number"),
        ("Stage", "v1/x", "does not match"),
        ("Stage", "v1\n", "does not match"),
        ("Stage", "v", "'v' is under the minimum of 2"),
        ("Stage", "v1234", "'v1234' is over the maximum of 4"),
        ("Other", "x", "the template has no such parameter"),
    ],
)
def test_what_is_not_allowed(name: str, value: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason) as refused:
        chosen(DECLARED, {name: value})
    assert str(refused.value).startswith(f"parameter {name}: ")


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"Type": "String"}, "is missing and has no default"),
        ({"Type": "CommaDelimitedList", "Default": ""}, "type CommaDelimitedList is not supported"),
        ({"Type": "String", "Default": "", "MinLenght": 1}, "unknown rule MinLenght"),
    ],
)
def test_a_declaration_that_cannot_be_kept(rules: dict[str, Any], reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        chosen({"One": rules}, {})
