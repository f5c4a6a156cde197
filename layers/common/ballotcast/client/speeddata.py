"""SpeedData's Python client, with its names, arguments, defaults and return values (its public description, 0.6).

client = SpeedDataClient("https://…/v1/api/v1", key="…")
client.register_channel(name="temperature", port=26100, schema_path="temperature.avsc", config={"decimation": 10})

Only the address and the key are other than they were. The key is an organiser's session, or to deregister a channel its
own; it may come from the environment (`BALLOTCAST_KEY`) or in the address (`https://any:KEY@…`).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx

try:  # who caught what that client raised continues to catch it
    from requests import HTTPError as _Base
except ImportError:
    _Base = OSError  # type: ignore[assignment, misc]

Document = dict[str, Any]
TIMEOUT = 30.0
"""Seconds: registering waits for the relay."""


class HTTPError(_Base):
    """The server refused. `response`: what it sent; its JSON has `error`, and members that belong to it."""

    def __init__(self, message: str, response: httpx.Response) -> None:
        super().__init__(message)
        self.response = response  # type: ignore[assignment]


class SpeedDataClient:
    """`base_url` ends with `/api/v1`; `session` is the HTTP client, for anyone who sets headers or timeouts."""

    def __init__(self, base_url: str = "http://localhost:8080/api/v1", key: str | None = None) -> None:
        self.base_url = base_url
        held = os.environ.get("BALLOTCAST_KEY", "") if key is None else key
        headers = {"Authorization": f"Bearer {held}"} if held else {}
        self.session = httpx.Client(headers=headers, timeout=TIMEOUT, follow_redirects=True)

    def list_channels(self, status: str | None = None) -> list[Document]:
        """Return all channels, or those that are `registered` or `active`. HTTPError."""
        asked = {"status": status} if status else {}
        found: list[Document] = self._json(self.session.get(f"{self.base_url}/channels", params=asked))["channels"]
        return found

    def register_channel(
        self, name: str, port: int, schema_path: str, config: Mapping[str, Any] | None = None
    ) -> Document:
        """Register a channel and start its relay. `schema_path`: an Avro schema file.

        HTTPError, also if name or port is taken; FileNotFoundError, json.JSONDecodeError.
        """
        payload = {"name": name, "port": port, "schema": _read(schema_path), "config": dict(config or {})}
        return self._json(self.session.post(f"{self.base_url}/channels", json=payload))

    def deregister_channel(self, name: str) -> bool:
        """Stop a channel's relay and remove it. False if there is none. HTTPError."""
        answer = self.session.delete(self._place(name))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        self._json(answer)
        return True

    def get_channel(self, name: str) -> Document | None:
        """None if there is none. HTTPError."""
        answer = self.session.get(self._place(name))
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._json(answer)

    def upload_schema(self, name: str, schema_file: str) -> Document:
        """Read a schema file and hold it against the channel's: what it is, and `valid` if the channel has it.

        Schemas are registered with their channel; for one that is not registered yet `valid` is None. HTTPError,
        FileNotFoundError, json.JSONDecodeError.
        """
        schema = _read(schema_file)
        told: Document = {"name": name, "schema_path": schema_file, "schema": schema, "valid": None}
        answer = self.session.post(f"{self._place(name)}/validate-schema", json={"schema": schema})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return told
        if answer.status_code == httpx.codes.CONFLICT:
            return {**told, **answer.json()}
        return {**told, **self._json(answer)}

    def _place(self, name: str) -> str:
        return f"{self.base_url}/channels/{quote(name, safe='')}"

    def _json(self, answer: httpx.Response) -> Document:
        if answer.is_success:
            found: Document = answer.json()
            return found
        raise HTTPError(f"{answer.status_code} {_said(answer)}", answer)


def _said(answer: httpx.Response) -> str:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return answer.reason_phrase
    return ": ".join(str(document[part]) for part in ("error", "details") if document.get(part))


def _read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))
