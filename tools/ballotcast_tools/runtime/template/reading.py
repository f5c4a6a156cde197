"""template.yaml → Deployment.

Everything that the template says is done by the runtime, is known to mean nothing on one machine, or is refused here
with the resource and the property named.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .deployment import Deployment
from .errors import TemplateError
from .functions import FunctionReader
from .gateway import read_api
from .machines import read_machines
from .parameters import text
from .policies import read_roles
from .properties import Properties
from .stores import read_bucket, read_key, read_queues, read_secrets, read_tables
from .tags import load
from .values import Values

_SECTIONS = frozenset(
    {"AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Conditions", "Globals"}
    | {"Resources", "Outputs"}
)
API_URL = "ApiUrl"
"""The output that only anyone who listens knows."""


def read_deployment(template: Path, parameters: Mapping[str, str], overrides: Mapping[str, str]) -> Deployment:
    """Read a SAM template as it is deployed with `parameters`.

    Args:
        template: the file; code and state machines are relative to its folder.
        parameters: those that differ from their defaults.
        overrides: values of environment variables, for the functions that have them (`PUBLIC_URL`).

    Raises:
        TemplateError: a parameter is not allowed, or the template says what the runtime does not do.
    """
    written = load(template)
    if unknown := set(written) - _SECTIONS:
        raise TemplateError(template.name, f"unknown section {sorted(unknown)[0]}")
    values = Values(written, parameters)
    roles = read_roles(values)
    tables = read_tables(values)
    queues = read_queues(values)
    api = read_api(values)
    api_name, _ = values.only("AWS::Serverless::Api")
    reader = FunctionReader(values, roles, tables, queues, api_name)
    reader.read(_common(written), overrides)
    for name, topic in values.of_type("AWS::SNS::Topic").items():
        Properties(values, topic, name, used=())
    return Deployment(
        functions=reader.functions,
        routes=tuple(reader.routes),
        tables=tables,
        queues=queues,
        machines=read_machines(values, template.parent, roles),
        api=api,
        bucket=read_bucket(values),
        key_arn=read_key(values),
        secrets=read_secrets(values),
        topic_subscribers=reader.subscribers,
        outputs=_outputs(values, written.get("Outputs", {})),
        mail_identity=values.parameters.get("MailIdentity", ""),
        roles=roles,
    )


def _common(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return `Globals.Function`."""
    sections: Mapping[str, Any] = written.get("Globals", {})
    if unknown := set(sections) - {"Function"}:
        raise TemplateError(f"Globals.{sorted(unknown)[0]}", "only Function is supported")
    common: Mapping[str, Any] = sections.get("Function", {})
    return common


def _outputs(values: Values, written: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {}
    for name, output in written.items():
        where = f"output {name}"
        if name != API_URL and ("Condition" not in output or values.holds(output["Condition"], where)):
            found[name] = text(values.resolve(output["Value"], where))
    return found
