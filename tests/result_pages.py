"""Pages of the deployment's results, as a browser gets them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from asgi_client import TestClient
from ballotcast.client.api import Api
from gateway import gateway
from tally.app import create_app as tally
from vote.app import create_app as voting
from web.app import create_app
from world import World


@contextmanager
def result_pages(deployment: World) -> Iterator[TestClient]:
    wiring = deployment.wiring()
    with gateway(tally(wiring), voting(wiring)) as api:
        app = create_app(wiring)
        app.state.connect = lambda address: Api(api)
        with TestClient(app) as client:
            yield client


def read(page: str) -> str:
    """What a reader reads, in one line."""
    page = re.sub(r"</?bdi>", "", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(script|svg).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)))
