"""The function `organise`: organisers, their elections, the roll, invitations, opening and closing."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from organise import (
    account_routes,
    conduct_routes,
    election_routes,
    mail_routes,
    own_account_routes,
    password_routes,
    people_routes,
    right_routes,
    trustee_routes,
    voter_routes,
)


def create_app(wiring: Wiring) -> FastAPI:
    accounts = (account_routes.router, own_account_routes.router, password_routes.router)
    roll = (voter_routes.router, right_routes.router)
    people = (people_routes.router, trustee_routes.router)
    elections = (election_routes.router, *roll, mail_routes.router, *people, conduct_routes.router)
    return build_app("organise", "running elections", wiring, *accounts, *elections)


app = create_app(from_environment())
handler = http_handler(app, "organise", measured=True)
cold_start.ready()
