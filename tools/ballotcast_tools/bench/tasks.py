"""The requests that both sides answer: one simple GET, one POST of five fields, and a ballot that is cast."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ballotcast.crypto.encoding import b64u_encode

from .events import event
from .packages import Side
from .poll import ELECTION, open_poll
from .subjects import Task
from .tls_stub import tls_stub

NOMINATION = {
    "contest": "c1",
    "candidate": "Ada Lovelace",
    "statement": "More trees along the river, and a library that is open on Sundays.",
    "seconders": 12,
    "consents": True,
}


@dataclass(frozen=True)
class Tasks:
    """`simple`, `nominate_fake`: the framework alone. `nominate`, `cast`: with calls over TLS."""

    simple: Task
    nominate_fake: Task
    nominate: Task
    cast: Task


@contextmanager
def tasks(sides: tuple[Side, Side], folder: Path) -> Iterator[Tasks]:
    """The tasks, while AWS is played for them; `folder` is for scratch."""
    poll = open_poll()
    with tls_stub(folder, poll.items(), poll.receipt_key) as (url, authority):
        aws: Mapping[str, Mapping[str, str]] = {
            side.name: {"AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(side.trusting(authority))} for side in sides
        }

        def task(name: str, module: str, status: int, request: dict[str, object], ours: str | None = None) -> Task:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(request))
            return Task({"stock": module, "ours": ours or module}, path, status, aws)

        greeting = event("GET", "/greetings/{name}", {"name": "Ada"}, query={"words": "good morning"})
        nomination = event("POST", "/elections/{id}/nominations", {"id": ELECTION}, body=NOMINATION)
        ballot = event("POST", "/elections/{id}/ballots", {"id": ELECTION}, body={"ballot": b64u_encode(poll.ballot)})
        nominate = task("nominate", "nominations", 201, nomination)
        yield Tasks(
            simple=task("simple", "simple", 200, greeting),
            nominate_fake=replace(nominate, fake=True),
            nominate=nominate,
            cast=task("cast", "vote", 201, ballot, "vote.app"),
        )
