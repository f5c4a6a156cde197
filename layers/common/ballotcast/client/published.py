"""What is published of an election, for anyone: turnout, result and export."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2 as httpx

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, Held, NotYet, Unreachable, Untrusted
from ballotcast.crypto.encoding import b64u_decode

Document = dict[str, Any]


def turnout(api: Api, election: str) -> Document:
    """Issued and cast counts as of the log's last checkpoint."""
    return dict(api.get(f"/elections/{election}/turnout").json())


def notices(api: Api, election: str) -> list[Document]:
    """What the organiser said in addition to the manifest, and each change of it, oldest first."""
    return list(said(api, election)["notices"])


def said(api: Api, election: str) -> Document:
    """The same with who says it: `notices`, `organisation` and `logo`, of which the last two may be empty."""
    return dict(api.get(f"/elections/{election}/notices").json())


def withdrawn(api: Api, election: str) -> dict[str, list[int]]:
    """By contest the numbers of its options that were withdrawn, as the service says: nothing here verifies it."""
    found: dict[str, list[int]] = {}
    for leaf in map(b64u_decode, api.get(f"/elections/{election}/log/statements").json()["leaves"][1:]):
        if gone := json.loads(leaf[1:]).get("withdrawn"):
            found.setdefault(gone["contest"], []).append(gone["option"])
    return found


def results(api: Api, election: str, patience: float = 0) -> Document:
    """The result, rounds, ties, spoilt ballots and turnout. NotYet if it is not counted after `patience` seconds.

    Contests whose rounds did not fit into one answer are requested one by one.
    """
    path = f"/elections/{election}/results"
    found = dict(_once_counted(api, path, patience).json())
    for contest in found["contests"]:
        if contest.get("rounds_left_out"):
            [whole] = api.get(f"{path}?contest={contest['id']}").json()["contests"]
            contest["rounds"] = whole["rounds"]
    return found


def export(api: Api, election: str, path: Path, patience: float = 0) -> Document:
    """Download the export to `path`; answers its sha256 (hex) and size. NotYet; Untrusted if it came damaged."""
    offered: Document = _once_counted(api, f"/elections/{election}/export", patience).json()
    part = path.with_name(path.name + ".part")
    digest = sha256()
    try:
        with api.http.stream("GET", offered["url"]) as answer, part.open("wb") as file:
            if answer.status_code != 200:
                answer.read()
                raise ApiError.of(answer)
            for chunk in answer.iter_bytes():
                digest.update(chunk)
                file.write(chunk)
    except httpx.TransportError as failure:
        raise Unreachable(f"the download broke off ({type(failure).__name__}); try again") from None
    if digest.hexdigest() != offered["sha256"]:
        raise Untrusted("the export came damaged; try again")
    part.replace(path)
    return {"sha256": offered["sha256"], "size": offered["size"]}


def _once_counted(api: Api, path: str, patience: float) -> httpx.Response:
    """NotYet; Held, if it waits for an organiser."""

    def look() -> httpx.Response | None:
        try:
            return api.get(path)
        except ApiError as error:
            if error.slug == "not-counted":
                return None
            if error.slug == "held":
                raise Held(error.document) from None
            raise

    answer = api.wait_for(look, patience)
    if answer is None:
        raise NotYet("the election is not counted yet")
    return answer
