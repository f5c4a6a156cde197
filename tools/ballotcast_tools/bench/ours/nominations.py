"""A POST of five fields with a response model, which puts one item."""

from ballotcast import cold_start  # isort: split

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.handler import http_handler
from ballotcast.http.wired import Wired
from ballotcast.store.table import ABSENT
from ballotcast.wiring import from_environment

router = routes()


class Nomination(BaseModel):
    contest: str = Field(min_length=1, max_length=64)
    candidate: str = Field(min_length=1, max_length=200)
    statement: str = Field(max_length=2000)
    seconders: int = Field(ge=0)
    consents: bool


class NominationView(BaseModel):
    election: str
    contest: str
    candidate: str
    seconders: int
    status: str


@router.post("/elections/{id}/nominations", status_code=201, openapi_extra=contract(Access.PUBLIC))
def nominate(election: Annotated[str, Path(alias="id")], nomination: Nomination, wiring: Wired) -> NominationView:
    item = {
        "pk": f"NOMINATIONS#{election}",
        "sk": f"{nomination.contest}#{nomination.candidate}",
        "statement": nomination.statement,
        "seconders": nomination.seconders,
        "consents": nomination.consents,
    }
    wiring.roll.put(item, ABSENT)
    return NominationView(
        election=election,
        contest=nomination.contest,
        candidate=nomination.candidate,
        seconders=nomination.seconders,
        status="received",
    )


app = build_app("nominations", "a POST that puts one item", from_environment(), router)
handler = http_handler(app, "nominations")
cold_start.ready()
