"""Which DynamoDB requests a process makes: for tests of what an operation costs."""

from typing import Any

from ballotcast.wiring import Wiring


def record_requests(wiring: Wiring) -> list[str]:
    """A list that grows by `PutItem BALLOT` and so on with every request from now on."""
    made: list[str] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        made.append(f"{model.name} {_kind(params)}")

    wiring.dynamodb.meta.events.register("before-parameter-build.dynamodb", note)
    return made


def _kind(params: dict[str, Any]) -> str:
    key = params.get("Key") or params.get("Item") or {}
    return str(key.get("pk", {}).get("S", "")).partition("#")[0]
