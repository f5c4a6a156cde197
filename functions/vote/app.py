"""The function `vote`: casting and receipts. It knows the board and nothing of the roll."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast import snapshot
from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from vote.polls import Polls
from vote.routes import router
from vote.sealed_logs import SealedLogs

REHEARSAL = [
    {"resource": resource, "path": path, "httpMethod": method, "body": body, "isBase64Encoded": False}
    | {"headers": {"Content-Type": "application/json"}, "multiValueHeaders": {"Content-Type": ["application/json"]}}
    | {"pathParameters": parameters, "queryStringParameters": None, "multiValueQueryStringParameters": None}
    | {"requestContext": {"stage": "v1", "identity": {"sourceIp": "127.0.0.1"}, "requestId": "rehearsal"}}
    for method, resource, path, parameters, body in (
        ("GET", "/vote/health", "/vote/health", None, None),
        ("POST", "/elections/{id}/ballots", "/elections/0/ballots", {"id": "0"}, "{}"),
    )
]
"""Answered before a snapshot: a GET, and a cast that is refused before anything is read."""


def create_app(wiring: Wiring) -> FastAPI:
    app = build_app("vote", "casting ballots", wiring, router)
    app.state.polls = Polls(wiring)
    app.state.sealed_logs = SealedLogs(wiring)
    return app


app = create_app(from_environment())
handler = http_handler(app, "vote", silent=True)
snapshot.take_part(handler, app.state.wiring, REHEARSAL)
cold_start.ready()
