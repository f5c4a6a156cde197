"""The organisation's picture: chosen with what mails say, shown in mails, to voters, and by its hash to everybody."""

import re
from base64 import b64decode, b64encode
from email import message_from_string, policy

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from api_events import TestClient
from ballotcast.mails.logo import Logo, read_picture
from notify.worker import Worker, deliver_all
from organising import Organiser, sqs_event
from outbox import Outbox
from pages import Browser
from people import Person, joined
from png import plain
from problem import assert_problem
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from world import REGION, World

URL = "data:image/png;base64,"
RED = plain(200, 80, b"\xc0\x10\x10")
CLUB = {"organisation": "Hillhead Club"}


def url(data: bytes) -> str:
    return URL + b64encode(data).decode()


@pytest.fixture
def election(organiser: Organiser) -> str:
    return organiser.create("ada@example.org")


def choose(organiser: Organiser, election: str, logo: str) -> dict[str, str]:
    chosen = organiser.ask("PUT", f"/elections/{election}/mail", json={**CLUB, "logo": logo})
    assert chosen.status_code == 200, chosen.text
    return dict(chosen.json())


def test_a_picture_is_kept_by_its_hash_and_stays_by_its_name(organiser: Organiser, election: str) -> None:
    name = choose(organiser, election, url(RED))["logo"]
    assert name == str(read_picture(RED).logo)
    assert choose(organiser, election, name)["logo"] == name
    assert organiser.get(f"/elections/{election}/mail").json()["logo"] == name
    assert choose(organiser, election, "")["logo"] == ""


@pytest.mark.parametrize(
    ("logo", "code"),
    [
        (url(b"GIF89a"), "picture-not-png"),
        ("data:image/gif;base64,R0lGODlhAQABAAAAACw=", "picture-not-png"),
        (URL + "!!!", "picture-not-png"),
        ("https://club.example/logo.png", "picture-not-png"),
        (url(RED[:-1]), "picture-damaged"),
        (f"{'0' * 64}-10x10", "picture-unknown"),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(organiser: Organiser, election: str, logo: str, code: str) -> None:
    answer = organiser.ask("PUT", f"/elections/{election}/mail", json={**CLUB, "logo": logo})
    assert assert_problem(answer, 422, "invalid", "/logo")["errors"][0]["code"] == code


def test_a_mail_brings_its_picture_along_and_loads_none(deployment: World, organiser: Organiser, election: str) -> None:
    choose(organiser, election, url(RED))
    organiser.invite(election)
    outbox = Outbox()
    messages = [one for one in deployment.take_messages("MAIL_QUEUE") if one["kind"] == "invitation"]
    assert deliver_all(sqs_event(*messages), Worker(deployment.wiring())) == {"batchItemFailures": []}
    [mail] = outbox.mails()
    assert '<img class="logo" src="cid:logo@ballotcast" alt="Hillhead Club" width="100" height="40"' in mail.html
    assert "http" not in re.sub(r"https?://[^\s\"<]*/vote#[^\s\"<]*", "", mail.html)
    [raw] = [one.raw_data for one in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]
    message = message_from_string(raw, policy=policy.default)
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<logo@ballotcast>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == read_picture(RED).content
    assert mail.link


def test_a_picture_that_is_gone_is_left_out(deployment: World, organiser: Organiser, election: str) -> None:
    logo = Logo.read(choose(organiser, election, url(RED))["logo"])
    assert logo
    organiser.wiring.blobs.delete(logo.key)
    organiser.invite(election)
    outbox = Outbox()
    messages = [one for one in deployment.take_messages("MAIL_QUEUE") if one["kind"] == "invitation"]
    deliver_all(sqs_event(*messages), Worker(deployment.wiring()))
    [mail] = outbox.mails()
    assert "<img" not in mail.html
    assert "Hillhead Club" in mail.html


def test_the_preview_has_it_in_its_html(organiser: Organiser, election: str) -> None:
    choose(organiser, election, url(RED))
    shown = organiser.post(f"/elections/{election}/mail/preview", json={}).json()["html"]
    found = re.search(r'<img class="logo" src="data:image/png;base64,([^"]+)"', shown)
    assert found
    assert b64decode(found[1]) == read_picture(RED).content


def test_who_looks_at_a_preview_stores_nothing(deployment: World) -> None:
    """Observers change nothing, and may look: else anybody with an account has pictures served here for ever."""
    owner, eve = Person(deployment, "owner"), Person(deployment, "eve")
    election = owner.create("ada@example.org")
    joined(owner, election, eve, "observer")
    order = {"mail": {**CLUB, "logo": url(RED)}}
    shown = eve.post(f"/elections/{election}/mail/preview", json=order)
    assert b64encode(read_picture(RED).content).decode() in shown.json()["html"]
    tally = TestClient(tally_app(deployment.wiring()))
    assert_problem(tally.get(f"/pictures/{read_picture(RED).logo.hash}"), 404, "no-picture")


def test_voters_are_told_its_name_and_anybody_gets_it_for_ever(
    deployment: World, organiser: Organiser, election: str
) -> None:
    name = choose(organiser, election, url(RED))["logo"]
    organiser.invite(election)
    outbox = Outbox()
    messages = [one for one in deployment.take_messages("MAIL_QUEUE") if one["kind"] == "invitation"]
    deliver_all(sqs_event(*messages), Worker(deployment.wiring()))
    links = TestClient(register_app(deployment.wiring()))
    assert links.post("/links", json={"link": outbox.mails()[0].link}).json()["logo"] == name
    logo, tally = read_picture(RED).logo, TestClient(tally_app(deployment.wiring()))
    served = tally.get(f"/pictures/{logo.hash}")
    assert (served.status_code, served.headers["content-type"].partition(";")[0]) == (200, "image/svg+xml")
    assert "immutable" in served.headers["cache-control"]
    assert 'width="200" height="80"' in served.text
    assert b64encode(read_picture(RED).content).decode() in served.text
    assert len(served.content) < 17_000
    assert_problem(tally.get(f"/pictures/{'0' * 64}"), 404, "no-picture")
    assert_problem(tally.get("/pictures/x"), 422, "invalid", "/path/picture")


def test_the_page_of_the_result_names_who_asks_whenever_that_was_chosen(
    deployment: World, organiser: Organiser
) -> None:
    tally = TestClient(tally_app(deployment.wiring()))
    for before in (True, False):
        election = organiser.create("ada@example.org")
        if before:
            name = choose(organiser, election, url(RED))["logo"]
        organiser.invite(election)
        if not before:
            said = tally.get(f"/elections/{election}/notices").json()
            assert said == {"notices": [], "organisation": "", "logo": ""}
            name = choose(organiser, election, url(RED))["logo"]
        said = tally.get(f"/elections/{election}/notices").json()
        assert (said["organisation"], said["logo"]) == ("Hillhead Club", name)
        page = Browser(deployment, organiser.id).get(f"/results/{election}").text
        assert f'src="/pictures/{read_picture(RED).logo.hash}" width="100" height="40"' in page
        assert "Hillhead Club</p>" in page
