"""The voter's page as it is served: everything is in it, nothing of a voter reaches the server."""

from fastapi.testclient import TestClient

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
    assert not [name for name in ("js/protocol/", "vendor/", "js/vote/journey.js") if name in at_once]
    assert all(name in on_a_click for name in ("js/protocol/voter.js", "vendor/hpke.js", "js/vote/journey.js"))


def test_the_start_page_leads_back_to_a_ballot_begun_here(deployment: World) -> None:
    answer = TestClient(create_app(deployment.wiring())).get("/", headers={"accept-language": "en"})
    assert 'href="/vote">Continue with a ballot begun on this device</a>' in answer.text
