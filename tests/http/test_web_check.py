"""The page of checks, and that it has words for all that can come of them."""

import json
import re
from html import unescape

import pytest

from ballotcast.ballots.ballot import Refusal
from ballotcast.elections.verification import CHECKS
from checkout import ROOT
from pages import Browser
from world import World

WEB = ROOT / "functions" / "web"
WORDS = json.loads((WEB / "catalogue" / "en.json").read_text())["check"]


@pytest.fixture
def browser(deployment: World) -> Browser:
    return Browser(deployment)


def test_the_page_has_both_checks_and_a_policy_that_lets_them_work(browser: Browser) -> None:
    answer = browser.get("/check")
    assert answer.status_code == 200
    for name in ("receipt-file", "receipt", "earlier", "election", "export-file"):
        assert f'id="{name}"' in answer.text
        assert f'for="{name}"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "worker-src 'self'" in policy
    assert "default-src 'none'" in policy
    [script] = re.findall(r'<script type="module" src="([^"]+/js/check/main\.js)"', answer.text)
    assert browser.get(script).status_code == 200
    [address] = re.findall(r'data-worker="([^"]+)"', answer.text)
    worker = browser.get(address)
    assert worker.headers["content-type"].startswith("text/javascript")


def test_an_election_stands_in_its_field_whatever_it_is_called(browser: Browser) -> None:
    typed = '"><script>alert(1)</script>'
    page = browser.get("/check", params={"election": typed}).text
    [value] = re.findall(r'id="election" value="([^"]*)"', page)
    assert unescape(value) == typed
    assert "<script>alert" not in page
    assert browser.get("/check", params={"election": "x" * 65}).status_code == 422


def test_it_speaks_the_readers_language(browser: Browser) -> None:
    page = browser.get("/check", headers={"Accept-Language": "de"}).text
    assert "Meinen Stimmzettel prüfen" in page


def reasons() -> set[str]:
    """Why a verification in the browser can say no."""
    code = "".join(path.read_text() for path in (WEB / "static" / "js" / "verify").glob("*.js"))
    found = re.findall(r'\b(?:fail|stop)\(\s*"[\w-]+",\s*"([\w-]+)"|ExportError\("([\w-]+)"', code)
    return {one or other for one, other in found} | {str(refusal.value) for refusal in Refusal}


def test_every_outcome_of_a_verification_has_words() -> None:
    assert {"another-result", "not-a-zip", "bad-issuer-signature"} <= reasons()
    expected = {f"fault_{reason}" for reason in reasons()}
    expected |= {f"audit_{check}{end}" for check in CHECKS for end in ("", "_means")}
    assert expected - set(WORDS) == set()


def test_every_step_of_a_receipts_check_has_words() -> None:
    code = (WEB / "static" / "js" / "protocol" / "receipts.js").read_text()
    [told] = re.findall(r"export const CHECKS = (\[.*?\]);", code)
    steps = json.loads(told)
    assert len(steps) == 6
    assert {f"{kind}_{step}" for step in steps for kind in ("step", "means", "why")} - set(WORDS) == set()
    not_yet = re.findall(r'"(no-log|waits-for-close)"', code)
    assert set(not_yet) == {"no-log", "waits-for-close"}
    assert {f"{reason}{end}" for reason in not_yet for end in ("", "_text")} - set(WORDS) == set()
