"""What a template says and ministack overlooks: alarms on several metrics, a secret's ARN and its alphabet."""

import string
from collections.abc import Callable
from typing import Any

from .private import module, private, wrap


def patch_templates() -> None:
    """Replace what the provisioners of CloudFormation do. Raises UnknownMinistack."""
    provisioners = module("services.cloudformation.provisioners")
    wrap(provisioners, "_sm_secret_string", _excluding_punctuation)
    wrap(provisioners, "_cw_metric_alarm_record", _taking_metric_math)
    secret = private(provisioners, "_RESOURCE_HANDLERS")["AWS::SecretsManager::Secret"]
    secret["create"] = _referred_to_by_arn(secret["create"])


def _excluding_punctuation(generate: Callable[..., str]) -> Callable[..., str]:
    def generate_from_alphabet(properties: dict[str, Any]) -> str:
        wanted = dict(properties.get("GenerateSecretString") or {})
        if str(wanted.get("ExcludePunctuation")).lower() == "true":
            wanted["ExcludeCharacters"] = wanted.get("ExcludeCharacters", "") + string.punctuation
            properties = {**properties, "GenerateSecretString": wanted}
        return generate(properties)

    return generate_from_alphabet


def _taking_metric_math(record: Callable[..., Any]) -> Callable[..., Any]:
    """ministack refuses alarms on several metrics. None sounds here anyway; it is kept as one on the first of them."""

    def record_first(name: str, properties: dict[str, Any]) -> Any:
        for metric in properties.get("Metrics") or ():
            if "MetricStat" in metric:
                measured = metric["MetricStat"]
                single = {**measured["Metric"], "Statistic": measured["Stat"], "Period": measured["Period"]}
                return record(name, {**properties, **single, "Metrics": None})
        return record(name, properties)

    return record_first


def _referred_to_by_arn(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_and_name(*arguments: Any) -> Any:
        _, attributes = create(*arguments)
        return attributes["Arn"], attributes

    return create_and_name
