"""Calls to SpeedData's API as its clients make them."""

from typing import Any

import httpx2 as httpx

ROOT = "/api/v1"
PLAIN = {
    "namespace": "lab.probe",
    "type": "record",
    "name": "data",
    "fields": [{"name": "time", "type": "long"}, {"name": "value", "type": "double"}],
}
NANOS = {**PLAIN, "fields": [{"name": "time", "type": "long", "logicalType": "timestamp-nanos"}, PLAIN["fields"][1]]}
CHANNEL = {"name": "probe1", "port": 26001, "schema": PLAIN}


def register(api: httpx.Client, **changes: Any) -> httpx.Response:
    return api.post(f"{ROOT}/channels", json={**CHANNEL, **changes})


def refused(response: httpx.Response, status: int, **members: Any) -> dict[str, Any]:
    document: dict[str, Any] = response.json()
    assert response.status_code == status, document
    assert {name: document[name] for name in members} == members
    return document
