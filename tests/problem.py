"""The one assertion for errors: a problem document (RFC 9457) with this status and slug, naming these fields."""

from typing import Any

import httpx2 as httpx

from ballotcast.http.problems import MEDIA_TYPE, TYPE


def assert_problem(response: httpx.Response, status: int, slug: str, *pointers: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    document: dict[str, Any] = response.json()
    assert document["type"] == TYPE + slug, document
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["instance"]
    assert response.request.url.path.endswith(document["instance"])  # behind a gateway, below its stage
    assert [error["pointer"] for error in document.get("errors", [])] == list(pointers), document
    return document
