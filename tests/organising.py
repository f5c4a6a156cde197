"""An organiser at the function `organise`, and the background work that the queue `jobs` asks for."""

import json
from typing import Any

import httpx2 as httpx

from api_events import TestClient
from ballotcast.http.sessions import open_session
from ballotcast.store.organisers import Organiser as Account
from ballotcast.wiring import Wiring
from dying import Killed
from organise.app import create_app
from organise.jobs import work
from world import World

DRAFT: dict[str, Any] = {
    "title": "Hillhead",
    "opens_at": "2026-11-20T10:00:00Z",
    "closes_at": "2026-11-21T10:00:00Z",
    "contests": [{"title": "Council", "method": "scottish-stv", "options": ["Ada", "Bob", "Cid"], "seats": 2}],
}
BASE_URL = "http://testserver"


def csv(*emails: str) -> bytes:
    return "\n".join(["email", *emails]).encode()


class Organiser:
    """Logged in (each request has a fresh session, so the clock may move on), verified unless told otherwise.

    A millisecond passes with each request, so that what is told of them has an order.
    """

    def __init__(self, deployment: World, name: str = "organiser", *, verified: bool = True, **settings: str) -> None:
        self.deployment = deployment
        self.id = name
        self.wiring = deployment.wiring(**settings)
        self.client = TestClient(create_app(self.wiring))
        self.wiring.organisers.add(Account(name, f"{name}@example.org", "", deployment.clock(), verified=verified))

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.deployment.clock.advance(milliseconds=1)
        token = open_session(self.wiring.session_secret, self.id, self.deployment.clock)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **options)

    def post_once(self, wiring: Wiring, path: str, **options: Any) -> httpx.Response:
        """A POST to a function with another wiring, whose record of the answer is lost."""
        client, self.client = self.client, TestClient(create_app(wiring), raise_server_exceptions=False)
        answer = self.post(path, **options)
        self.client = client
        dynamodb = self.wiring.dynamodb
        for row in dynamodb.scan(TableName="roll")["Items"]:
            if row["pk"]["S"].startswith("IDEMPOTENCY#"):
                dynamodb.delete_item(TableName="roll", Key={"pk": row["pk"], "sk": row["sk"]})
        return answer

    def create(self, *emails: str, **changes: Any) -> str:
        """The id of a new draft with these voters."""
        created = self.post("/elections", json={**DRAFT, **changes})
        assert created.status_code == 201, created.text
        election: str = created.json()["id"]
        if emails:
            assert self.import_(election, csv(*emails)).json()["added"] == len(emails)
        return election

    def import_(self, election: str, content: bytes, **options: Any) -> httpx.Response:
        headers = {"Content-Type": "text/csv", **options.pop("headers", {})}
        return self.post(f"/elections/{election}/voters/import", content=content, headers=headers, **options)

    def invite(self, election: str, **order: Any) -> httpx.Response:
        return self.post(f"/elections/{election}/invitations", json=order)

    def show(self, election: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.get(f"/elections/{election}").json()
        return shown

    def voters(self, election: str) -> dict[str, dict[str, Any]]:
        """The listing, by address."""
        listed = self.get(f"/elections/{election}/voters", params={"limit": 1000}).json()["voters"]
        return {voter["email"]: voter for voter in listed}

    def actions(self, election: str) -> list[str]:
        return [event["action"] for event in self.get(f"/elections/{election}/events").json()["events"]]


def sqs_event(*messages: dict[str, Any]) -> dict[str, Any]:
    records = [
        {"messageId": str(number), "eventSource": "aws:sqs", "body": json.dumps(message)}
        for number, message in enumerate(messages)
    ]
    return {"Records": records}


def work_off(deployment: World, wiring: Wiring | None = None) -> int:
    """Do all that waits in the queue `jobs`, and what that asks for; how many messages it took.

    The message at which a process dies is told again, as the queue does it.
    """
    done = 0
    while messages := deployment.take_messages("JOBS_QUEUE"):
        for message in messages:
            try:
                assert work(sqs_event(message), wiring or deployment.wiring()) == {"batchItemFailures": []}
            except Killed:
                deployment.wiring().jobs_queue.send(message)
                raise
            done += 1
    return done
