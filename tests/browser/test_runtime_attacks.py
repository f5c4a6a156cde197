"""What pages of other sites, and names that lead to this machine, can do to the embedded runtime: a real browser tries.

The organiser is logged in in the same browser. `elsewhere` is another site; `beside` is another port of this machine,
which is the same site to a browser, so that cookies go along.
"""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import chromium
from ballotcast_tools.stack.mailbox import read_mails
from ballotcast_tools.stack.stack import Stack
from hostile_site import FETCH, FRAME, POST_FORM, SOCKET, hostile_site
from invited_elections import Elections

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]
ELSEWHERE, REBOUND = "evil.example", "rebound.example"
TEXT, MULTIPART, URLENCODED = "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.executable()
    if path is None:
        pytest.skip("no chromium here: install one, or name it in $CHROMIUM")
    with chromium.launched(path, ELSEWHERE, REBOUND) as browser:
        yield browser


@pytest.fixture
def organiser(context: BrowserContext, elections: Elections) -> BrowserContext:
    """The browser of an organiser who is logged in."""
    here = f"{elections.api.address}/manage"
    token = elections.organiser.token
    context.add_cookies([{"name": "ballotcast-session", "value": token, "domain": "127.0.0.1", "path": "/manage"}])
    page = context.new_page()
    page.goto(here)
    assert page.url == here
    page.close()
    return context


@pytest.fixture(params=[ELSEWHERE, "127.0.0.1"], ids=["elsewhere", "beside"])
def foreign(request: pytest.FixtureRequest, organiser: BrowserContext) -> Iterator[Page]:
    """An attacker's page."""
    with hostile_site() as port:
        page = organiser.new_page()
        page.goto(f"http://{request.param}:{port}/")
        yield page


def test_the_cookie_goes_to_every_port_of_the_machine(organiser: BrowserContext, elections: Elections) -> None:
    """So that the tests below show something, and docs/security.md says what is left."""
    with hostile_site() as port:
        page = organiser.new_page()
        page.goto(f"http://127.0.0.1:{port}/manage")
        assert elections.organiser.token in page.content()


@pytest.mark.parametrize("encoding", [TEXT, MULTIPART, URLENCODED])
def test_a_foreign_form_is_refused(foreign: Page, stack: Stack, encoding: str) -> None:
    """As text, a form's one field can be made to read as JSON."""
    address = f"{secrets.token_hex(4)}@example.org"
    document = json.dumps({"email": address, "password": "correct horse battery", "x": ""})
    name, _, value = document.partition(': ""')
    fields = {f"{name}: ": value} if encoding == TEXT else {"email": address, "password": "correct horse battery"}
    for path in ("/organisers", "/elections", "/links", "/manage/sign-up", "/manage/log-out"):
        with foreign.expect_response(f"**{path}") as response:
            foreign.evaluate(POST_FORM, [stack.outputs["ApiUrl"] + path, encoding, fields])
        assert response.value.status == 403, path
    assert not [mail for mail in read_mails(stack.outputs["MailboxUrl"]) if address in mail.to]


def test_a_foreign_script_reads_nothing(foreign: Page, stack: Stack) -> None:
    for path in ("/", "/elections", "/manage", "/results/x", "/health", "/downloads/x"):
        url = stack.outputs["ApiUrl"] + path
        assert foreign.evaluate(FETCH, [url, {}]) == ["TypeError", 0, ""], path
        seen, _, text = foreign.evaluate(FETCH, [url, {"mode": "no-cors"}])
        assert (seen, text) in [("opaque", ""), ("TypeError", "")], path


def test_a_foreign_script_changes_nothing(foreign: Page, elections: Elections) -> None:
    before = own_elections(elections)
    url = f"{elections.api.address}/elections"
    headers = {"Authorization": f"Bearer {elections.organiser.token}"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        sent = {"method": method, "headers": headers, "body": "{}"}
        assert foreign.evaluate(FETCH, [url, sent])[0] == "TypeError", method
    assert own_elections(elections) == before


def own_elections(elections: Elections) -> Any:
    headers = {"Authorization": f"Bearer {elections.organiser.token}"}
    return elections.api.http.get(f"{elections.api.address}/elections", headers=headers).raise_for_status().json()


def test_a_foreign_script_opens_no_socket(foreign: Page, stack: Stack) -> None:
    for output in ("ApiUrl", "MailboxUrl"):
        assert foreign.evaluate(SOCKET, stack.outputs[output].replace("http://", "ws://")) == "refused"


def test_no_page_of_ours_shows_in_a_foreign_frame(foreign: Page, stack: Stack) -> None:
    addresses = [stack.outputs["ApiUrl"] + path for path in ("/", "/manage", "/vote", "/nothing")]
    for address in [*addresses, stack.outputs["MailboxPage"]]:
        foreign.evaluate(FRAME, address)
    frames = foreign.frames[1:]
    while not all(frame.url for frame in frames):  # told a moment after they have loaded
        foreign.wait_for_timeout(20)
    assert [frame.url for frame in frames] == ["chrome-error://chromewebdata/"] * 5


def test_the_mailbox_is_not_for_foreign_pages_even_with_its_address(foreign: Page, stack: Stack) -> None:
    for output in ("MailboxPage", "MailboxUrl"):
        assert foreign.evaluate(FETCH, [stack.outputs[output], {}]) == ["TypeError", 0, ""]
        assert foreign.evaluate(FETCH, [stack.outputs[output], {"mode": "no-cors"}])[2] == ""


def test_the_mailbox_without_its_token_is_not_there(organiser: BrowserContext, stack: Stack) -> None:
    page = organiser.new_page()
    origin = "/".join(stack.outputs["MailboxUrl"].split("/")[:3])
    token = stack.outputs["MailboxUrl"].split("/")[3]
    for path in ("/mails", "/mailbox", "//mails", f"/{token[:-1]}/mails", "/%2F/mails", f"/{token}/../mails"):
        answer = page.goto(origin + path)
        assert answer is not None
        assert answer.status == 404, path
        assert "@" not in page.content()
    page.goto(origin)  # says where the address is printed
    assert "@" not in page.inner_text("body")
    assert token not in page.content()


@pytest.mark.parametrize("output", ["ApiUrl", "MailboxUrl"])
def test_a_rebound_name_reads_nothing_and_changes_nothing(browser: Browser, stack: Stack, output: str) -> None:
    """A page's name leads to this machine from one moment to the next (DNS rebinding): it is of our own origin then.

    Its own content came from the attacker, so no policy of ours keeps its scripts from running.
    """
    port, path = stack.outputs[output].split("/")[2].split(":")[1], stack.outputs[output].split("/", 3)[3:]
    origin = f"http://{REBOUND}:{port}"
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{origin}/")
        for asked in ("/", "/health", "/elections", "/manage", "/vote", "/downloads/x", "/" + "".join(path)):
            for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
                kind, status, text = page.evaluate(FETCH, [origin + asked, {"method": method}])
                assert (kind, status) == ("basic", 421), (asked, method)
                assert "@" not in text


SERVICES = {
    "sqs": {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"},
    "dynamodb": {"X-Amz-Target": "DynamoDB_20120810.Scan", "Content-Type": "application/x-amz-json-1.0"},
    "secrets": {"X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": "application/x-amz-json-1.1"},
}


@pytest.mark.parametrize("output", ["ApiUrl", "MailboxUrl"])
@pytest.mark.parametrize("service", SERVICES)
def test_there_is_no_control_plane_over_http(elections: Elections, stack: Stack, output: str, service: str) -> None:
    """Not for programs either."""
    origin = "/".join(stack.outputs[output].split("/")[:3])
    for path in ("/", "/_ministack/reset", "/_localstack/health", "/control"):
        answer = elections.api.http.post(origin + path, headers=SERVICES[service], content="{}")
        assert answer.status_code in (404, 405), path
