"""The voter's page as it is served: everything is in it, nothing of a voter reaches the server."""

import re

from asgi_client import TestClient
from web.app import create_app
from world import World


def test_the_page_is_for_everybody_and_loads_little_before_a_click(deployment: World) -> None:
    answer = TestClient(create_app(deployment.wiring())).get("/vote", headers={"accept-language": "de"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    at_once, _, on_a_click = answer.text.partition('<template id="journey">')
    assert "Zum Wählen braucht es JavaScript" in at_once
    assert "js/vote/main.js" in at_once
    assert "js/vote/journey.js" not in at_once
    assert "js/vote/journey.js" in on_a_click
    assert all("integrity=" in element for element in re.findall(r"<script [^>]*src=[^>]*>", answer.text))


def test_scripts_and_styles_may_come_from_a_cdn_which_browsers_need_not_trust(deployment: World) -> None:
    cdn = "https://d1.cloudfront.example"
    client = TestClient(create_app(deployment.wiring(STATIC_URL=cdn)))
    page = client.get("/vote")
    policy = page.headers["content-security-policy"]
    assert f"script-src 'self' {cdn}; style-src 'self' {cdn}; img-src 'self';" in policy
    loaded = re.findall(r'<(?:script|link)[^>]*="(?:stylesheet|module)"[^>]*>', page.text)
    assert len(loaded) == 3
    for element in loaded:
        assert re.search(rf'(?:src|href)="{cdn}/([0-9a-f]{{16}}/[^"]+)"', element)
        assert 'integrity="sha384-' in element
        assert 'crossorigin="anonymous"' in element
    paths = re.findall(rf'{cdn}/([^"]+)"', page.text)
    assert all(client.get(f"/static/{path}").status_code == 200 for path in paths), "as the CDN asks for them"
    [worker] = re.findall(r'data-worker="([^"]+)"', client.get("/check").text)
    assert worker.startswith("/static/"), "browsers start workers of the page's own origin only"


def test_the_start_page_leads_back_to_a_ballot_begun_here(deployment: World) -> None:
    answer = TestClient(create_app(deployment.wiring())).get("/", headers={"accept-language": "en"})
    assert 'href="/vote">Continue with a ballot begun on this device</a>' in answer.text
