"""Reads roles: their inline policies, and the policies that are attached on a condition."""

from typing import Any

from .errors import TemplateError
from .names import role_arn
from .properties import Properties
from .roles import Role
from .values import Values


def read_roles(values: Values) -> dict[str, Role]:
    """Return every role by its ARN."""
    statements: dict[str, list[dict[str, Any]]] = {}
    for name, written in values.of_type("AWS::IAM::Role").items():
        role = Properties(values, written, name, used=("Policies",), idle=("AssumeRolePolicyDocument", "Description"))
        statements[name] = []
        for policy in role.each("Policies", used=("PolicyName", "PolicyDocument")):
            statements[name] += _document(policy)
    for name, written in values.of_type("AWS::IAM::RolePolicy").items():
        policy = Properties(values, written, name, used=("RoleName", "PolicyName", "PolicyDocument"))
        owner = policy.text("RoleName")
        if owner not in statements:
            raise TemplateError(policy.at("RoleName"), f"there is no role {owner}")
        statements[owner] += _document(policy)
    return {role_arn(name): Role(name, found) for name, found in statements.items()}


def role_of(properties: Properties, roles: dict[str, Role]) -> Role:
    """Return the role that the property `Role` names by ARN."""
    found = properties.text("Role")
    if found not in roles:
        raise TemplateError(properties.at("Role"), f"{found} is not a role of the template")
    return roles[found]


def _document(policy: Properties) -> list[dict[str, Any]]:
    document = policy.within("PolicyDocument", used=("Statement",), idle=("Version",))
    return document.entries("Statement")
