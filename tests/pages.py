"""A browser's side of the function `web` in this process: its pages, its cookies and its forms, over the real API."""

import html
import re
from typing import Any

import httpx2 as httpx

from asgi_client import TestClient
from ballotcast.client.api import Api
from ballotcast.http.sessions import open_session
from gateway import gateway
from organise.app import create_app as organise_app
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from web.app import create_app as web_app
from world import World

ORIGIN = "http://testserver"


class Browser:
    """`organiser`: whose session it has; empty: nobody's. Settings as of `World.wiring`."""

    def __init__(self, deployment: World, organiser: str = "", **settings: str) -> None:
        self.deployment = deployment
        wiring = deployment.wiring(**settings)
        self.app = web_app(wiring)
        api = Api(gateway(organise_app(wiring), tally_app(wiring), vote_app(wiring)), sleep=lambda seconds: None)
        self.app.state.connect = lambda address: api
        self.client = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        if organiser:
            token = open_session(wiring.session_secret, organiser, deployment.clock)
            self.client.cookies.set("ballotcast-session", token)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def token(self) -> str:
        """What this browser's forms carry."""
        return field(self.get("/manage/log-in").text, "form_token")

    def post(self, path: str, fields: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """A form as a page of ours sends it."""
        headers = {"Origin": ORIGIN, **options.pop("headers", {})}
        return self.client.post(path, data={"form_token": self.token(), **(fields or {})}, headers=headers, **options)


def field(page: str, name: str) -> str:
    """The value of an input, as the browser would send it."""
    found = re.search(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*>', page)
    assert found, f"no field {name}"
    value = re.search(r'\bvalue="([^"]*)"', found[0])
    return html.unescape(value[1]) if value else ""


def area(page: str, name: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea[^>]*\bname="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found, f"no text area {name}"
    return html.unescape(found[1])


def chosen(page: str, name: str) -> str:
    """The selected option of a list."""
    found = re.search(rf'<select[^>]*\bname="{re.escape(name)}".*?</select>', page, re.DOTALL)
    assert found, f"no list {name}"
    option = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", found[0])
    return (option[1] if option[1] is not None else option[2]) if option else ""


def faults(page: str) -> dict[str, str]:
    """What the page says at its fields: name → text."""
    found = re.findall(r'<span class="error" id="([\w-]+)-error">\s*(.*?)\s*</span>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}
